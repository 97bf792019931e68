// SPDX-License-Identifier: MIT
/* glib - GLib's GAsyncQueue of pointers.
 *
 * Idea      A list under a mutex, and a condition variable for who waits.
 * Source    GLib, gasyncqueue.c
 * Choose    in GLib programs.
 *
 * It takes pointers that are not NULL: an item of another size, and there is no telling which words are
 * 0, goes into memory of its own, as its users do it.
 */
#ifndef CONTEND_PEERS_UNBOUNDED_QUEUE_GLIB_H
#define CONTEND_PEERS_UNBOUNDED_QUEUE_GLIB_H

#include <contend/alloc.h>
#include <contend/unbounded_queue.h>
#include <contend/wait.h>

#include <glib.h>
#include <string.h>

struct ct_unbounded_queue_glib {
    GAsyncQueue *queue;
};

static inline void ct_unbounded_queue_glib_drop(void *copy)
{
    ct_free(copy);
}

static inline int ct_unbounded_queue_glib_init(struct ct_unbounded_queue_glib *q, uint32_t capacity,
                                               size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (item_bytes > SIZE_MAX / 4)
        return ENOMEM;
    q->queue = g_async_queue_new_full(ct_unbounded_queue_glib_drop);
    return 0;
}

static inline void ct_unbounded_queue_glib_destroy(struct ct_unbounded_queue_glib *q)
{
    g_async_queue_unref(q->queue);
}

CT_QUEUE_FAST int ct_unbounded_queue_glib_try_push(struct ct_unbounded_queue_glib *q,
                                                   const void *item, size_t item_bytes)
{
    void *copy = ct_alloc(sizeof(void *), item_bytes);
    if (!copy)
        return ENOMEM;
    memcpy(copy, item, item_bytes);
    g_async_queue_push(q->queue, copy);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_glib_push(struct ct_unbounded_queue_glib *q, const void *item,
                                               size_t item_bytes, uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_glib_try_push(q, item, item_bytes);
}

CT_QUEUE_FAST int ct_unbounded_queue_glib_got(void *copy, void *item, size_t item_bytes, int none)
{
    if (!copy)
        return none;
    memcpy(item, copy, item_bytes);
    ct_free(copy);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_glib_try_pop(struct ct_unbounded_queue_glib *q, void *item,
                                                  size_t item_bytes)
{
    return ct_unbounded_queue_glib_got(g_async_queue_try_pop(q->queue), item, item_bytes, EAGAIN);
}

CT_QUEUE_FAST int ct_unbounded_queue_glib_pop(struct ct_unbounded_queue_glib *q, void *item,
                                              size_t item_bytes, uint64_t deadline_ns)
{
    int saved = errno;
    void *copy = deadline_ns == CT_FOREVER ? g_async_queue_pop(q->queue) : NULL;
    while (!copy) {
        uint64_t now_ns = ct_now_ns(), left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
        if (left_ns > INT64_MAX / 2) /* the library adds it to its clock */
            left_ns = INT64_MAX / 2;
        copy = g_async_queue_timeout_pop(q->queue, (left_ns + 999) / 1000);
        if (ct_now_ns() >= deadline_ns)
            break;
    }
    errno = saved; /* the library's is a system call's */
    return ct_unbounded_queue_glib_got(copy, item, item_bytes, ETIMEDOUT);
}

static inline size_t ct_unbounded_queue_glib_size(const struct ct_unbounded_queue_glib *q)
{
    gint length = g_async_queue_length(q->queue); /* less those that wait */
    return length > 0 ? (size_t)length : 0;
}

static inline uint32_t ct_unbounded_queue_glib_capacity(const struct ct_unbounded_queue_glib *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT(unbounded_queue_glib)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_glib)

static const struct ct_queue_ops ct_unbounded_queue_glib_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(glib, "glib"),
             .summary = "GAsyncQueue: a list under a mutex, a condition variable", .source = "GLib",
             .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_LATE | CT_PEER},
    CT_QUEUE_REQUIRED(unbounded_queue_glib),
    CT_QUEUE_BLOCKING(unbounded_queue_glib),
};

#endif
