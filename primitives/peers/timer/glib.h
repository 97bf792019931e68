// SPDX-License-Identifier: MIT
/* glib - GLib's main loop: a source for each timer, in a context and a thread of its own.
 *
 * Idea      What g_timeout_add makes is a source with a ready time, which any thread may move; the loop
 *           polls until the earliest, found by looking at all.
 * Source    GLib, gmain.c
 * Choose    in programs that use GLib anyway.
 *
 * The ready time is in microseconds, the wait in milliseconds, both rounded up: about a millisecond late.
 * A start is a lock of the context's, and a wake-up of the loop. What it lacks is timer_gate.h's.
 */
#ifndef CONTEND_PEERS_TIMER_GLIB_H
#define CONTEND_PEERS_TIMER_GLIB_H

#include "primitives/peers/timer_gate.h"

#include <glib.h>

struct ct_timer_glib_node {
    struct ct_timer_gate_entry entry; /* first */
    GSource *source;                  /* NULL: shutdown has taken it */
};

struct ct_timer_glib {
    struct ct_timer_list list; /* first */
    GMainContext *context;
    pthread_t thread;
};

/* A source that knows whose it is. */
struct ct_timer_glib_source {
    GSource peer; /* first */
    struct ct_timer_glib *service;
    struct ct_timer_glib_node *timer; /* NULL: closed; under the lock */
};

static inline void ct_timer_glib_program(void *service, struct ct_timer_gate_entry *e)
{
    const struct ct_timer_glib_node *t = (struct ct_timer_glib_node *)e;
    (void)service;
    gint64 ready_us = -1; /* never */
    if (e->armed && e->deadline_ns < INT64_MAX)
        ready_us = (gint64)((e->deadline_ns + 999) / 1000);
    int saved = errno;
    g_source_set_ready_time(t->source, ready_us);
    errno = saved;
}

static inline gboolean ct_timer_glib_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    struct ct_timer_glib_source *own = (struct ct_timer_glib_source *)source;
    struct ct_timer_list *l = &own->service->list;
    (void)callback;
    (void)data;
    ct_timer_lock_take(&l->lock);
    if (own->timer) {
        g_source_set_ready_time(source, -1);
        ct_timer_gate_look(l, &own->timer->entry, ct_timer_glib_program);
    }
    ct_timer_lock_give(&l->lock);
    return G_SOURCE_CONTINUE;
}

static inline void *ct_timer_glib_main(void *service)
{
    struct ct_timer_glib *s = (struct ct_timer_glib *)service;
    ct_timer_lock_take(&s->list.lock);
    while (!s->list.closed) {
        ct_timer_lock_give(&s->list.lock);
        g_main_context_iteration(s->context, TRUE);
        ct_timer_lock_take(&s->list.lock);
    }
    ct_timer_lock_give(&s->list.lock);
    return NULL;
}

static inline void ct_timer_glib_destroy(struct ct_timer_glib *s)
{
    g_main_context_unref(s->context);
}

static inline int ct_timer_glib_init(struct ct_timer_glib *s, uint32_t timers, bool own_thread)
{
    if (timers == 0 || !own_thread)
        return EINVAL;
    int saved = errno;
    ct_timer_list_init(&s->list, timers);
    s->context = g_main_context_new();
    int error = ct_timer_thread(&s->thread, ct_timer_glib_main, s);
    if (error != 0)
        ct_timer_glib_destroy(s);
    errno = saved;
    return error;
}

static inline int ct_timer_glib_open(struct ct_timer_glib *s, struct ct_timer_glib_node *t,
                                     ct_timer_function *function, void *argument)
{
    static GSourceFuncs functions = {.dispatch = ct_timer_glib_dispatch};
    ct_timer_call_init(&t->entry.call, function, argument);
    t->entry.armed = false;
    int error = ct_timer_list_add(&s->list, &t->entry.link);
    if (error != 0)
        return error;
    int saved = errno;
    t->source = g_source_new(&functions, sizeof(struct ct_timer_glib_source));
    struct ct_timer_glib_source *own = (struct ct_timer_glib_source *)t->source;
    own->service = s;
    own->timer = t;
    g_source_attach(t->source, s->context);
    errno = saved;
    return 0;
}

CT_TIMER_GATE_CALLS(glib)

/* With the lock. */
static inline GSource *ct_timer_glib_forget(struct ct_timer_glib_node *t)
{
    GSource *source = t->source;
    if (source)
        ((struct ct_timer_glib_source *)source)->timer = NULL;
    t->source = NULL;
    return source;
}

static inline void ct_timer_glib_close(struct ct_timer_glib *s, struct ct_timer_glib_node *t)
{
    (void)ct_timer_glib_cancel(s, t);
    ct_timer_lock_take(&s->list.lock);
    GSource *source = ct_timer_glib_forget(t);
    ct_timer_lock_give(&s->list.lock);
    if (!source)
        return;
    int saved = errno;
    g_source_destroy(source);
    g_source_unref(source);
    errno = saved;
    ct_timer_list_remove(&s->list, &t->entry.link);
}

static inline uint32_t ct_timer_glib_shutdown(struct ct_timer_glib *s)
{
    bool again;
    uint32_t armed = ct_timer_gate_shut(&s->list, &again);
    if (again)
        return 0;
    int saved = errno;
    g_main_context_wakeup(s->context); /* kept for an iteration that is still to come */
    pthread_join(s->thread, NULL);
    for (struct ct_timer_link *i = s->list.first.next; i != &s->list.first; i = i->next) {
        GSource *source = ct_timer_glib_forget((struct ct_timer_glib_node *)i);
        g_source_destroy(source);
        g_source_unref(source);
    }
    errno = saved;
    return armed;
}

CT_TIMER_ADAPT(glib)

static const struct ct_timer_ops ct_timer_glib_ops = {
    .impl = {CT_TIMER_IMPL(glib, "glib"),
             .summary = "sources of a GMainContext, looked at one by one", .source = "GLib",
             .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_THREADS},
    CT_TIMER_REQUIRED(glib),
};

#endif
