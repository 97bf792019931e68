// SPDX-License-Identifier: MIT
/* uv - libuv's timers, in a loop and a thread of their own.
 *
 * Idea      A heap of the loop's timers, in milliseconds of its clock. Only the loop's thread may touch it:
 *           other threads list what they changed, and rouse the loop by uv_async_send.
 * Source    libuv, src/timer.c, src/unix/async.c
 * State     changed  handles that the loop's thread shall look at; under the lock
 * Choose    in programs that have such a loop anyway.
 *
 * A deadline is rounded up to the loop's milliseconds: one or two late. A start by another thread than the
 * loop's is a write to an eventfd, and a round of the loop. What it lacks is timer_gate.h's.
 */
#ifndef CONTEND_PEERS_TIMER_UV_H
#define CONTEND_PEERS_TIMER_UV_H

#include "primitives/peers/timer_gate.h"

#include <contend/alloc.h>

#include <uv.h>

struct ct_timer_uv_node {
    struct ct_timer_gate_entry entry;  /* first */
    struct ct_timer_uv_handle *handle; /* NULL: shutdown has taken it */
};

/* The loop's part of a timer: it outlives a close until the loop has let go of it. */
struct ct_timer_uv_handle {
    uv_timer_t peer;                 /* first */
    struct ct_timer_uv_node *timer;  /* NULL: closed; under the lock */
    struct ct_timer_uv_handle *next; /* of changed */
    bool listed, made;               /* in changed; the loop knows it */
};

struct ct_timer_uv {
    struct ct_timer_list list; /* first */
    struct ct_timer_uv_handle *changed;
    bool ending;
    uv_loop_t loop;
    uv_async_t roused;
    pthread_t thread;
};

/* With the lock: the loop shall look at it. */
static inline void ct_timer_uv_change(struct ct_timer_uv *s, struct ct_timer_uv_handle *h)
{
    if (h->listed)
        return;
    h->listed = true;
    h->next = s->changed;
    s->changed = h;
    int saved = errno;
    uv_async_send(&s->roused);
    errno = saved;
}

static inline void ct_timer_uv_program(void *service, struct ct_timer_gate_entry *e)
{
    ct_timer_uv_change((struct ct_timer_uv *)service, ((struct ct_timer_uv_node *)e)->handle);
}

static inline void ct_timer_uv_due(uv_timer_t *peer)
{
    struct ct_timer_uv_handle *h = (struct ct_timer_uv_handle *)peer;
    struct ct_timer_uv *s = (struct ct_timer_uv *)peer->loop->data;
    ct_timer_lock_take(&s->list.lock);
    if (h->timer)
        ct_timer_gate_look(&s->list, &h->timer->entry, ct_timer_uv_program);
    ct_timer_lock_give(&s->list.lock);
}

static inline void ct_timer_uv_gone(uv_handle_t *peer)
{
    ct_free(peer);
}

/* The loop's thread, with the lock. Both clocks are CLOCK_MONOTONIC's. */
static inline void ct_timer_uv_apply(struct ct_timer_uv *s, struct ct_timer_uv_handle *h)
{
    if (!h->made)
        uv_timer_init(&s->loop, &h->peer);
    h->made = true;
    if (!h->timer) {
        uv_close((uv_handle_t *)&h->peer, ct_timer_uv_gone);
        return;
    }
    const struct ct_timer_gate_entry *e = &h->timer->entry;
    uint64_t due_ms = e->deadline_ns / 1000000 + (e->deadline_ns % 1000000 != 0);
    uint64_t now_ms = uv_now(&s->loop);
    if (e->armed)
        uv_timer_start(&h->peer, ct_timer_uv_due, due_ms > now_ms ? due_ms - now_ms : 0, 0);
    else
        uv_timer_stop(&h->peer);
}

static inline void ct_timer_uv_rouse(uv_async_t *roused)
{
    struct ct_timer_uv *s = (struct ct_timer_uv *)roused->loop->data;
    ct_timer_lock_take(&s->list.lock);
    for (struct ct_timer_uv_handle *h; (h = s->changed) != NULL;) {
        s->changed = h->next;
        h->listed = false;
        ct_timer_uv_apply(s, h);
    }
    if (s->ending)
        uv_close((uv_handle_t *)&s->roused, NULL); /* the last handle: the loop ends */
    ct_timer_lock_give(&s->list.lock);
}

static inline void *ct_timer_uv_main(void *service)
{
    struct ct_timer_uv *s = (struct ct_timer_uv *)service;
    uv_run(&s->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* What init made of the loop, where no thread runs it. */
static inline void ct_timer_uv_unmake(struct ct_timer_uv *s)
{
    uv_close((uv_handle_t *)&s->roused, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    uv_loop_close(&s->loop);
}

static inline int ct_timer_uv_init(struct ct_timer_uv *s, uint32_t timers, bool own_thread)
{
    if (timers == 0 || !own_thread)
        return EINVAL;
    int saved = errno, error = 0;
    ct_timer_list_init(&s->list, timers);
    s->changed = NULL;
    s->ending = false;
    if (uv_loop_init(&s->loop) != 0) {
        error = ENOMEM;
    } else if (uv_async_init(&s->loop, &s->roused, ct_timer_uv_rouse) != 0) {
        uv_loop_close(&s->loop);
        error = ENOMEM;
    } else {
        s->loop.data = s;
        error = ct_timer_thread(&s->thread, ct_timer_uv_main, s);
        if (error != 0)
            ct_timer_uv_unmake(s);
    }
    errno = saved;
    return error;
}

static inline void ct_timer_uv_destroy(struct ct_timer_uv *s)
{
    int saved = errno;
    uv_loop_close(&s->loop);
    errno = saved;
}

static inline int ct_timer_uv_open(struct ct_timer_uv *s, struct ct_timer_uv_node *t,
                                   ct_timer_function *function, void *argument)
{
    struct ct_timer_uv_handle *h = (struct ct_timer_uv_handle *)ct_alloc(
        _Alignof(struct ct_timer_uv_handle), sizeof(struct ct_timer_uv_handle));
    if (!h)
        return EAGAIN;
    ct_timer_call_init(&t->entry.call, function, argument);
    t->entry.armed = false;
    t->handle = h;
    h->timer = t;
    h->listed = h->made = false;
    int error = ct_timer_list_add(&s->list, &t->entry.link);
    if (error != 0)
        ct_free(h);
    return error;
}

CT_TIMER_GATE_CALLS(uv)

/* With the lock: the loop lets go of it. */
static inline void ct_timer_uv_forget(struct ct_timer_uv *s, struct ct_timer_uv_node *t)
{
    t->handle->timer = NULL;
    ct_timer_uv_change(s, t->handle);
    t->handle = NULL;
}

static inline void ct_timer_uv_close(struct ct_timer_uv *s, struct ct_timer_uv_node *t)
{
    (void)ct_timer_uv_cancel(s, t);
    ct_timer_lock_take(&s->list.lock);
    bool open = t->handle != NULL;
    if (open)
        ct_timer_uv_forget(s, t);
    ct_timer_lock_give(&s->list.lock);
    if (open)
        ct_timer_list_remove(&s->list, &t->entry.link);
}

static inline uint32_t ct_timer_uv_shutdown(struct ct_timer_uv *s)
{
    bool again;
    uint32_t armed = ct_timer_gate_shut(&s->list, &again);
    if (again)
        return 0;
    int saved = errno;
    ct_timer_lock_take(&s->list.lock);
    for (struct ct_timer_link *i = s->list.first.next; i != &s->list.first; i = i->next)
        ct_timer_uv_forget(s, (struct ct_timer_uv_node *)i);
    s->ending = true;
    uv_async_send(&s->roused);
    ct_timer_lock_give(&s->list.lock);
    pthread_join(s->thread, NULL);
    errno = saved;
    return armed;
}

CT_TIMER_ADAPT(uv)

static const struct ct_timer_ops ct_timer_uv_ops = {
    .impl = {CT_TIMER_IMPL(uv, "uv"), .summary = "a loop's heap of timers, in milliseconds",
             .source = "libuv", .package = CT_PACKAGE_uv,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_THREADS},
    CT_TIMER_REQUIRED(uv),
};

#endif
