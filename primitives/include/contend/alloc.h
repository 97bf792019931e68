// SPDX-License-Identifier: MIT
/* alloc.h - memory beyond an object's own bytes. */
#ifndef CONTEND_ALLOC_H
#define CONTEND_ALLOC_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* bytes of memory of undefined content, aligned to align_bytes, a power of two; NULL: there is no more.
   errno is left as it was. */
static inline void *ct_alloc(size_t align_bytes, size_t bytes)
{
    if (align_bytes < sizeof(void *))
        align_bytes = sizeof(void *);
    if (bytes == 0)
        bytes = 1;
    if (bytes > SIZE_MAX - (align_bytes - 1))
        return NULL;
    int saved = errno;
    void *memory = aligned_alloc(align_bytes, (bytes + align_bytes - 1) & ~(align_bytes - 1));
    errno = saved;
    return memory;
}

static inline void ct_free(void *memory)
{
    int saved = errno; /* glibc before 2.33 changes it */
    free(memory);
    errno = saved;
}

#endif
