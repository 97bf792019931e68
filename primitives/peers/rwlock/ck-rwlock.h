// SPDX-License-Identifier: MIT
/* ck-rwlock - Concurrency Kit's spinning reader-writer lock, writers first.
 *
 * Idea      A writer's flag and a count of readers; a reader that finds the flag takes itself back.
 * Source    Concurrency Kit, ck_rwlock.h
 * Choose    as futex-writer, where every thread has a CPU.
 */
#ifndef CONTEND_PEERS_RWLOCK_CK_RWLOCK_H
#define CONTEND_PEERS_RWLOCK_CK_RWLOCK_H

#include <contend/rwlock.h>

#include <ck_rwlock.h>

struct ct_rwlock_ck_rwlock {
    ck_rwlock_t peer;
};

static inline void ct_rwlock_ck_rwlock_init(struct ct_rwlock_ck_rwlock *rw)
{
    ck_rwlock_init(&rw->peer);
}

static inline void ct_rwlock_ck_rwlock_rdlock(struct ct_rwlock_ck_rwlock *rw)
{
    ck_rwlock_read_lock(&rw->peer);
}

static inline bool ct_rwlock_ck_rwlock_tryrdlock(struct ct_rwlock_ck_rwlock *rw)
{
    return ck_rwlock_read_trylock(&rw->peer);
}

static inline void ct_rwlock_ck_rwlock_rdunlock(struct ct_rwlock_ck_rwlock *rw)
{
    ck_rwlock_read_unlock(&rw->peer);
}

static inline void ct_rwlock_ck_rwlock_wrlock(struct ct_rwlock_ck_rwlock *rw)
{
    ck_rwlock_write_lock(&rw->peer);
}

static inline bool ct_rwlock_ck_rwlock_trywrlock(struct ct_rwlock_ck_rwlock *rw)
{
    return ck_rwlock_write_trylock(&rw->peer);
}

static inline void ct_rwlock_ck_rwlock_wrunlock(struct ct_rwlock_ck_rwlock *rw)
{
    ck_rwlock_write_unlock(&rw->peer);
}

CT_RWLOCK_ADAPT(ck_rwlock)
CT_RWLOCK_ADAPT_TRY(ck_rwlock)

static const struct ct_rwlock_ops ct_rwlock_ck_rwlock_ops = {
    .impl = {CT_RWLOCK_IMPL(ck_rwlock, "ck-rwlock"),
             .summary = "ck_rwlock: writer flag and reader count; spins",
             .source = "Concurrency Kit", .package = CT_PACKAGE_ck,
             .traits = CT_SPINS | CT_OPAQUE | CT_PEER},
    .preference = CT_RWLOCK_UNSTATED,
    CT_RWLOCK_REQUIRED(ck_rwlock),

    CT_RWLOCK_TRY(ck_rwlock),
};

#endif
