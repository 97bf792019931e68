// SPDX-License-Identifier: MIT
/* c11 - C's threads: the reference that the others are compared with.
 *
 * Idea      As pthread, by the standard's own functions, which know no deadline for join, no names and
 *           no CPUs.
 * Source    ISO C11, 7.26.5
 * State     ended   run has returned
 *           stop    a stop was requested
 *           fate    whose the thread's end is: nobody's yet, a joiner's, nobody's any more
 *           thread  its kernel id, once it runs: 0 before
 * Order     ended, stop: stores release, loads acquire. join: libc's.
 * Choose    where POSIX is not at hand.
 */
#ifndef CONTEND_THREAD_C11_H
#define CONTEND_THREAD_C11_H

#include <contend/thread.h>
#include <contend/wait.h>

#include <threads.h>

enum { CT_THREAD_C11_OPEN, CT_THREAD_C11_TAKEN }; /* fate */

struct ct_thread_c11 {
    thrd_t libc;
    ct_thread_run *run;
    void *argument;
    int result;
    struct ct_u32 ended, stop, fate, thread;
};

static inline int ct_thread_c11_main(void *thread)
{
    struct ct_thread_c11 *t = (struct ct_thread_c11 *)thread;
    ct_u32_store_relaxed(&t->thread, ct_thread_id());
    t->result = t->run(t->argument);
    ct_u32_store_release(&t->ended, 1); /* pairs with is_alive */
    return 0;
}

static inline int ct_thread_c11_start(struct ct_thread_c11 *t, ct_thread_run *run, void *argument)
{
    t->run = run;
    t->argument = argument;
    ct_u32_store_relaxed(&t->ended, 0);
    ct_u32_store_relaxed(&t->stop, 0);
    ct_u32_store_relaxed(&t->thread, 0);
    ct_u32_store_relaxed(&t->fate, CT_THREAD_C11_OPEN);
    int saved = errno;
    int answer = thrd_create(&t->libc, ct_thread_c11_main, t);
    errno = saved;
    return answer == thrd_success ? 0 : EAGAIN;
}

static inline bool ct_thread_c11_take(struct ct_thread_c11 *t)
{
    uint32_t open = CT_THREAD_C11_OPEN;
    return ct_u32_cas_relaxed(&t->fate, &open, CT_THREAD_C11_TAKEN);
}

static inline int ct_thread_c11_join(struct ct_thread_c11 *t, int *result)
{
    if (ct_u32_load_relaxed(&t->thread) == ct_thread_id())
        return EDEADLK;
    if (!ct_thread_c11_take(t))
        return EINVAL;
    thrd_join(t->libc, NULL);
    if (result)
        *result = t->result;
    return 0;
}

static inline int ct_thread_c11_detach(struct ct_thread_c11 *t)
{
    if (!ct_thread_c11_take(t))
        return EINVAL;
    thrd_detach(t->libc);
    return 0;
}

static inline bool ct_thread_c11_is_alive(const struct ct_thread_c11 *t)
{
    return ct_u32_load_acquire(&t->ended) == 0;
}

static inline void ct_thread_c11_request_stop(struct ct_thread_c11 *t)
{
    ct_u32_store_release(&t->stop, 1); /* pairs with stop_requested */
}

static inline bool ct_thread_c11_stop_requested(const struct ct_thread_c11 *t)
{
    return ct_u32_load_acquire(&t->stop) != 0;
}

CT_THREAD_ADAPT(c11)

static const struct ct_thread_ops ct_thread_c11_ops = {
    .impl = {CT_THREAD_IMPL(c11, "c11"), .summary = "C11's threads and cells: alive, stop, joined",
             .source = "ISO C11, 7.26.5",
             .traits = CT_REFERENCE | CT_PARKS | CT_OPAQUE | CT_THREADS},
    CT_THREAD_REQUIRED(c11),
};

#endif
