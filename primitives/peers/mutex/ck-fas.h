// SPDX-License-Identifier: MIT
/* ck-fas - Concurrency Kit's test-and-test-and-set lock.
 *
 * Idea      Exchange ("fetch and store"); on failure read until it looks free.
 * Source    Concurrency Kit, spinlock/fas.h
 * Choose    as ttas.
 */
#ifndef CONTEND_PEERS_MUTEX_CK_FAS_H
#define CONTEND_PEERS_MUTEX_CK_FAS_H

#include <contend/mutex.h>

#include <ck_spinlock.h>

struct ct_mutex_ck_fas {
    ck_spinlock_fas_t peer;
};

static inline void ct_mutex_ck_fas_init(struct ct_mutex_ck_fas *m)
{
    ck_spinlock_fas_init(&m->peer);
}

static inline void ct_mutex_ck_fas_lock(struct ct_mutex_ck_fas *m)
{
    ck_spinlock_fas_lock(&m->peer);
}

static inline bool ct_mutex_ck_fas_trylock(struct ct_mutex_ck_fas *m)
{
    return ck_spinlock_fas_trylock(&m->peer);
}

static inline void ct_mutex_ck_fas_unlock(struct ct_mutex_ck_fas *m)
{
    ck_spinlock_fas_unlock(&m->peer);
}

CT_MUTEX_ADAPT(ck_fas)
CT_MUTEX_ADAPT_TRY(ck_fas)

static const struct ct_mutex_ops ct_mutex_ck_fas_ops = {
    .impl = {CT_MUTEX_IMPL(ck_fas, "ck-fas"),
             .summary = "ck_spinlock_fas: test-and-test-and-set, no back-off",
             .source = "Concurrency Kit", .package = CT_PACKAGE_ck,
             .traits = CT_SPINS | CT_OPAQUE | CT_PEER},
    CT_MUTEX_REQUIRED(ck_fas),
    .trylock = ct_mutex_ck_fas_op_trylock,
};

#endif
