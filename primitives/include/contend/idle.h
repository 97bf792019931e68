// SPDX-License-Identifier: MIT
/* idle.h - how workers wait for work: one of them looks on, the others sleep, and work wakes one at a
 * time.
 *
 * Idea      A wake-up costs 5 to 50 us and the waker a system call: one for every task is slower than no
 *           pool at all. So at most one worker at a time is searching: it looks on, or was woken and is
 *           on its way. Who brings work wakes a sleeper only if nobody searches; a searcher that found
 *           work stops being one, and if there is more passes the wake-up on.
 * Source    Vyukov, "Scalable Go Scheduler Design Doc", 2012, whose spinning workers this limits to one.
 * State     sleepers   an eventcount
 *           searching  1: somebody searches, or a wake-up is on its way; a hint that may be 1 too long
 *                      while nobody sleeps, for who goes to sleep clears it
 *           closing    CT_IDLE_OPEN, or how the workers shall go once nothing is left
 * Order     Who brought work but did not wake anybody either saw no sleeper, whose look after
 *           ct_eventcount_prepare then sees the work; or read searching as 1, in a chain of exchanges
 *           that the searcher's own, later in it, acquires: its look after that sees the work.
 */
#ifndef CONTEND_IDLE_H
#define CONTEND_IDLE_H

#include <contend/eventcount.h>
#include <contend/poll.h>
#include <contend/thread_pool.h>

enum { CT_IDLE_OPEN, CT_IDLE_DRAIN, CT_IDLE_NOW };

struct ct_idle {
    struct ct_eventcount sleepers;
    struct ct_u32 searching;
    CT_APART struct ct_u32 closing; /* read for every task, written once */
};

/* What a pool's container does; instantiated like a template: constant tables of inline functions. */
struct ct_idle_source {
    bool (*take)(void *pool, uint32_t self, void *task); /* false: found none */
    bool (*empty)(void *pool); /* false: there may be some, perhaps still on its way in */
};

static inline void ct_idle_init(struct ct_idle *i)
{
    ct_eventcount_init(&i->sleepers);
    ct_u32_store_relaxed(&i->searching, 0);
    ct_u32_store_relaxed(&i->closing, CT_IDLE_OPEN);
}

__attribute__((noinline)) static void ct_idle_wake(struct ct_idle *i)
{
    if (ct_u32_exchange_acqrel(&i->searching, 1) == 0)
        ct_eventcount_notify(&i->sleepers, 1);
}

/* There is work: the caller has just brought it. */
static inline void ct_idle_kick(struct ct_idle *i)
{
    ct_compiler_barrier(); /* pairs with ct_eventcount_prepare's ct_membarrier */
    if (__builtin_expect(ct_u32_load_relaxed(&i->sleepers.waiters) != 0, 0))
        ct_idle_wake(i);
}

/* No work will come any more; all sleepers go. */
static inline void ct_idle_close(struct ct_idle *i, enum ct_thread_pool_how how)
{
    ct_u32_store_release(&i->closing, how == CT_THREAD_POOL_NOW ? CT_IDLE_NOW : CT_IDLE_DRAIN);
    ct_eventcount_notify(&i->sleepers, CT_WAKE_ALL);
}

/* The caller, no longer searching, found work: if there is more, somebody else shall search. For whoever
   brought it may have left that to the caller. */
static inline void ct_idle_share(struct ct_idle *i, const struct ct_idle_source *source, void *pool)
{
    if (!source->empty(pool))
        ct_idle_kick(i);
}

/* Look on as the only one, if it is; true: found work. */
static inline bool ct_idle_search(struct ct_idle *i, const struct ct_idle_source *source,
                                  void *pool, uint32_t self, void *task, bool woken)
{
    struct ct_poll poll = CT_POLL_START;
    if (ct_u32_exchange_acqrel(&i->searching, 1) != 0 && !woken)
        return false;
    do {
        if (source->take(pool, self, task)) {
            ct_u32_exchange_acqrel(&i->searching, 0);
            ct_idle_share(i, source, pool);
            return true;
        }
    } while (ct_u32_load_relaxed(&i->closing) == CT_IDLE_OPEN && ct_poll_more(&poll));
    return false;
}

/* The next task, when there was none at once; false: there will be none. */
static inline __attribute__((always_inline)) bool ct_idle_next(struct ct_idle *i,
                                                               const struct ct_idle_source *source,
                                                               void *pool, uint32_t self,
                                                               void *task)
{
    for (bool woken = false;; woken = true) {
        if (ct_idle_search(i, source, pool, self, task, woken))
            return true;
        uint32_t key = ct_eventcount_prepare(&i->sleepers);
        ct_u32_exchange_acqrel(&i->searching,
                               0); /* once registered: a wake-up after this is ours */
        uint32_t closing = ct_u32_load_acquire(&i->closing); /* pairs with close */
        bool found = source->take(pool, self, task), empty = !found && source->empty(pool);
        if (empty && closing == CT_IDLE_OPEN) {
            ct_eventcount_wait(&i->sleepers, key, CT_FOREVER);
            continue;
        }
        ct_eventcount_cancel(&i->sleepers);
        if (found || empty) {
            if (found)
                ct_idle_share(i, source, pool);
            return found;
        }
        ct_pause(); /* it is on its way in */
        ct_yield();
    }
}

#endif
