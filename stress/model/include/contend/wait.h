// SPDX-License-Identifier: MIT
/* wait.h under the model: the native header's operations with the engine's meaning. */
#ifndef CONTEND_WAIT_H
#define CONTEND_WAIT_H

#include <contend/atomic.h>

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CT_FOREVER UINT64_MAX
#define CT_WAKE_ALL INT_MAX
#define CT_NS_PER_S UINT64_C(1000000000)

_Noreturn static inline void ct_panic(const char *call, int error)
{
    (void)error;
    model_panic(call);
}

_Noreturn static inline void ct_misuse(const char *what)
{
    model_panic(what);
}

/* For implementations that the model does not run. */
static inline struct timespec *ct_timespec(struct timespec *t, uint64_t deadline_ns)
{
    if (deadline_ns == CT_FOREVER)
        return NULL;
    t->tv_sec = (time_t)(deadline_ns / CT_NS_PER_S);
    t->tv_nsec = (long)(deadline_ns % CT_NS_PER_S);
    return t;
}

#define ct_now_ns() model_now_ns()
#define ct_pause() model_pause(MODEL_SITE)
#define ct_backoff_ns(ns) ((void)(ns), model_backoff(MODEL_SITE))
#define ct_yield() model_backoff(MODEL_SITE)

#define ct_cpus() UINT32_C(1024) /* each thread has its own, as ct_cpu_id says */

#define ct_wait(c, seen, deadline_ns)                                                              \
    model_wait(CT_MODEL_CELL(u32, c), seen, deadline_ns, MODEL_SITE)
#define ct_wake(c, threads) model_wake(CT_MODEL_CELL(u32, c), threads, MODEL_SITE)
#define ct_wait_shared(c, seen, deadline_ns) ct_wait(c, seen, deadline_ns)
#define ct_wake_shared(c, threads) ct_wake(c, threads)
#define ct_requeue(c, seen, threads, to)                                                           \
    model_requeue(CT_MODEL_CELL(u32, c), seen, threads, CT_MODEL_CELL(u32, to), MODEL_SITE)
#define ct_pi_lock(c, deadline_ns) model_pi_lock(CT_MODEL_CELL(u32, c), deadline_ns, MODEL_SITE)
#define ct_pi_unlock(c) model_pi_unlock(CT_MODEL_CELL(u32, c), MODEL_SITE)
#define ct_thread_id() model_thread_id()
#define ct_membarrier_usable() model_membarrier_usable()
#define ct_membarrier() model_membarrier(false, MODEL_SITE)
#define ct_rseq_usable() model_membarrier_usable()
#define ct_membarrier_rseq() model_membarrier(true, MODEL_SITE)

#endif
