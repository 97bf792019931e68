// SPDX-License-Identifier: MIT
/* join-early - futex threads, broken.
 *
 * Mistake: join waits for a while, and takes the end of its patience for that of the thread.
 * Breaks:  join returns after the thread has ended.
 */
#ifndef STRESS_BROKEN_THREAD_JOIN_EARLY_H
#define STRESS_BROKEN_THREAD_JOIN_EARLY_H

#include <contend/poll.h>
#include <contend/thread.h>

#include <pthread.h>

enum { CT_THREAD_JOIN_EARLY_OPEN, CT_THREAD_JOIN_EARLY_TAKEN }; /* fate */
enum {
    CT_THREAD_JOIN_EARLY_RUNS,
    CT_THREAD_JOIN_EARLY_AWAITED,
    CT_THREAD_JOIN_EARLY_ENDED
}; /* ended */

struct ct_thread_join_early {
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline void *ct_thread_join_early_main(void *thread)
{
    struct ct_thread_join_early *t = (struct ct_thread_join_early *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    t->result = t->run(t->argument);
    /* pairs with is_alive and join; the last touch of *t */
    if (ct_u32_exchange_acqrel(&t->ended, CT_THREAD_JOIN_EARLY_ENDED) ==
        CT_THREAD_JOIN_EARLY_AWAITED)
        ct_wake(&t->ended, 1);
    return NULL;
}

static inline int ct_thread_join_early_start(struct ct_thread_join_early *t, ct_thread_run *run,
                                             void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, CT_THREAD_JOIN_EARLY_RUNS);
    ct_u32_store_relaxed(&t->stop, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_JOIN_EARLY_OPEN);
    int saved = errno;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_t libc;
    int error = pthread_create(&libc, &detached, ct_thread_join_early_main, t);
    pthread_attr_destroy(&detached);
    errno = saved;
    return error;
}

static inline bool ct_thread_join_early_take(struct ct_thread_join_early *t)
{
    uint32_t open = CT_THREAD_JOIN_EARLY_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_JOIN_EARLY_TAKEN);
}

/* Until run has returned; 0 or ETIMEDOUT. */
static inline int ct_thread_join_early_await(struct ct_thread_join_early *t, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    int error = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&t->ended); /* pairs with the thread's end */
        if (seen == CT_THREAD_JOIN_EARLY_ENDED)
            return 0;
        if (error != 0)
            return error;
        if (ct_poll_more(&poll))
            continue;
        return deadline_ns == 0 ? ETIMEDOUT : 0; /* the mistake */
    }
}

static inline int ct_thread_join_early_timedjoin(struct ct_thread_join_early *t, int *result,
                                                 uint64_t deadline_ns)
{
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_join_early_take(t))
        return EINVAL;
    int error = ct_thread_join_early_await(t, deadline_ns);
    if (error != 0)
        ct_u32_store_relaxed(&t->fate, CT_THREAD_JOIN_EARLY_OPEN);
    else if (result)
        *result = t->result;
    return error;
}

static inline int ct_thread_join_early_join(struct ct_thread_join_early *t, int *result)
{
    return ct_thread_join_early_timedjoin(t, result, CT_FOREVER);
}

static inline int ct_thread_join_early_detach(struct ct_thread_join_early *t)
{
    return ct_thread_join_early_take(t) ? 0 : EINVAL;
}

static inline bool ct_thread_join_early_is_alive(const struct ct_thread_join_early *t)
{
    return ct_u32_load_acquire(&t->ended) != CT_THREAD_JOIN_EARLY_ENDED;
}

static inline void ct_thread_join_early_request_stop(struct ct_thread_join_early *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_join_early_stop_requested(const struct ct_thread_join_early *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

CT_THREAD_ADAPT(join_early)
CT_THREAD_ADAPT_TIMED(join_early)

static const struct ct_thread_ops ct_thread_join_early_ops = {
    .impl = {CT_THREAD_IMPL(join_early, "join-early"), .summary = "broken: join does not wait long",
             .source = "futex, polling only",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(join_early),
    .timedjoin = ct_thread_join_early_op_timedjoin,
};

#endif
