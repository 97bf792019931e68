// SPDX-License-Identifier: MIT
/* guard.h - a thread that crashes, or loops and never stops at an operation, fails its execution
   instead of the program. */
#ifndef MODEL_GUARD_H
#define MODEL_GUARD_H

void guard_install(void);

#endif
