// SPDX-License-Identifier: MIT
/* glib - GCond, GLib's condition variable.
 *
 * Idea      Waiters sleep on a number that every signal changes; it does not know whether anybody waits,
 *           so every signal is a system call.
 * Source    GLib, glib/gthread-posix.c.
 * Choose    in programs that use GLib anyway.
 *
 * Works with GMutex only: held->m starts with one. Deadlines are in microseconds. signal_many signals so
 * many times.
 */
#ifndef CONTEND_PEERS_CONDITION_GLIB_H
#define CONTEND_PEERS_CONDITION_GLIB_H

#include <contend/condition.h>
#include <contend/wait.h>

#include <glib.h>

struct ct_condition_glib {
    GCond peer;
};

static inline void ct_condition_glib_init(struct ct_condition_glib *c)
{
    g_cond_init(&c->peer);
}

static inline void ct_condition_glib_destroy(struct ct_condition_glib *c)
{
    g_cond_clear(&c->peer);
}

static inline void ct_condition_glib_wait(struct ct_condition_glib *c, const struct ct_held *held)
{
    int saved = errno;
    g_cond_wait(&c->peer, (GMutex *)held->m);
    errno = saved;
}

static inline int ct_condition_glib_timedwait(struct ct_condition_glib *c,
                                              const struct ct_held *held, uint64_t deadline_ns)
{
    const uint64_t us_ns = 1000;
    if (deadline_ns == CT_FOREVER) {
        ct_condition_glib_wait(c, held);
        return 0;
    }
    gint64 deadline_us = (gint64)(deadline_ns / us_ns + (deadline_ns % us_ns != 0));
    int saved = errno;
    bool woken = g_cond_wait_until(&c->peer, (GMutex *)held->m, deadline_us);
    errno = saved;
    return woken ? 0 : ETIMEDOUT;
}

static inline void ct_condition_glib_signal(struct ct_condition_glib *c)
{
    g_cond_signal(&c->peer);
}

static inline void ct_condition_glib_signal_many(struct ct_condition_glib *c, uint32_t n)
{
    for (; n > 0; n--)
        g_cond_signal(&c->peer);
}

static inline void ct_condition_glib_broadcast(struct ct_condition_glib *c)
{
    g_cond_broadcast(&c->peer);
}

CT_CONDITION_ADAPT(glib)
CT_CONDITION_ADAPT_DESTROY(glib)

static const struct ct_condition_ops ct_condition_glib_ops = {
    .impl = {CT_CONDITION_IMPL(glib, "glib"),
             .summary = "GCond: a number to sleep on, no count of waiters", .source = "GLib",
             .package = CT_PACKAGE_glib, .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER},
    .mutex = "glib",
    CT_CONDITION_REQUIRED(glib),
    .destroy = ct_condition_glib_op_destroy,
};

#endif
