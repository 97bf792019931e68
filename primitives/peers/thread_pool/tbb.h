// SPDX-License-Identifier: MIT
/* tbb - oneTBB's task_arena, enqueue: its work-stealing scheduler, fire and forget.
 *
 * Source    oneTBB, oneapi/tbb/task_arena.h
 * Choose    beside TBB's algorithms.
 *
 * C++ behind C functions (tbb.cc): a C program pays one call for that. Each enqueue allocates; futures,
 * failures and shutdown are pool_gate.h's. Never full. A task that waits blocks its worker. The workers are
 * the process's, shared by all arenas; TBB makes one fewer than there are CPUs by itself, tbb.cc asks for as
 * many as init says. Cannot pin workers. TBB keeps them when the pool is shut down.
 */
#ifndef CONTEND_PEERS_THREAD_POOL_TBB_H
#define CONTEND_PEERS_THREAD_POOL_TBB_H

#include "primitives/peers/pool_gate.h"

struct ct_thread_pool_tbb {
    void *arena;
    struct ct_pool_gate gate;
};

/* The arena, or NULL. */
void *ct_thread_pool_tbb_arena(unsigned workers);
void ct_thread_pool_tbb_arena_free(void *arena);
/* run(pool, function, argument, future) by a worker. */
void ct_thread_pool_tbb_enqueue(void *arena,
                                void (*run)(void *pool, ct_task_function *function, void *argument,
                                            struct ct_future *future),
                                void *pool, ct_task_function *function, void *argument,
                                struct ct_future *future);

static inline void ct_thread_pool_tbb_run(void *pool, ct_task_function *function, void *argument,
                                          struct ct_future *future)
{
    const struct ct_task task = {function, argument, future};
    ct_pool_gate_do(&((struct ct_thread_pool_tbb *)pool)->gate, &task);
}

static inline int ct_thread_pool_tbb_init(struct ct_thread_pool_tbb *p, unsigned workers,
                                          const cpu_set_t *cpus)
{
    int error = ct_pool_gate_refuses(workers, cpus);
    if (error != 0)
        return error;
    ct_pool_gate_init(&p->gate, workers);
    p->arena = ct_thread_pool_tbb_arena(workers);
    return p->arena ? 0 : EAGAIN;
}

static inline int ct_thread_pool_tbb_submit(struct ct_thread_pool_tbb *p, struct ct_future *future,
                                            ct_task_function *function, void *argument)
{
    int error = ct_pool_gate_enter(&p->gate, future, function);
    if (error == 0)
        ct_thread_pool_tbb_enqueue(p->arena, ct_thread_pool_tbb_run, p, function, argument, future);
    return error;
}

static inline struct ct_thread_pool_rest ct_thread_pool_tbb_shutdown(struct ct_thread_pool_tbb *p,
                                                                     enum ct_thread_pool_how how)
{
    return ct_pool_gate_close(&p->gate, how);
}

static inline void ct_thread_pool_tbb_destroy(struct ct_thread_pool_tbb *p)
{
    ct_thread_pool_tbb_arena_free(p->arena);
}

CT_POOL_GATE_COMMON(tbb)
CT_THREAD_POOL_ADAPT(tbb)
CT_THREAD_POOL_ADAPT_DESTROY(tbb)

static const struct ct_thread_pool_ops ct_thread_pool_tbb_ops = {
    .impl = {CT_THREAD_POOL_IMPL(tbb, "tbb"),
             .summary = "tbb::task_arena::enqueue, TBB's shared workers", .source = "oneTBB",
             .package = CT_PACKAGE_tbb,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_THREADS},
    CT_THREAD_POOL_REQUIRED(tbb),
    .destroy = ct_thread_pool_tbb_op_destroy,
};

#endif
