// SPDX-License-Identifier: MIT
/* robust-death-untold - libc's robust mutex, broken.
 *
 * Mistake: who locks next mends what the owner that died left, unseen, and says nothing.
 * Breaks:  the next owner is told, and can look at what it finds.
 */
#ifndef STRESS_BROKEN_MUTEX_ROBUST_DEATH_UNTOLD_H
#define STRESS_BROKEN_MUTEX_ROBUST_DEATH_UNTOLD_H

#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

struct ct_mutex_robust_death_untold {
    pthread_mutex_t libc;
};

static inline void ct_mutex_robust_death_untold_init(struct ct_mutex_robust_death_untold *m)
{
    pthread_mutexattr_t robust;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&m->libc, &robust);
    pthread_mutexattr_destroy(&robust);
}

static inline void ct_mutex_robust_death_untold_lock(struct ct_mutex_robust_death_untold *m)
{
    if (pthread_mutex_lock(&m->libc) == EOWNERDEAD)
        pthread_mutex_consistent(&m->libc);
}

static inline int ct_mutex_robust_death_untold_lock_robust(struct ct_mutex_robust_death_untold *m)
{
    ct_mutex_robust_death_untold_lock(m);
    return 0; /* should be EOWNERDEAD if it was that */
}

static inline int ct_mutex_robust_death_untold_consistent(struct ct_mutex_robust_death_untold *m)
{
    (void)m;
    return EINVAL;
}

static inline void ct_mutex_robust_death_untold_unlock(struct ct_mutex_robust_death_untold *m)
{
    pthread_mutex_unlock(&m->libc);
}

CT_MUTEX_ADAPT(robust_death_untold)
CT_MUTEX_ADAPT_ROBUST(robust_death_untold)

static const struct ct_mutex_ops ct_mutex_robust_death_untold_ops = {
    .impl = {CT_MUTEX_IMPL(robust_death_untold, "robust-death-untold"),
             .summary = "the next owner is not told that the one before died",
             .source = "POSIX.1-2024, PTHREAD_MUTEX_ROBUST",
             .traits = CT_PARKS | CT_OPAQUE | CT_PSHARED | CT_ROBUST},
    CT_MUTEX_REQUIRED(robust_death_untold),
    .lock_robust = ct_mutex_robust_death_untold_op_lock_robust,
    .consistent = ct_mutex_robust_death_untold_op_consistent,
};

#endif
