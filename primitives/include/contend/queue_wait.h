// SPDX-License-Identifier: MIT
/* queue_wait.h - how a side of a queue waits for the other: looking on for a while, then asleep.
 *
 * Idea      Whether it can go on is a question (can) that only looks. Looking on is worth it only if the
 *           other side runs: so who waits on the CPU that the other side last said gives it away a few
 *           times instead; then, or when the patience is over, it sleeps on an eventcount.
 * Source    as poll.h and eventcount.h; CPU from rseq(2).
 */
#ifndef CONTEND_QUEUE_WAIT_H
#define CONTEND_QUEUE_WAIT_H

#include <contend/eventcount.h>
#include <contend/poll.h>
#include <contend/queue.h>

enum { CT_QUEUE_YIELDS = 4, CT_QUEUE_SAY_EVERY = 16 };

/* Where this side runs, for the other's ct_queue_look_on; to be called with each push or pop and a number
   that counts them, or with each batch and 0. Written seldom, and only if it changes, to a line that is mostly read: on that of a
   place, each wait for an item would take the line from the side that is about to bring it. */
CT_QUEUE_FAST void ct_queue_say_cpu(struct ct_u32 *said, uint64_t nth)
{
    uint32_t here;
    if (nth % CT_QUEUE_SAY_EVERY == 0 && ct_u32_load_relaxed(said) != (here = ct_cpu_id()))
        ct_u32_store_relaxed(said, here);
}

typedef bool ct_queue_can(const void *q);

/* True: it can. */
static inline bool ct_queue_look_on(const void *q, ct_queue_can *can,
                                    const struct ct_u32 *other_cpu)
{
    if (ct_u32_load_relaxed(other_cpu) == ct_cpu_id()) {
        for (int i = 0; i < CT_QUEUE_YIELDS; i++) {
            if (can(q))
                return true;
            ct_yield();
        }
        return can(q);
    }
    struct ct_poll poll = CT_POLL_START;
    do {
        if (can(q))
            return true;
    } while (ct_poll_more(&poll));
    return false;
}

/* 0 once it can, after it was announced as a sleeper; or ETIMEDOUT. */
static inline int ct_queue_sleep(const void *q, ct_queue_can *can, struct ct_eventcount *e,
                                 uint64_t deadline_ns)
{
    for (int error = 0;;) {
        uint32_t key = ct_eventcount_prepare(e);
        bool can_now = can(q);
        if (can_now || error != 0) {
            ct_eventcount_cancel(e);
            return can_now ? 0 : error;
        }
        error = ct_eventcount_wait(e, key, deadline_ns);
    }
}

#endif
