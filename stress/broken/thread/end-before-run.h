// SPDX-License-Identifier: MIT
/* end-before-run - futex threads, broken.
 *
 * Mistake: the thread says that it has ended before it runs.
 * Breaks:  a thread is alive until it has ended.
 */
#ifndef STRESS_BROKEN_THREAD_END_BEFORE_RUN_H
#define STRESS_BROKEN_THREAD_END_BEFORE_RUN_H

#include <contend/poll.h>
#include <contend/thread.h>

#include <pthread.h>

enum { CT_THREAD_END_BEFORE_RUN_OPEN, CT_THREAD_END_BEFORE_RUN_TAKEN }; /* fate */
enum {
    CT_THREAD_END_BEFORE_RUN_RUNS,
    CT_THREAD_END_BEFORE_RUN_AWAITED,
    CT_THREAD_END_BEFORE_RUN_ENDED
}; /* ended */

struct ct_thread_end_before_run {
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline void *ct_thread_end_before_run_main(void *thread)
{
    struct ct_thread_end_before_run *t = (struct ct_thread_end_before_run *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    /* pairs with is_alive and join; the last touch of *t */
    if (ct_u32_exchange_acqrel(&t->ended, CT_THREAD_END_BEFORE_RUN_ENDED) ==
        CT_THREAD_END_BEFORE_RUN_AWAITED)
        ct_wake(&t->ended, 1);
    t->result = t->run(t->argument); /* the mistake: after the end */
    return NULL;
}

static inline int ct_thread_end_before_run_start(struct ct_thread_end_before_run *t,
                                                 ct_thread_run *run, void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, CT_THREAD_END_BEFORE_RUN_RUNS);
    ct_u32_store_relaxed(&t->stop, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_END_BEFORE_RUN_OPEN);
    int saved = errno;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_t libc;
    int error = pthread_create(&libc, &detached, ct_thread_end_before_run_main, t);
    pthread_attr_destroy(&detached);
    errno = saved;
    return error;
}

static inline bool ct_thread_end_before_run_take(struct ct_thread_end_before_run *t)
{
    uint32_t open = CT_THREAD_END_BEFORE_RUN_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_END_BEFORE_RUN_TAKEN);
}

/* Until run has returned; 0 or ETIMEDOUT. */
static inline int ct_thread_end_before_run_await(struct ct_thread_end_before_run *t,
                                                 uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    int error = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&t->ended); /* pairs with the thread's end */
        if (seen == CT_THREAD_END_BEFORE_RUN_ENDED)
            return 0;
        if (error != 0)
            return error;
        if (ct_poll_more(&poll))
            continue;
        if (seen == CT_THREAD_END_BEFORE_RUN_AWAITED ||
            ct_u32_cas_relaxed(&t->ended, &seen, CT_THREAD_END_BEFORE_RUN_AWAITED))
            error = ct_wait(&t->ended, CT_THREAD_END_BEFORE_RUN_AWAITED, deadline_ns);
    }
}

static inline int ct_thread_end_before_run_timedjoin(struct ct_thread_end_before_run *t,
                                                     int *result, uint64_t deadline_ns)
{
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_end_before_run_take(t))
        return EINVAL;
    int error = ct_thread_end_before_run_await(t, deadline_ns);
    if (error != 0)
        ct_u32_store_relaxed(&t->fate, CT_THREAD_END_BEFORE_RUN_OPEN);
    else if (result)
        *result = t->result;
    return error;
}

static inline int ct_thread_end_before_run_join(struct ct_thread_end_before_run *t, int *result)
{
    return ct_thread_end_before_run_timedjoin(t, result, CT_FOREVER);
}

static inline int ct_thread_end_before_run_detach(struct ct_thread_end_before_run *t)
{
    return ct_thread_end_before_run_take(t) ? 0 : EINVAL;
}

static inline bool ct_thread_end_before_run_is_alive(const struct ct_thread_end_before_run *t)
{
    return ct_u32_load_acquire(&t->ended) != CT_THREAD_END_BEFORE_RUN_ENDED;
}

static inline void ct_thread_end_before_run_request_stop(struct ct_thread_end_before_run *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_end_before_run_stop_requested(const struct ct_thread_end_before_run *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

CT_THREAD_ADAPT(end_before_run)
CT_THREAD_ADAPT_TIMED(end_before_run)

static const struct ct_thread_ops ct_thread_end_before_run_ops = {
    .impl = {CT_THREAD_IMPL(end_before_run, "end-before-run"),
             .summary = "broken: says that it has ended before it runs",
             .source = "futex, its end first",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(end_before_run),
    .timedjoin = ct_thread_end_before_run_op_timedjoin,
};

#endif
