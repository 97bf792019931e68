// SPDX-License-Identifier: MIT
/* alloc.h for GenMC, whose errno is one plain variable for all threads. */
#ifndef CONTEND_ALLOC_H
#define CONTEND_ALLOC_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void *ct_alloc(size_t align_bytes, size_t bytes)
{
    if (align_bytes < sizeof(void *))
        align_bytes = sizeof(void *);
    return aligned_alloc(align_bytes, (bytes + align_bytes - 1) & ~(align_bytes - 1));
}

#define ct_free(memory) free(memory)

#endif
