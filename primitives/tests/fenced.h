// SPDX-License-Identifier: MIT
/* fenced.h - memory for one object, aligned as its table says and no better, between bytes that must
   stay as they are. */
#ifndef CONTRACT_FENCED_H
#define CONTRACT_FENCED_H

#include "contract.h"

#include <contend/wait.h>

#include <stdlib.h>
#include <string.h>

enum { FENCED_BYTES = 64, FENCED_FILL = 0xa5, FENCED_ERRNO = 4242 };

struct fenced {
    unsigned char *memory, *object;
    size_t object_bytes;
};

static inline struct fenced fenced_make(const struct ct_impl *impl)
{
    size_t offset = FENCED_BYTES + impl->align_bytes - FENCED_BYTES % impl->align_bytes;
    size_t bytes = offset + impl->size_bytes + FENCED_BYTES;
    bytes = (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
    unsigned char *memory = aligned_alloc(CT_APART_BYTES, bytes);
    if (!memory)
        ct_panic("aligned_alloc", ENOMEM);
    memset(memory, FENCED_FILL, bytes);
    return (struct fenced){memory, memory + offset, impl->size_bytes};
}

static inline void fenced_unmake(struct fenced *f)
{
    bool intact = true;
    for (unsigned char *p = f->memory; p < f->object; p++)
        intact &= *p == FENCED_FILL;
    for (unsigned i = 0; i < FENCED_BYTES; i++)
        intact &= f->object[f->object_bytes + i] == FENCED_FILL;
    CONTRACT(intact);
    free(f->memory);
}

static inline void fenced_sleep_ns(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

/* An operation that must leave errno alone. */
#define FENCED_ERRNO_KEPT(operation)                                                               \
    do {                                                                                           \
        errno = FENCED_ERRNO;                                                                      \
        operation;                                                                                 \
        CONTRACT(errno == FENCED_ERRNO);                                                           \
    } while (0)

#endif
