// SPDX-License-Identifier: MIT
/* deadline.h - for who looks on until a deadline: has it passed? */
#ifndef CONTEND_DEADLINE_H
#define CONTEND_DEADLINE_H

#include <contend/wait.h>

/* Reads the clock only if the deadline can pass. */
static inline bool ct_has_passed(uint64_t deadline_ns)
{
    return deadline_ns != CT_FOREVER && ct_now_ns() >= deadline_ns;
}

#endif
