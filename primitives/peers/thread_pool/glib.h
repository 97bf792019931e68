// SPDX-License-Identifier: MIT
/* glib - GLib's GThreadPool, exclusive: a queue under a mutex, workers of its own.
 *
 * Source    GLib, gthreadpool.c
 * Choose    in programs that use GLib anyway.
 *
 * It passes on one pointer, so each submit allocates the task behind it; futures, failures and shutdown are
 * pool_gate.h's. Never full. A task that waits blocks its worker. Cannot pin workers.
 */
#ifndef CONTEND_PEERS_THREAD_POOL_GLIB_H
#define CONTEND_PEERS_THREAD_POOL_GLIB_H

#include "primitives/peers/pool_gate.h"

#include <glib.h>

struct ct_thread_pool_glib {
    GThreadPool *pool;
    struct ct_pool_gate gate;
};

static inline void ct_thread_pool_glib_run(gpointer data, gpointer pool)
{
    const struct ct_task task = *(struct ct_task *)data;
    g_free(data);
    ct_pool_gate_do(&((struct ct_thread_pool_glib *)pool)->gate, &task);
}

static inline int ct_thread_pool_glib_init(struct ct_thread_pool_glib *p, unsigned workers,
                                           const cpu_set_t *cpus)
{
    int error = ct_pool_gate_refuses(workers, cpus);
    if (error != 0)
        return error;
    ct_pool_gate_init(&p->gate, workers);
    p->pool = g_thread_pool_new(ct_thread_pool_glib_run, p, (gint)workers, TRUE, NULL);
    if (g_thread_pool_get_num_threads(p->pool) < workers) {
        g_thread_pool_free(p->pool, FALSE, TRUE);
        return EAGAIN;
    }
    return 0;
}

static inline int ct_thread_pool_glib_submit(struct ct_thread_pool_glib *p,
                                             struct ct_future *future, ct_task_function *function,
                                             void *argument)
{
    int error = ct_pool_gate_enter(&p->gate, future, function);
    if (error != 0)
        return error;
    struct ct_task *task = g_new(struct ct_task, 1);
    task->function = function;
    task->argument = argument;
    task->future = future;
    g_thread_pool_push(p->pool, task, NULL);
    return 0;
}

static inline struct ct_thread_pool_rest ct_thread_pool_glib_shutdown(struct ct_thread_pool_glib *p,
                                                                      enum ct_thread_pool_how how)
{
    struct ct_thread_pool_rest rest = ct_pool_gate_close(&p->gate, how);
    if (p->pool)
        g_thread_pool_free(p->pool, FALSE, TRUE);
    p->pool = NULL;
    return rest;
}

CT_POOL_GATE_COMMON(glib)
CT_THREAD_POOL_ADAPT(glib)

static const struct ct_thread_pool_ops ct_thread_pool_glib_ops = {
    .impl = {CT_THREAD_POOL_IMPL(glib, "glib"),
             .summary = "GThreadPool: a queue under a mutex, exclusive threads", .source = "GLib",
             .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_THREADS},
    CT_THREAD_POOL_REQUIRED(glib),
};

#endif
