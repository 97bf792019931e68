// SPDX-License-Identifier: MIT
/* pthread - POSIX threads, with what they lack beside: alive, stop, and errors where POSIX has none.
 *
 * Idea      libc starts and joins; cells say what it does not tell.
 * Source    POSIX.1-2024, pthread_create; glibc's pthread_clockjoin_np, pthread_setname_np and
 *           pthread_setaffinity_np.
 * State     ended   run has returned
 *           stop    a stop was requested
 *           fate    whose the thread's end is: nobody's yet, a joiner's, nobody's any more
 *           thread  its kernel id, once it runs: 0 before
 * Order     ended, stop: stores release, loads acquire. join: libc's.
 * Choose    the default on Linux.
 */
#ifndef CONTEND_THREAD_PTHREAD_H
#define CONTEND_THREAD_PTHREAD_H

#include <contend/thread.h>
#include <contend/wait.h>

#include <pthread.h>

enum { CT_THREAD_PTHREAD_OPEN, CT_THREAD_PTHREAD_TAKEN }; /* fate */

struct ct_thread_pthread {
    pthread_t libc;
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline void *ct_thread_pthread_main(void *thread)
{
    struct ct_thread_pthread *t = (struct ct_thread_pthread *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    t->result = t->run(t->argument);
    ct_u32_store_release(&t->ended, 1); /* pairs with is_alive */
    return NULL;
}

static inline int ct_thread_pthread_start(struct ct_thread_pthread *t, ct_thread_run *run,
                                          void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, 0);
    ct_u32_store_relaxed(&t->stop, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_PTHREAD_OPEN);
    int saved = errno;
    int error = pthread_create(&t->libc, NULL, ct_thread_pthread_main, t);
    errno = saved;
    return error;
}

static inline bool ct_thread_pthread_take(struct ct_thread_pthread *t)
{
    uint32_t open = CT_THREAD_PTHREAD_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_PTHREAD_TAKEN);
}

static inline int ct_thread_pthread_timedjoin(struct ct_thread_pthread *t, int *result,
                                              uint64_t deadline_ns)
{
    struct timespec at;
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_pthread_take(t))
        return EINVAL;
    int error = deadline_ns == CT_FOREVER ? pthread_join(t->libc, NULL)
                                          : pthread_clockjoin_np(t->libc, NULL, CLOCK_MONOTONIC,
                                                                 ct_timespec(&at, deadline_ns));
    if (error != 0)
        ct_u32_store_relaxed(&t->fate, CT_THREAD_PTHREAD_OPEN);
    else if (result)
        *result = t->result;
    return error;
}

static inline int ct_thread_pthread_join(struct ct_thread_pthread *t, int *result)
{
    return ct_thread_pthread_timedjoin(t, result, CT_FOREVER);
}

static inline int ct_thread_pthread_detach(struct ct_thread_pthread *t)
{
    return ct_thread_pthread_take(t) ? pthread_detach(t->libc) : EINVAL;
}

static inline bool ct_thread_pthread_is_alive(const struct ct_thread_pthread *t)
{
    return ct_u32_load_acquire(&t->ended) == 0;
}

static inline void ct_thread_pthread_request_stop(struct ct_thread_pthread *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_pthread_stop_requested(const struct ct_thread_pthread *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

static inline int ct_thread_pthread_set_name(struct ct_thread_pthread *t, const char *name)
{
    int saved = errno;
    int error = pthread_setname_np(t->libc, name);
    errno = saved;
    return error;
}

static inline int ct_thread_pthread_set_cpus(struct ct_thread_pthread *t, const uint32_t *cpus,
                                             uint32_t count)
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

CT_THREAD_ADAPT(pthread)
CT_THREAD_ADAPT_TIMED(pthread)
CT_THREAD_ADAPT_NAMED(pthread)

static const struct ct_thread_ops ct_thread_pthread_ops = {
    .impl = {CT_THREAD_IMPL(pthread, "pthread"),
             .summary = "POSIX threads and cells: alive, stop, joined",
             .source = "POSIX.1-2024, pthread_create; glibc",
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(pthread),
    .timedjoin = ct_thread_pthread_op_timedjoin,
    .set_name = ct_thread_pthread_op_set_name,
    .set_cpus = ct_thread_pthread_op_set_cpus,
};

#endif
