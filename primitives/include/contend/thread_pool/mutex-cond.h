// SPDX-License-Identifier: MIT
/* mutex-cond - one queue under a mutex, workers that sleep on a condition variable.
 *
 * Idea      The pool of every textbook, from pthread's parts: each submit signals, each idle worker sleeps
 *           at once. Only waiting for a future is as in the other pools, so that what differs is the
 *           pool.
 * Full      The submitter runs the oldest task itself, and tries again.
 * Source    POSIX.1-2017, pthread_cond_wait; queue: Knuth, TAOCP 1, 2.2.2.
 * State     head, tail   tasks taken and brought so far; under the mutex, as is all else
 *           closing      how the workers shall go once nothing is left
 * Order     The mutex orders all; a task before the wait for it is ordered by its future.
 * Choose    where only POSIX may be assumed; and to compare.
 */
#ifndef CONTEND_THREAD_POOL_MUTEX_COND_H
#define CONTEND_THREAD_POOL_MUTEX_COND_H

#include <contend/crew.h>
#include <contend/task.h>

struct ct_thread_pool_mutex_cond {
    pthread_mutex_t mutex;
    pthread_cond_t work;
    bool closing;
    enum ct_thread_pool_how how;
    uint64_t head, tail;
    struct ct_task task[CT_THREAD_POOL_TASKS];
    struct ct_crew crew;
    struct ct_task_tally tally;
};

/* With the mutex held; false: there is none. */
static inline bool ct_thread_pool_mutex_cond_take(struct ct_thread_pool_mutex_cond *p,
                                                  struct ct_task *task)
{
    if (p->head == p->tail)
        return false;
    *task = p->task[p->head++ % CT_THREAD_POOL_TASKS];
    return true;
}

/* Without it; out of line. */
__attribute__((noinline)) static bool
ct_thread_pool_mutex_cond_run_one(struct ct_thread_pool_mutex_cond *p)
{
    struct ct_task task = {NULL, NULL, NULL};
    pthread_mutex_lock(&p->mutex);
    bool found = ct_thread_pool_mutex_cond_take(p, &task);
    bool drop = p->closing && p->how == CT_THREAD_POOL_NOW;
    pthread_mutex_unlock(&p->mutex);
    if (found && drop)
        ct_task_drop(&task, &p->tally);
    else if (found)
        ct_task_run(&task, &p->tally);
    return found;
}

static inline int ct_thread_pool_mutex_cond_work(struct ct_thread_pool_mutex_cond *p)
{
    if (ct_crew_enter(&p->crew) == CT_CREW_NOBODY)
        return EAGAIN;
    bool more = true;
    while (more) {
        pthread_mutex_lock(&p->mutex);
        while (p->head == p->tail && !p->closing)
            pthread_cond_wait(&p->work, &p->mutex);
        pthread_mutex_unlock(&p->mutex);
        more = ct_thread_pool_mutex_cond_run_one(p);
        if (!more) {
            pthread_mutex_lock(&p->mutex);
            more = !p->closing; /* another worker was faster */
            pthread_mutex_unlock(&p->mutex);
        }
    }
    ct_crew_leave(&p->crew);
    return 0;
}

static inline void *ct_thread_pool_mutex_cond_main(void *p)
{
    (void)ct_thread_pool_mutex_cond_work((struct ct_thread_pool_mutex_cond *)p);
    return NULL;
}

static inline int ct_thread_pool_mutex_cond_submit(struct ct_thread_pool_mutex_cond *p,
                                                   struct ct_future *future,
                                                   ct_task_function *function, void *argument)
{
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    pthread_mutex_lock(&p->mutex);
    while (!p->closing && p->tail - p->head == CT_THREAD_POOL_TASKS) {
        pthread_mutex_unlock(&p->mutex);
        (void)ct_thread_pool_mutex_cond_run_one(p);
        pthread_mutex_lock(&p->mutex);
    }
    bool closing = p->closing;
    if (!closing) {
        struct ct_task *task = &p->task[p->tail++ % CT_THREAD_POOL_TASKS];
        task->function = function;
        task->argument = argument;
        task->future = future;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->mutex);
    return closing ? ECANCELED : 0;
}

static inline int ct_thread_pool_mutex_cond_timedwait(struct ct_thread_pool_mutex_cond *p,
                                                      struct ct_future *future,
                                                      uint64_t deadline_ns)
{
    (void)p;
    return ct_future_timedwait(future, deadline_ns);
}

static inline void ct_thread_pool_mutex_cond_wait(struct ct_thread_pool_mutex_cond *p,
                                                  struct ct_future *future)
{
    bool worker = ct_crew_self(&p->crew) != CT_CREW_NOBODY;
    while (!ct_future_done(future))
        if (!worker || !ct_thread_pool_mutex_cond_run_one(p))
            (void)ct_future_timedwait(future, CT_FOREVER);
}

static inline bool ct_thread_pool_mutex_cond_cancel(struct ct_thread_pool_mutex_cond *p,
                                                    struct ct_future *future)
{
    (void)p;
    return ct_future_claim(future, CT_FUTURE_CANCELLED);
}

static inline int ct_thread_pool_mutex_cond_result(struct ct_thread_pool_mutex_cond *p,
                                                   struct ct_future *future, void **value)
{
    return ct_task_result(future, value, &p->tally);
}

static inline struct ct_thread_pool_rest
ct_thread_pool_mutex_cond_shutdown(struct ct_thread_pool_mutex_cond *p, enum ct_thread_pool_how how)
{
    pthread_mutex_lock(&p->mutex);
    if (!p->closing)
        p->how = how;
    p->closing = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->mutex);
    while (ct_thread_pool_mutex_cond_run_one(p))
        ;
    ct_crew_join(&p->crew);
    return ct_task_rest(&p->tally);
}

static inline void ct_thread_pool_mutex_cond_destroy(struct ct_thread_pool_mutex_cond *p)
{
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->mutex);
}

static inline int ct_thread_pool_mutex_cond_init(struct ct_thread_pool_mutex_cond *p,
                                                 unsigned workers, const cpu_set_t *cpus)
{
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->work, NULL);
    p->closing = false;
    p->how = CT_THREAD_POOL_DRAIN;
    p->head = p->tail = 0;
    ct_crew_init(&p->crew);
    ct_task_tally_init(&p->tally);
    int error = ct_crew_start(&p->crew, workers, cpus, ct_thread_pool_mutex_cond_main, p);
    if (error != 0) {
        (void)ct_thread_pool_mutex_cond_shutdown(p, CT_THREAD_POOL_NOW);
        ct_thread_pool_mutex_cond_destroy(p);
    }
    return error;
}

CT_THREAD_POOL_MAP(mutex_cond, p->crew.members)
CT_THREAD_POOL_ADAPT(mutex_cond)
CT_THREAD_POOL_ADAPT_WORK(mutex_cond)
CT_THREAD_POOL_ADAPT_DESTROY(mutex_cond)

static const struct ct_thread_pool_ops ct_thread_pool_mutex_cond_ops = {
    .impl = {CT_THREAD_POOL_IMPL(mutex_cond, "mutex-cond"),
             .summary = "one queue under a pthread mutex, with a condition",
             .source = "POSIX.1-2017, pthread_cond_wait",
             .traits = CT_REFERENCE | CT_PARKS | CT_TIMED | CT_OPAQUE},
    .helps = true,
    CT_THREAD_POOL_REQUIRED(mutex_cond),
    .destroy = ct_thread_pool_mutex_cond_op_destroy,
    .work = ct_thread_pool_mutex_cond_op_work,
};

#endif
