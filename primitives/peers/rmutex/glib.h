// SPDX-License-Identifier: MIT
/* glib - GRecMutex, GLib's recursive mutex.
 *
 * Idea      A pointer to libc's recursive mutex, made at the first lock.
 * Source    GLib, glib/gthread-posix.c
 * Choose    beside GLib's main loops and queues.
 *
 * Trusts its callers: lock and unlock return nothing, so a stranger's unlock cannot be told.
 */
#ifndef CONTEND_PEERS_RMUTEX_GLIB_H
#define CONTEND_PEERS_RMUTEX_GLIB_H

#include <contend/rmutex.h>

#include <glib.h>

struct ct_rmutex_glib {
    GRecMutex peer;
};

static inline void ct_rmutex_glib_init(struct ct_rmutex_glib *m)
{
    g_rec_mutex_init(&m->peer);
}

static inline void ct_rmutex_glib_destroy(struct ct_rmutex_glib *m)
{
    g_rec_mutex_clear(&m->peer);
}

static inline int ct_rmutex_glib_lock(struct ct_rmutex_glib *m)
{
    g_rec_mutex_lock(&m->peer);
    return 0;
}

static inline bool ct_rmutex_glib_trylock(struct ct_rmutex_glib *m)
{
    return g_rec_mutex_trylock(&m->peer) != FALSE;
}

static inline int ct_rmutex_glib_unlock(struct ct_rmutex_glib *m)
{
    g_rec_mutex_unlock(&m->peer);
    return 0;
}

CT_RMUTEX_ADAPT(glib)
CT_RMUTEX_ADAPT_DESTROY(glib)
CT_RMUTEX_ADAPT_TRY(glib)

static const struct ct_rmutex_ops ct_rmutex_glib_ops = {
    .impl = {CT_RMUTEX_IMPL(glib, "glib"), .summary = "GRecMutex: libc's, behind a pointer",
             .source = "GLib", .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    .trusts = true,
    CT_RMUTEX_REQUIRED(glib),
    .destroy = ct_rmutex_glib_op_destroy,
    .trylock = ct_rmutex_glib_op_trylock,
};

#endif
