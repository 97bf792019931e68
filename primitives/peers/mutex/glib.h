// SPDX-License-Identifier: MIT
/* glib - GMutex, GLib's mutex.
 *
 * Idea      Three states and a futex.
 * Source    GLib, glib/gthread-posix.c.
 * Choose    in programs that use GLib anyway.
 */
#ifndef CONTEND_PEERS_MUTEX_GLIB_H
#define CONTEND_PEERS_MUTEX_GLIB_H

#include <contend/mutex.h>

#include <glib.h>

struct ct_mutex_glib {
    GMutex peer;
};

static inline void ct_mutex_glib_init(struct ct_mutex_glib *m)
{
    g_mutex_init(&m->peer);
}

static inline void ct_mutex_glib_destroy(struct ct_mutex_glib *m)
{
    g_mutex_clear(&m->peer);
}

static inline void ct_mutex_glib_lock(struct ct_mutex_glib *m)
{
    g_mutex_lock(&m->peer);
}

static inline bool ct_mutex_glib_trylock(struct ct_mutex_glib *m)
{
    return g_mutex_trylock(&m->peer) != FALSE;
}

static inline void ct_mutex_glib_unlock(struct ct_mutex_glib *m)
{
    g_mutex_unlock(&m->peer);
}

CT_MUTEX_ADAPT(glib)
CT_MUTEX_ADAPT_DESTROY(glib)
CT_MUTEX_ADAPT_TRY(glib)

static const struct ct_mutex_ops ct_mutex_glib_ops = {
    .impl = {CT_MUTEX_IMPL(glib, "glib"), .summary = "GMutex: three states and a futex",
             .source = "GLib", .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(glib),
    .destroy = ct_mutex_glib_op_destroy,
    .trylock = ct_mutex_glib_op_trylock,
};

#endif
