// SPDX-License-Identifier: MIT
/* workers.h - what pools that differ in their container only have in common: the loop of a worker, waiting
 * that helps, and shutdown. A template: the container's functions are constants, inlined here.
 *
 * Such a pool is a struct ct_thread_pool_<id> with a member workers, functions ct_thread_pool_<id>_
 *     fill(p)              makes the container empty and open
 *     close(p)             from now on submit gives ECANCELED
 *     take, empty          as struct ct_idle_source says
 *     submit               which kicks workers.idle
 * and CT_WORKERS_POOL(id), which makes the rest of the contract of them.
 */
#ifndef CONTEND_WORKERS_H
#define CONTEND_WORKERS_H

#include <contend/crew.h>
#include <contend/idle.h>
#include <contend/task_ring.h>

struct ct_workers {
    struct ct_crew crew;
    CT_APART struct ct_idle idle;
    CT_APART struct ct_task_tally tally;
};

static inline void ct_workers_init(struct ct_workers *w)
{
    ct_crew_init(&w->crew);
    ct_idle_init(&w->idle);
    ct_task_tally_init(&w->tally);
}

/* A task that was taken. */
static inline void ct_workers_do(struct ct_workers *w, const struct ct_task *task)
{
    if (ct_u32_load_relaxed(&w->idle.closing) == CT_IDLE_NOW)
        ct_task_drop(task, &w->tally);
    else
        ct_task_run(task, &w->tally);
}

/* A submitter found the pool full and has taken a task instead; out of line. */
__attribute__((noinline, unused)) static void ct_workers_relieve(struct ct_workers *w,
                                                                 const struct ct_task *task)
{
    ct_workers_do(w, task);
}

/* Into the ring; while it is full the submitter runs the oldest task. 0 or ECANCELED. */
static inline int ct_workers_put(struct ct_workers *w, struct ct_task_ring *ring,
                                 const struct ct_task *task)
{
    int error;
    struct ct_task oldest;
    while ((error = ct_task_ring_put(ring, task)) == EAGAIN) {
        if (ct_task_ring_take(ring, &oldest))
            ct_workers_relieve(w, &oldest);
        else
            ct_yield(); /* whoever takes or brings the oldest is in the midst of it */
    }
    return error;
}

static inline __attribute__((always_inline)) int
ct_workers_work(struct ct_workers *w, const struct ct_idle_source *source, void *pool)
{
    struct ct_task task = {NULL, NULL, NULL};
    uint32_t self = ct_crew_enter(&w->crew);
    if (self == CT_CREW_NOBODY)
        return EAGAIN;
    while (source->take(pool, self, &task) || ct_idle_next(&w->idle, source, pool, self, &task))
        ct_workers_do(w, &task);
    ct_crew_leave(&w->crew);
    return 0;
}

static inline __attribute__((always_inline)) void
ct_workers_wait(struct ct_workers *w, const struct ct_idle_source *source, void *pool,
                struct ct_future *f)
{
    struct ct_task task = {NULL, NULL, NULL};
    uint32_t self = ct_crew_self(&w->crew);
    while (self != CT_CREW_NOBODY && !ct_future_done(f) && source->take(pool, self, &task))
        ct_workers_do(w, &task);
    (void)ct_future_timedwait(f, CT_FOREVER);
}

/* The container takes no more tasks. */
static inline __attribute__((always_inline)) struct ct_thread_pool_rest
ct_workers_shutdown(struct ct_workers *w, const struct ct_idle_source *source, void *pool,
                    enum ct_thread_pool_how how)
{
    struct ct_task task = {NULL, NULL, NULL};
    if (ct_u32_load_relaxed(&w->idle.closing) == CT_IDLE_OPEN)
        ct_idle_close(&w->idle, how);
    while (!source->empty(pool)) {
        if (source->take(pool, CT_CREW_NOBODY, &task))
            ct_workers_do(w, &task);
        else
            ct_pause();
    }
    ct_crew_join(&w->crew);
    return ct_task_rest(&w->tally);
}

#define CT_WORKERS_POOL(id)                                                                        \
    CT_WORKERS_WORK(id)                                                                            \
    CT_WORKERS_REST(id)

#define CT_WORKERS_WORK(id)                                                                        \
    static const struct ct_idle_source ct_thread_pool_##id##_source = {                            \
        ct_thread_pool_##id##_take, ct_thread_pool_##id##_empty};                                  \
    __attribute__((noinline)) static int ct_thread_pool_##id##_work(struct ct_thread_pool_##id *p) \
    {                                                                                              \
        return ct_workers_work(&p->workers, &ct_thread_pool_##id##_source, p);                     \
    }

#define CT_WORKERS_REST(id)                                                                        \
    static inline void *ct_thread_pool_##id##_main(void *p)                                        \
    {                                                                                              \
        (void)ct_thread_pool_##id##_work((struct ct_thread_pool_##id *)p);                         \
        return NULL;                                                                               \
    }                                                                                              \
    __attribute__((noinline)) static void ct_thread_pool_##id##_help(                              \
        struct ct_thread_pool_##id *p, struct ct_future *future)                                   \
    {                                                                                              \
        ct_workers_wait(&p->workers, &ct_thread_pool_##id##_source, p, future);                    \
    }                                                                                              \
    static inline void ct_thread_pool_##id##_wait(struct ct_thread_pool_##id *p,                   \
                                                  struct ct_future *future)                        \
    {                                                                                              \
        if (!ct_future_done(future))                                                               \
            ct_thread_pool_##id##_help(p, future);                                                 \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_timedwait(                                             \
        struct ct_thread_pool_##id *p, struct ct_future *future, uint64_t deadline_ns)             \
    {                                                                                              \
        (void)p;                                                                                   \
        return ct_future_timedwait(future, deadline_ns);                                           \
    }                                                                                              \
    static inline bool ct_thread_pool_##id##_cancel(struct ct_thread_pool_##id *p,                 \
                                                    struct ct_future *future)                      \
    {                                                                                              \
        (void)p;                                                                                   \
        return ct_future_claim(future, CT_FUTURE_CANCELLED);                                       \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_result(struct ct_thread_pool_##id *p,                  \
                                                   struct ct_future *future, void **value)         \
    {                                                                                              \
        return ct_task_result(future, value, &p->workers.tally);                                   \
    }                                                                                              \
    __attribute__((noinline)) static struct ct_thread_pool_rest ct_thread_pool_##id##_shutdown(    \
        struct ct_thread_pool_##id *p, enum ct_thread_pool_how how)                                \
    {                                                                                              \
        ct_thread_pool_##id##_close(p);                                                            \
        return ct_workers_shutdown(&p->workers, &ct_thread_pool_##id##_source, p, how);            \
    }                                                                                              \
    static inline int ct_thread_pool_##id##_init(struct ct_thread_pool_##id *p, unsigned workers,  \
                                                 const cpu_set_t *cpus)                            \
    {                                                                                              \
        ct_thread_pool_##id##_fill(p);                                                             \
        ct_workers_init(&p->workers);                                                              \
        int error = ct_crew_start(&p->workers.crew, workers, cpus, ct_thread_pool_##id##_main, p); \
        if (error != 0)                                                                            \
            (void)ct_thread_pool_##id##_shutdown(p, CT_THREAD_POOL_NOW);                           \
        return error;                                                                              \
    }                                                                                              \
    CT_THREAD_POOL_MAP(id, p->workers.crew.members)                                                \
    CT_THREAD_POOL_ADAPT(id)                                                                       \
    CT_THREAD_POOL_ADAPT_WORK(id)

#define CT_WORKERS_POOL_OPS(id)                                                                    \
    CT_THREAD_POOL_REQUIRED(id), .helps = true, .work = ct_thread_pool_##id##_op_work

#endif
