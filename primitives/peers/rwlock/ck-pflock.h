// SPDX-License-Identifier: MIT
/* ck-pflock - Concurrency Kit's phase-fair lock.
 *
 * Idea      As phase-fair.
 * Source    Concurrency Kit, ck_pflock.h; Brandenburg & Anderson 2010.
 * Choose    as phase-fair; it has no trylock.
 */
#ifndef CONTEND_PEERS_RWLOCK_CK_PFLOCK_H
#define CONTEND_PEERS_RWLOCK_CK_PFLOCK_H

#include <contend/rwlock.h>

#include <ck_pflock.h>

struct ct_rwlock_ck_pflock {
    ck_pflock_t peer;
};

static inline void ct_rwlock_ck_pflock_init(struct ct_rwlock_ck_pflock *rw)
{
    ck_pflock_init(&rw->peer);
}

static inline void ct_rwlock_ck_pflock_rdlock(struct ct_rwlock_ck_pflock *rw)
{
    ck_pflock_read_lock(&rw->peer);
}

static inline void ct_rwlock_ck_pflock_rdunlock(struct ct_rwlock_ck_pflock *rw)
{
    ck_pflock_read_unlock(&rw->peer);
}

static inline void ct_rwlock_ck_pflock_wrlock(struct ct_rwlock_ck_pflock *rw)
{
    ck_pflock_write_lock(&rw->peer);
}

static inline void ct_rwlock_ck_pflock_wrunlock(struct ct_rwlock_ck_pflock *rw)
{
    ck_pflock_write_unlock(&rw->peer);
}

CT_RWLOCK_ADAPT(ck_pflock)

static const struct ct_rwlock_ops ct_rwlock_ck_pflock_ops = {
    .impl = {CT_RWLOCK_IMPL(ck_pflock, "ck-pflock"),
             .summary = "ck_pflock: phase-fair tickets; spins", .source = "Concurrency Kit",
             .package = CT_PACKAGE_ck, .traits = CT_SPINS | CT_OPAQUE | CT_PEER},
    .preference = CT_RWLOCK_PHASES,
    CT_RWLOCK_REQUIRED(ck_pflock),

};

#endif
