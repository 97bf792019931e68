// SPDX-License-Identifier: MIT
/* glib - GRWLock, GLib's reader-writer lock.
 *
 * Idea      libc's, behind one more call and one more indirection.
 * Source    GLib, glib/gthread.h
 * Choose    in programs that are GLib's anyway.
 */
#ifndef CONTEND_PEERS_RWLOCK_GLIB_H
#define CONTEND_PEERS_RWLOCK_GLIB_H

#include <contend/rwlock.h>

#include <glib.h>

struct ct_rwlock_glib {
    GRWLock peer;
};

static inline void ct_rwlock_glib_init(struct ct_rwlock_glib *rw)
{
    g_rw_lock_init(&rw->peer);
}

static inline void ct_rwlock_glib_destroy(struct ct_rwlock_glib *rw)
{
    g_rw_lock_clear(&rw->peer);
}

static inline void ct_rwlock_glib_rdlock(struct ct_rwlock_glib *rw)
{
    g_rw_lock_reader_lock(&rw->peer);
}

static inline bool ct_rwlock_glib_tryrdlock(struct ct_rwlock_glib *rw)
{
    return g_rw_lock_reader_trylock(&rw->peer) != 0;
}

static inline void ct_rwlock_glib_rdunlock(struct ct_rwlock_glib *rw)
{
    g_rw_lock_reader_unlock(&rw->peer);
}

static inline void ct_rwlock_glib_wrlock(struct ct_rwlock_glib *rw)
{
    g_rw_lock_writer_lock(&rw->peer);
}

static inline bool ct_rwlock_glib_trywrlock(struct ct_rwlock_glib *rw)
{
    return g_rw_lock_writer_trylock(&rw->peer) != 0;
}

static inline void ct_rwlock_glib_wrunlock(struct ct_rwlock_glib *rw)
{
    g_rw_lock_writer_unlock(&rw->peer);
}

CT_RWLOCK_ADAPT(glib)
CT_RWLOCK_ADAPT_DESTROY(glib)
CT_RWLOCK_ADAPT_TRY(glib)

static const struct ct_rwlock_ops ct_rwlock_glib_ops = {
    .impl = {CT_RWLOCK_IMPL(glib, "glib"), .summary = "GRWLock: a pthread_rwlock_t of its own",
             .source = "GLib", .package = CT_PACKAGE_glib,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(glib),
    .destroy = ct_rwlock_glib_op_destroy,
    CT_RWLOCK_TRY(glib),
};

#endif
