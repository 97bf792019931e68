// SPDX-License-Identifier: MIT
/* std.cc - std::counting_semaphore as the C functions of std.h. */
#include <semaphore>

#include <cerrno>
#include <cstdint>
#include <new>

using semaphore = std::counting_semaphore<>;

static_assert(
    sizeof(semaphore) == sizeof(int) && alignof(semaphore) <= alignof(uint32_t),
    "struct ct_semaphore_std in std.h holds one uint32_t; there is nothing in it but the value");
static_assert(semaphore::max() == 0x7fffffff, "the maximum is that of contend/semaphore.h");

extern "C" {

void ct_semaphore_std_init(semaphore *s, uint32_t value)
{
    new (s) semaphore(static_cast<std::ptrdiff_t>(value));
}

void ct_semaphore_std_destroy(semaphore *s)
{
    s->~semaphore();
}

void ct_semaphore_std_wait(semaphore *s)
{
    int saved = errno;
    s->acquire();
    errno = saved;
}

bool ct_semaphore_std_trywait(semaphore *s)
{
    return s->try_acquire();
}

/* C++ has no such operation. */
uint32_t ct_semaphore_std_value(const semaphore *s)
{
    return static_cast<uint32_t>(
        __atomic_load_n(reinterpret_cast<const int *>(s), __ATOMIC_RELAXED));
}

void ct_semaphore_std_release(semaphore *s, uint32_t n)
{
    s->release(static_cast<std::ptrdiff_t>(n));
}

} // extern "C"
