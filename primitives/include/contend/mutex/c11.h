// SPDX-License-Identifier: MIT
/* c11 - the mutex of the C language.
 *
 * Idea      Whatever libc does; in glibc pthread's mutex behind one more call.
 * Source    ISO C11, 7.26.4.
 * State     libc's
 * Order     libc's: unlock synchronises with the next lock.
 * Choose    as pthread, in code that knows no POSIX.
 *
 * No timed lock: mtx_timedlock counts in TIME_UTC, which can be set while a thread waits.
 */
#ifndef CONTEND_MUTEX_C11_H
#define CONTEND_MUTEX_C11_H

#include <contend/mutex.h>

#include <threads.h>

struct ct_mutex_c11 {
    mtx_t libc;
};

static inline void ct_mutex_c11_init(struct ct_mutex_c11 *m)
{
    mtx_init(&m->libc, mtx_plain);
}

static inline void ct_mutex_c11_destroy(struct ct_mutex_c11 *m)
{
    mtx_destroy(&m->libc);
}

static inline void ct_mutex_c11_lock(struct ct_mutex_c11 *m)
{
    mtx_lock(&m->libc);
}

static inline bool ct_mutex_c11_trylock(struct ct_mutex_c11 *m)
{
    return mtx_trylock(&m->libc) == thrd_success;
}

static inline void ct_mutex_c11_unlock(struct ct_mutex_c11 *m)
{
    mtx_unlock(&m->libc);
}

CT_MUTEX_ADAPT(c11)
CT_MUTEX_ADAPT_DESTROY(c11)
CT_MUTEX_ADAPT_TRY(c11)

static const struct ct_mutex_ops ct_mutex_c11_ops = {
    .impl = {CT_MUTEX_IMPL(c11, "c11"), .summary = "the C language's mtx_t",
             .source = "ISO C11, 7.26.4", .traits = CT_PARKS | CT_OPAQUE},
    CT_MUTEX_REQUIRED(c11),
    .destroy = ct_mutex_c11_op_destroy,
    .trylock = ct_mutex_c11_op_trylock,
};

#endif
