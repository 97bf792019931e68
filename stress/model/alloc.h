// SPDX-License-Identifier: MIT
/* alloc.h - the memory that primitives ask for while they are explored. */
#ifndef MODEL_ALLOC_H
#define MODEL_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

void alloc_begin(void);               /* an execution begins: nothing is allocated */
bool alloc_gone(const void *address); /* was it allocated, and freed? */
const char *alloc_verdict(void);      /* after all: NULL, or what was leaked or freed twice */
uint64_t alloc_state(void);           /* hash of what is allocated */

#endif
