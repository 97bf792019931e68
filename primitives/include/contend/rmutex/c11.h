// SPDX-License-Identifier: MIT
/* c11 - the recursive mutex of the C language.
 *
 * Idea      Whatever libc does; in glibc pthread's recursive mutex behind one more call.
 * Source    ISO C11, 7.26.4, mtx_recursive.
 * State     libc's, and it keeps it to itself. C leaves undefined what a stranger's mtx_unlock does;
 *           glibc answers with an error, as the contract wants it.
 * Order     libc's: the last unlock synchronises with the next lock.
 * Choose    as pthread, in code that knows no POSIX.
 *
 * C tells an error, not which: of lock it is the depth, of unlock the owner. No timed lock:
 * mtx_timedlock counts in TIME_UTC, which can be set while a thread waits.
 */
#ifndef CONTEND_RMUTEX_C11_H
#define CONTEND_RMUTEX_C11_H

#include <contend/rmutex.h>

#include <errno.h>
#include <threads.h>

struct ct_rmutex_c11 {
    mtx_t libc;
};

static inline void ct_rmutex_c11_init(struct ct_rmutex_c11 *m)
{
    mtx_init(&m->libc, mtx_plain | mtx_recursive);
}

static inline void ct_rmutex_c11_destroy(struct ct_rmutex_c11 *m)
{
    mtx_destroy(&m->libc);
}

static inline int ct_rmutex_c11_lock(struct ct_rmutex_c11 *m)
{
    return mtx_lock(&m->libc) == thrd_success ? 0 : EAGAIN;
}

static inline bool ct_rmutex_c11_trylock(struct ct_rmutex_c11 *m)
{
    return mtx_trylock(&m->libc) == thrd_success;
}

static inline int ct_rmutex_c11_unlock(struct ct_rmutex_c11 *m)
{
    return mtx_unlock(&m->libc) == thrd_success ? 0 : EPERM;
}

CT_RMUTEX_ADAPT(c11)
CT_RMUTEX_ADAPT_DESTROY(c11)
CT_RMUTEX_ADAPT_TRY(c11)

static const struct ct_rmutex_ops ct_rmutex_c11_ops = {
    .impl = {CT_RMUTEX_IMPL(c11, "c11"), .summary = "the C language's recursive mtx_t",
             .source = "ISO C11, 7.26.4", .traits = CT_PARKS | CT_OPAQUE},
    CT_RMUTEX_REQUIRED(c11),
    .destroy = ct_rmutex_c11_op_destroy,
    .trylock = ct_rmutex_c11_op_trylock,
};

#endif
