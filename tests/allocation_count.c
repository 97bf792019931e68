// SPDX-License-Identifier: MIT
/* allocation_count.c - malloc and its kin, counted. A program's definitions come before those of the
   C library, for all its libraries; glibc has what they do under other names as well. Its own inner calls,
   such as those for a thread's stack, are not seen, those for a thread's thread-local storage are. */
#include "tests/allocation.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *memory, size_t bytes);
extern void *__libc_memalign(size_t align_bytes, size_t bytes);
extern void __libc_free(void *memory);

static _Thread_local uint64_t here;
static struct ct_u64 everywhere;

uint64_t allocations_here(void)
{
    return here;
}

uint64_t allocations_everywhere(void)
{
    return ct_u64_load_relaxed(&everywhere);
}

static void count(void)
{
    here++;
    ct_u64_add_relaxed(&everywhere, 1);
}

void *malloc(size_t bytes)
{
    count();
    return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    count();
    return __libc_calloc(n, bytes);
}

void *realloc(void *memory, size_t bytes)
{
    count();
    return __libc_realloc(memory, bytes);
}

void *memalign(size_t align_bytes, size_t bytes)
{
    count();
    return __libc_memalign(align_bytes, bytes);
}

void *aligned_alloc(size_t align_bytes, size_t bytes)
{
    count();
    return __libc_memalign(align_bytes, bytes);
}

int posix_memalign(void **memory, size_t align_bytes, size_t bytes)
{
    count();
    if (align_bytes % sizeof(void *) != 0 || (align_bytes & (align_bytes - 1)) != 0 ||
        align_bytes == 0)
        return EINVAL;
    int saved = errno;
    void *got = __libc_memalign(align_bytes, bytes);
    errno = saved;
    if (!got)
        return ENOMEM;
    *memory = got;
    return 0;
}

void free(void *memory)
{
    if (memory)
        count();
    __libc_free(memory);
}

void *mmap(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    count();
    return (void *)syscall(SYS_mmap, address, bytes, protection, flags, fd, offset);
}

int munmap(void *address, size_t bytes)
{
    count();
    return (int)syscall(SYS_munmap, address, bytes);
}
