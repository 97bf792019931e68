// SPDX-License-Identifier: MIT
/* string.h for GenMC: copies by the word, so that it sees each access; items here are whole words. */
#ifndef GENMC_STRING_H
#define GENMC_STRING_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static inline void *genmc_copy(void *to, const void *from, size_t bytes)
{
    assert(bytes % sizeof(uint64_t) == 0);
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++)
        ((uint64_t *)to)[i] = ((const uint64_t *)from)[i];
    return to;
}

#define memcpy(to, from, bytes) genmc_copy(to, from, bytes)

#endif
