// SPDX-License-Identifier: MIT
/* event.h - the contract of every event, and its ops table.
 *
 * Typed functions are ct_event_<impl>_<verb> in contend/event/<impl>.h; an adopter includes that one
 * header. An event is set or clear. One with manual reset stays set, and lets everybody through, until
 * it is cleared; one with auto reset lets one wait through for each set, which that wait clears.
 *
 * init(e), init_auto(e)
 *   Requires  nobody uses *e. Zeroed memory is not enough.
 *   Ensures   *e is clear, and from now on of manual, of auto reset. An implementation may lack one of
 *             the two. An object may also be initialised with CT_EVENT_<IMPL>_INIT or _INIT_AUTO where
 *             defined.
 * destroy(e)
 *   Requires  nobody is inside any call on *e but set: a thread may destroy and reuse the memory as soon
 *             as the wait returned that no other will follow, even while the set that let it through is
 *             still on its way out. (Implementations with the trait CT_LATE need the memory to stay
 *             mapped until that set has returned.)
 *   Ensures   what init acquired is released. NULL: there is nothing to release.
 * set(e)
 *   Ensures   manual: *e is set; whoever was waiting is let through, even if it is cleared again at once.
 *             auto: *e is set for one wait, or one clear, to take; sets that nobody took in between are
 *             one set. Either way, also where *e was set already, everything before the call happens
 *             before the return of each wait let through, and of each clear, that comes after it: who
 *             clears (or takes) first and then looks for what was announced by a set misses nothing.
 *   Blocks    never.
 * clear(e)
 *   Ensures   *e is clear; everything before the sets that it undoes happens before the return. Clearing
 *             what is clear does nothing.
 *   Blocks    never.
 * wait(e)
 *   Ensures   manual: *e was set at some moment during the call; everything before the sets up to then
 *             happens before the return. auto: so too, and of all waits and clears this one took it.
 *             Signals and wake-ups for no reason do not end it.
 *   Blocks    spins or sleeps as the traits say (CT_SPINS, CT_PARKS) until then; not at all if *e is set.
 * timedwait(e, deadline_ns)
 *   Ensures   0: as wait, and an event that is set lets through whatever the deadline.
 *   Errors    ETIMEDOUT: deadline_ns (absolute, CLOCK_MONOTONIC; CT_FOREVER: none) has passed and no set
 *             that had returned by then was left for this call. A set that races with the deadline is
 *             either seen and 0 returned, or left to others, whom it then reaches.
 *   Blocks    like wait, up to the deadline.
 * is_set(e)
 *   Ensures   true: *e was set at some moment during the call; everything before the sets up to then
 *             happens before the return. False: it was clear; nothing is ordered.
 *   Blocks    never for longer than another operation takes.
 *
 * No function sets errno. While one manual wait lasts, 2^29 sets and clears may go by unnoticed if they
 * are exactly so many; more than 2^30 waiters are the caller's error and are not detected.
 */
#ifndef CONTEND_EVENT_H
#define CONTEND_EVENT_H

#include <contend/impl.h>

#include <stdbool.h>
#include <stdint.h>

struct ct_event_ops {
    struct ct_impl impl;
    void (*init)(void *e);      /* NULL: no manual reset */
    void (*init_auto)(void *e); /* NULL: no auto reset */
    void (*destroy)(void *e);   /* NULL: nothing to release */
    void (*set)(void *e);
    void (*clear)(void *e);
    void (*wait)(void *e);
    int (*timedwait)(void *e, uint64_t deadline_ns); /* NULL: not offered */
    bool (*is_set)(const void *e);
};

/* The typed functions as the table wants them: real calls, for a function pointer of another type
   must not be called. An implementation names those it offers, then fills its table. */
#define CT_EVENT_ADAPT_VOID(id, verb)                                                              \
    static inline void ct_event_##id##_op_##verb(void *e)                                          \
    {                                                                                              \
        ct_event_##id##_##verb((struct ct_event_##id *)e);                                         \
    }
#define CT_EVENT_ADAPT(id)                                                                         \
    CT_EVENT_ADAPT_VOID(id, set)                                                                   \
    CT_EVENT_ADAPT_VOID(id, clear)                                                                 \
    CT_EVENT_ADAPT_VOID(id, wait)                                                                  \
    static inline bool ct_event_##id##_op_is_set(const void *e)                                    \
    {                                                                                              \
        return ct_event_##id##_is_set((const struct ct_event_##id *)e);                            \
    }
#define CT_EVENT_ADAPT_MANUAL(id) CT_EVENT_ADAPT_VOID(id, init)
#define CT_EVENT_ADAPT_AUTO(id) CT_EVENT_ADAPT_VOID(id, init_auto)
#define CT_EVENT_ADAPT_DESTROY(id) CT_EVENT_ADAPT_VOID(id, destroy)
#define CT_EVENT_ADAPT_TIMED(id)                                                                   \
    static inline int ct_event_##id##_op_timedwait(void *e, uint64_t deadline_ns)                  \
    {                                                                                              \
        return ct_event_##id##_timedwait((struct ct_event_##id *)e, deadline_ns);                  \
    }

/* What every table starts with; .init, .init_auto, .timedwait and .destroy follow where offered. */
#define CT_EVENT_IMPL(id, shown_name)                                                              \
    .kind = "event", .name = shown_name, .size_bytes = sizeof(struct ct_event_##id),               \
    .align_bytes = _Alignof(struct ct_event_##id)
#define CT_EVENT_REQUIRED(id)                                                                      \
    .set = ct_event_##id##_op_set, .clear = ct_event_##id##_op_clear,                              \
    .wait = ct_event_##id##_op_wait, .is_set = ct_event_##id##_op_is_set

#endif
