// SPDX-License-Identifier: MIT
/* moodycamel - moodycamel::LightweightSemaphore, which his blocking queue waits on.
 *
 * Idea      A signed count, below 0 the number of waiters, before a semaphore of the system; a waiter
 *           looks 10,000 times before it goes there.
 * Source    Preshing, "Semaphores are Surprisingly Versatile", 2015; Desrochers, concurrentqueue.
 * Choose    in C++ beside that queue.
 *
 * C++ behind C functions (moodycamel.cc): a C program pays one call for that. It knows no maximum: the
 * check for it here is not one with the signal, so posts that race may pass it. CT_LATE: signal goes to
 * the system's semaphore inside after it has counted the permit. CT_INEXACT: a permit posted while
 * threads wait is no longer counted, and trywait refuses it, although a wait that begins later may get it.
 */
#ifndef CONTEND_PEERS_SEMAPHORE_MOODYCAMEL_H
#define CONTEND_PEERS_SEMAPHORE_MOODYCAMEL_H

#include <contend/semaphore.h>

#include <errno.h>

/* Storage for a moodycamel::LightweightSemaphore: moodycamel.cc asserts size and alignment. */
struct ct_semaphore_moodycamel {
    uint64_t storage[8];
};

void ct_semaphore_moodycamel_init(struct ct_semaphore_moodycamel *s, uint32_t value);
void ct_semaphore_moodycamel_destroy(struct ct_semaphore_moodycamel *s);
void ct_semaphore_moodycamel_wait(struct ct_semaphore_moodycamel *s);
bool ct_semaphore_moodycamel_trywait(struct ct_semaphore_moodycamel *s);
uint32_t ct_semaphore_moodycamel_value(const struct ct_semaphore_moodycamel *s);
void ct_semaphore_moodycamel_signal(struct ct_semaphore_moodycamel *s, uint32_t n);

static inline int ct_semaphore_moodycamel_post(struct ct_semaphore_moodycamel *s, uint32_t n)
{
    if (n > CT_SEMAPHORE_VALUE_MAX - ct_semaphore_moodycamel_value(s))
        return EOVERFLOW;
    if (n > 0) /* which it requires */
        ct_semaphore_moodycamel_signal(s, n);
    return 0;
}

CT_SEMAPHORE_ADAPT(moodycamel)
CT_SEMAPHORE_ADAPT_DESTROY(moodycamel)

static const struct ct_semaphore_ops ct_semaphore_moodycamel_ops = {
    .impl = {CT_SEMAPHORE_IMPL(moodycamel, "moodycamel"),
             .summary = "LightweightSemaphore: a count, spins, then sem_t",
             .source = "Preshing 2015; Desrochers, concurrentqueue",
             .package = CT_PACKAGE_concurrentqueue,
             .traits = CT_PARKS | CT_OPAQUE | CT_INEXACT | CT_PEER | CT_LATE},
    CT_SEMAPHORE_REQUIRED(moodycamel),
    .destroy = ct_semaphore_moodycamel_op_destroy,
};

#endif
