// SPDX-License-Identifier: MIT
/* apart.h - sizes of things that stand in one block and must not share cache lines. */
#ifndef SUPPORT_APART_H
#define SUPPORT_APART_H

#include <contend/cpu.h>

static inline size_t apart(size_t bytes)
{
    return (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
}

#endif
