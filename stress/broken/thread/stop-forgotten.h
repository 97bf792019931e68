// SPDX-License-Identifier: MIT
/* stop-forgotten - pthread threads, broken.
 *
 * Mistake: the new thread clears the flag, which may wipe out a stop requested meanwhile.
 * Breaks:  a thread that polls for a stop sees it.
 */
#ifndef STRESS_BROKEN_THREAD_STOP_FORGOTTEN_H
#define STRESS_BROKEN_THREAD_STOP_FORGOTTEN_H

#include <contend/thread.h>
#include <contend/wait.h>

#include <pthread.h>

enum { CT_THREAD_STOP_FORGOTTEN_OPEN, CT_THREAD_STOP_FORGOTTEN_TAKEN }; /* fate */

struct ct_thread_stop_forgotten {
    pthread_t libc;
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline void *ct_thread_stop_forgotten_main(void *thread)
{
    struct ct_thread_stop_forgotten *t = (struct ct_thread_stop_forgotten *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    ct_u32_store_relaxed(&t->stop, 0); /* the mistake: not before the start */
    t->result = t->run(t->argument);
    ct_u32_store_release(&t->ended, 1); /* pairs with is_alive */
    return NULL;
}

static inline int ct_thread_stop_forgotten_start(struct ct_thread_stop_forgotten *t,
                                                 ct_thread_run *run, void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_STOP_FORGOTTEN_OPEN);
    int saved = errno;
    int error = pthread_create(&t->libc, NULL, ct_thread_stop_forgotten_main, t);
    errno = saved;
    return error;
}

static inline bool ct_thread_stop_forgotten_take(struct ct_thread_stop_forgotten *t)
{
    uint32_t open = CT_THREAD_STOP_FORGOTTEN_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_STOP_FORGOTTEN_TAKEN);
}

static inline int ct_thread_stop_forgotten_timedjoin(struct ct_thread_stop_forgotten *t,
                                                     int *result, uint64_t deadline_ns)
{
    struct timespec at;
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_stop_forgotten_take(t))
        return EINVAL;
    int error = deadline_ns == CT_FOREVER ? pthread_join(t->libc, NULL)
                                          : pthread_clockjoin_np(t->libc, NULL, CLOCK_MONOTONIC,
                                                                 ct_timespec(&at, deadline_ns));
    if (error != 0)
        ct_u32_store_relaxed(&t->fate, CT_THREAD_STOP_FORGOTTEN_OPEN);
    else if (result)
        *result = t->result;
    return error;
}

static inline int ct_thread_stop_forgotten_join(struct ct_thread_stop_forgotten *t, int *result)
{
    return ct_thread_stop_forgotten_timedjoin(t, result, CT_FOREVER);
}

static inline int ct_thread_stop_forgotten_detach(struct ct_thread_stop_forgotten *t)
{
    return ct_thread_stop_forgotten_take(t) ? pthread_detach(t->libc) : EINVAL;
}

static inline bool ct_thread_stop_forgotten_is_alive(const struct ct_thread_stop_forgotten *t)
{
    return ct_u32_load_acquire(&t->ended) == 0;
}

static inline void ct_thread_stop_forgotten_request_stop(struct ct_thread_stop_forgotten *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_stop_forgotten_stop_requested(const struct ct_thread_stop_forgotten *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

static inline int ct_thread_stop_forgotten_set_name(struct ct_thread_stop_forgotten *t,
                                                    const char *name)
{
    int saved = errno;
    int error = pthread_setname_np(t->libc, name);
    errno = saved;
    return error;
}

static inline int ct_thread_stop_forgotten_set_cpus(struct ct_thread_stop_forgotten *t,
                                                    const uint32_t *cpus, uint32_t count)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (uint32_t i = 0; i < count; i++) {
        if (cpus[i] >= CPU_SETSIZE)
            return EINVAL;
        CPU_SET(cpus[i], &set);
    }
    return pthread_setaffinity_np(t->libc, sizeof set, &set);
}

CT_THREAD_ADAPT(stop_forgotten)
CT_THREAD_ADAPT_TIMED(stop_forgotten)
CT_THREAD_ADAPT_NAMED(stop_forgotten)

static const struct ct_thread_ops ct_thread_stop_forgotten_ops = {
    .impl = {CT_THREAD_IMPL(stop_forgotten, "stop-forgotten"),
             .summary = "broken: a stop requested early is forgotten",
             .source = "pthread, clearing its flag late",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(stop_forgotten),
    .timedjoin = ct_thread_stop_forgotten_op_timedjoin,
    .set_name = ct_thread_stop_forgotten_op_set_name,
    .set_cpus = ct_thread_stop_forgotten_op_set_cpus,
};

#endif
