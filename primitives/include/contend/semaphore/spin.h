// SPDX-License-Identifier: MIT
/* spin - atomics only: who finds no permit looks again until there is one.
 *
 * Idea      The value is one cell; taking and posting are a compare-and-swap each.
 * Source    Dijkstra, "Cooperating sequential processes", 1965 (P and V); the waiting of test and
 *           test-and-set: Rudolph & Segall, ISCA 1984.
 * State     value  permits there
 * Order     post's release pairs with the acquire that takes; every change is a read-modify-write, so
 *           a taker sees what was before all posts so far, not only the last.
 * Lifetime  post touches the semaphore last with its one access.
 * Choose    short waits between threads that all have a CPU; nothing needs a kernel.
 */
#ifndef CONTEND_SEMAPHORE_SPIN_H
#define CONTEND_SEMAPHORE_SPIN_H

#include <contend/semaphore.h>
#include <contend/wait.h>

struct ct_semaphore_spin {
    struct ct_u32 value;
};

#define CT_SEMAPHORE_SPIN_INIT(permits)                                                            \
    {                                                                                              \
        CT_CELL(permits)                                                                           \
    }

static inline void ct_semaphore_spin_init(struct ct_semaphore_spin *s, uint32_t value)
{
    ct_u32_store_relaxed(&s->value, value);
}

static inline bool ct_semaphore_spin_trywait(struct ct_semaphore_spin *s)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    while (seen != 0)
        if (ct_u32_cas_acquire(&s->value, &seen, seen - 1)) /* pairs with post */
            return true;
    return false;
}

static inline void ct_semaphore_spin_wait(struct ct_semaphore_spin *s)
{
    while (!ct_semaphore_spin_trywait(s))
        ct_pause();
}

static inline int ct_semaphore_spin_timedwait(struct ct_semaphore_spin *s, uint64_t deadline_ns)
{
    while (!ct_semaphore_spin_trywait(s)) {
        if (ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_pause();
    }
    return 0;
}

/* post where the value may come to be max at most: CT_SEMAPHORE_VALUE_MAX, or that of a bounded
   semaphore. */
static inline int ct_semaphore_spin_post_within(struct ct_semaphore_spin *s, uint32_t n,
                                                uint32_t max)
{
    uint32_t seen = ct_u32_load_relaxed(&s->value);
    do {
        if (n > max - seen)
            return EOVERFLOW;
    } while (!ct_u32_cas_release(&s->value, &seen, seen + n));
    return 0;
}

static inline int ct_semaphore_spin_post(struct ct_semaphore_spin *s, uint32_t n)
{
    return ct_semaphore_spin_post_within(s, n, CT_SEMAPHORE_VALUE_MAX);
}

static inline uint32_t ct_semaphore_spin_value(const struct ct_semaphore_spin *s)
{
    return ct_u32_load_relaxed(&s->value);
}

CT_SEMAPHORE_ADAPT(spin)
CT_SEMAPHORE_ADAPT_TIMED(spin)

static const struct ct_semaphore_ops ct_semaphore_spin_ops = {
    .impl = {CT_SEMAPHORE_IMPL(spin, "spin"),
             .summary = "one word, atomics only; waiters never sleep",
             .source = "Dijkstra 1965; Rudolph & Segall, ISCA 1984",
             .traits = CT_SPINS | CT_TIMED | CT_PSHARED},
    CT_SEMAPHORE_REQUIRED(spin),
    .timedwait = ct_semaphore_spin_op_timedwait,
};

#endif
