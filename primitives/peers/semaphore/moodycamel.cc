// SPDX-License-Identifier: MIT
/* moodycamel.cc - moodycamel::LightweightSemaphore as the C functions of moodycamel.h. */
#include <concurrentqueue/blockingconcurrentqueue.h> /* lightweightsemaphore.h needs what it includes */

#include <cerrno>
#include <cstdint>
#include <new>

using semaphore = moodycamel::LightweightSemaphore;

static_assert(sizeof(semaphore) <= 8 * sizeof(uint64_t) && alignof(semaphore) <= alignof(uint64_t),
              "struct ct_semaphore_moodycamel in moodycamel.h holds eight uint64_t");

extern "C" {

void ct_semaphore_moodycamel_init(semaphore *s, uint32_t value)
{
    new (s) semaphore(static_cast<semaphore::ssize_t>(value));
}

void ct_semaphore_moodycamel_destroy(semaphore *s)
{
    s->~semaphore();
}

void ct_semaphore_moodycamel_wait(semaphore *s)
{
    int saved = errno;
    while (!s->wait())
        ;
    errno = saved;
}

bool ct_semaphore_moodycamel_trywait(semaphore *s)
{
    return s->tryWait();
}

uint32_t ct_semaphore_moodycamel_value(const semaphore *s)
{
    return static_cast<uint32_t>(s->availableApprox());
}

void ct_semaphore_moodycamel_signal(semaphore *s, uint32_t n)
{
    s->signal(static_cast<semaphore::ssize_t>(n));
}

} // extern "C"
