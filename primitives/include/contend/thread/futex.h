// SPDX-License-Identifier: MIT
/* futex - detached POSIX threads that say themselves when run has returned.
 *
 * Idea      A joiner mostly wants the result, not the stack: it waits for a word that the thread sets as
 *           soon as run has returned, while libc cleans up behind it. A short look at the word saves the
 *           sleep where the end is near.
 * Source    own, on pthread_create and futex(2).
 * State     ended   runs; runs and a joiner may sleep on it; has returned
 *           stop    a stop was requested
 *           fate    whose the thread's end is: nobody's yet, a joiner's, nobody's any more
 *           thread  the thread's kernel id, once it runs: 0 before
 * Order     ended: the end's release pairs with join's and is_alive's acquire. stop: store release,
 *           load acquire.
 * Lifetime  the thread touches *t last with its exchange of ended.
 * Choose    many short threads whose results are wanted soon; not where thread-local state must be
 *           unmade before join returns.
 */
#ifndef CONTEND_THREAD_FUTEX_H
#define CONTEND_THREAD_FUTEX_H

#include <contend/poll.h>
#include <contend/thread.h>

#include <pthread.h>

enum { CT_THREAD_FUTEX_OPEN, CT_THREAD_FUTEX_TAKEN };                          /* fate */
enum { CT_THREAD_FUTEX_RUNS, CT_THREAD_FUTEX_AWAITED, CT_THREAD_FUTEX_ENDED }; /* ended */

struct ct_thread_futex {
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline void *ct_thread_futex_main(void *thread)
{
    struct ct_thread_futex *t = (struct ct_thread_futex *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    t->result = t->run(t->argument);
    /* pairs with is_alive and join; the last touch of *t */
    if (ct_u32_exchange_acqrel(&t->ended, CT_THREAD_FUTEX_ENDED) == CT_THREAD_FUTEX_AWAITED)
        ct_wake(&t->ended, 1);
    return NULL;
}

static inline int ct_thread_futex_start(struct ct_thread_futex *t, ct_thread_run *run,
                                        void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, CT_THREAD_FUTEX_RUNS);
    ct_u32_store_relaxed(&t->stop, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_FUTEX_OPEN);
    int saved = errno;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_t libc;
    int error = pthread_create(&libc, &detached, ct_thread_futex_main, t);
    pthread_attr_destroy(&detached);
    errno = saved;
    return error;
}

static inline bool ct_thread_futex_take(struct ct_thread_futex *t)
{
    uint32_t open = CT_THREAD_FUTEX_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_FUTEX_TAKEN);
}

/* Until run has returned; 0 or ETIMEDOUT. */
static inline int ct_thread_futex_await(struct ct_thread_futex *t, uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    int error = 0;
    for (;;) {
        uint32_t seen = ct_u32_load_acquire(&t->ended); /* pairs with the thread's end */
        if (seen == CT_THREAD_FUTEX_ENDED)
            return 0;
        if (error != 0)
            return error;
        if (ct_poll_more(&poll))
            continue;
        if (seen == CT_THREAD_FUTEX_AWAITED ||
            ct_u32_cas_relaxed(&t->ended, &seen, CT_THREAD_FUTEX_AWAITED))
            error = ct_wait(&t->ended, CT_THREAD_FUTEX_AWAITED, deadline_ns);
    }
}

static inline int ct_thread_futex_timedjoin(struct ct_thread_futex *t, int *result,
                                            uint64_t deadline_ns)
{
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_futex_take(t))
        return EINVAL;
    int error = ct_thread_futex_await(t, deadline_ns);
    if (error != 0)
        ct_u32_store_relaxed(&t->fate, CT_THREAD_FUTEX_OPEN);
    else if (result)
        *result = t->result;
    return error;
}

static inline int ct_thread_futex_join(struct ct_thread_futex *t, int *result)
{
    return ct_thread_futex_timedjoin(t, result, CT_FOREVER);
}

static inline int ct_thread_futex_detach(struct ct_thread_futex *t)
{
    return ct_thread_futex_take(t) ? 0 : EINVAL;
}

static inline bool ct_thread_futex_is_alive(const struct ct_thread_futex *t)
{
    return ct_u32_load_acquire(&t->ended) != CT_THREAD_FUTEX_ENDED;
}

static inline void ct_thread_futex_request_stop(struct ct_thread_futex *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_futex_stop_requested(const struct ct_thread_futex *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

CT_THREAD_ADAPT(futex)
CT_THREAD_ADAPT_TIMED(futex)

static const struct ct_thread_ops ct_thread_futex_ops = {
    .impl = {CT_THREAD_IMPL(futex, "futex"),
             .summary = "detached POSIX threads; join waits for a word, not libc",
             .source = "own, on pthread_create and futex(2)",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(futex),
    .timedjoin = ct_thread_futex_op_timedjoin,
};

#endif
