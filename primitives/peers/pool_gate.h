// SPDX-License-Identifier: MIT
/* pool_gate.h - what other projects' thread pools lack of the contract: futures, failures, and a shutdown
 * that submits may race. Counts the tasks on their way, one more read-modify-write for a submit and for
 * a task; they pay it to be comparable. */
#ifndef CONTEND_PEERS_POOL_GATE_H
#define CONTEND_PEERS_POOL_GATE_H

#include <contend/task.h>

enum {
    CT_POOL_GATE_DRAIN = 1,
    CT_POOL_GATE_NOW = 2,
    CT_POOL_GATE_CLOSED = 3,
    CT_POOL_GATE_ONE = 4, /* task submitted and not done yet */
};

struct ct_pool_gate {
    struct ct_u32
        word; /* how it is closed, and tasks: whoever takes off the last touches no more */
    struct ct_u32 workers;
    struct ct_task_tally tally;
};

static inline void ct_pool_gate_init(struct ct_pool_gate *g, unsigned workers)
{
    ct_u32_store_relaxed(&g->word, 0);
    ct_u32_store_relaxed(&g->workers, workers);
    ct_task_tally_init(&g->tally);
}

static inline void ct_pool_gate_leave(struct ct_pool_gate *g)
{
    uint32_t before = ct_u32_sub_release(&g->word, CT_POOL_GATE_ONE); /* pairs with close */
    if (before & CT_POOL_GATE_CLOSED && before / CT_POOL_GATE_ONE == 1)
        ct_wake(&g->word, CT_WAKE_ALL);
}

/* 0: hand the task over; else submit's error. */
static inline int ct_pool_gate_enter(struct ct_pool_gate *g, struct ct_future *future,
                                     ct_task_function *function)
{
    if (!function)
        return EINVAL;
    if (ct_u32_add_relaxed(&g->word, CT_POOL_GATE_ONE) & CT_POOL_GATE_CLOSED) {
        ct_pool_gate_leave(g);
        return ECANCELED;
    }
    if (future)
        ct_future_begin(future);
    return 0;
}

/* By a worker of theirs. */
static inline void ct_pool_gate_do(struct ct_pool_gate *g, const struct ct_task *task)
{
    if (ct_u32_load_relaxed(&g->word) & CT_POOL_GATE_NOW)
        ct_task_drop(task, &g->tally);
    else
        ct_task_run(task, &g->tally);
    ct_pool_gate_leave(g);
}

/* Until no task is on its way. */
static inline struct ct_thread_pool_rest ct_pool_gate_close(struct ct_pool_gate *g,
                                                            enum ct_thread_pool_how how)
{
    uint32_t seen = ct_u32_load_relaxed(&g->word);
    if (!(seen & CT_POOL_GATE_CLOSED))
        ct_u32_or_relaxed(&g->word,
                          how == CT_THREAD_POOL_NOW ? CT_POOL_GATE_NOW : CT_POOL_GATE_DRAIN);
    while ((seen = ct_u32_load_acquire(&g->word)) >= CT_POOL_GATE_ONE)
        ct_wait(&g->word, seen, CT_FOREVER);
    return ct_task_rest(&g->tally);
}

/* The typed functions that need nothing but the gate of such a pool. */
#define CT_POOL_GATE_COMMON(id)                                                                    \
    static inline int ct_thread_pool_##id##_timedwait(                                             \
        struct ct_thread_pool_##id *p, struct ct_future *future, uint64_t deadline_ns)             \
    {                                                                                              \
        (void)p;                                                                                   \
        return ct_future_timedwait(future, deadline_ns);                                           \
    }                                                                                              \
    static inline void ct_thread_pool_##id##_wait(struct ct_thread_pool_##id *p,                   \
                                                  struct ct_future *future)                        \
    {                                                                                              \
        (void)ct_thread_pool_##id##_timedwait(p, future, CT_FOREVER);                              \
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
        return ct_task_result(future, value, &p->gate.tally);                                      \
    }                                                                                              \
    CT_THREAD_POOL_MAP(id, p->gate.workers)

/* What init can tell before it makes anything. */
static inline int ct_pool_gate_refuses(unsigned workers, const cpu_set_t *cpus)
{
    if (workers == 0 || workers > CT_THREAD_POOL_WORKERS_MAX || (cpus && CPU_COUNT(cpus) == 0))
        return EINVAL;
    return cpus ? ENOTSUP : 0;
}

#endif
