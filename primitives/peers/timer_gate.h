// SPDX-License-Identifier: MIT
/* timer_gate.h - what other projects' event loops lack of the contract of timers: starts and cancels by any
 * thread, a cancel that waits, one that is final. The loop's own timer is only told when to look; whether
 * the timer is due stands here.
 *
 * State     armed    shall fire at deadline_ns
 *           list     of the open timers; its lock orders all
 *
 * A peer's node starts with a struct ct_timer_gate_entry, the peer with a struct ct_timer_list. Its
 * program(peer, entry) makes the loop look at the entry when its deadline has passed, or, where it is not
 * armed, need not: with the lock, by any thread.
 */
#ifndef CONTEND_PEERS_TIMER_GATE_H
#define CONTEND_PEERS_TIMER_GATE_H

#include <contend/timer_list.h>

struct ct_timer_gate_entry {
    struct ct_timer_link link; /* first */
    struct ct_timer_call call;
    uint64_t deadline_ns;
    bool armed;
};

typedef void ct_timer_gate_program(void *peer, struct ct_timer_gate_entry *e);

/* The loop's thread, with the lock: the timer is due, if it is, or later. */
static inline void ct_timer_gate_look(struct ct_timer_list *l, struct ct_timer_gate_entry *e,
                                      ct_timer_gate_program *program)
{
    uint64_t now_ns = ct_now_ns();
    if (e->armed && e->deadline_ns > now_ns) {
        program(l, e);
    } else if (e->armed) {
        e->armed = false;
        ct_timer_call_run(&e->call, &l->lock, now_ns - e->deadline_ns);
    }
}

static inline int ct_timer_gate_start(struct ct_timer_list *l, struct ct_timer_gate_entry *e,
                                      uint64_t deadline_ns, ct_timer_gate_program *program)
{
    ct_timer_lock_take(&l->lock);
    int error = l->closed ? ECANCELED : 0;
    if (error == 0 && ct_timer_call_may_start(&e->call)) {
        e->armed = true;
        e->deadline_ns = deadline_ns;
        program(l, e);
    }
    ct_timer_lock_give(&l->lock);
    return error;
}

static inline bool ct_timer_gate_restart(struct ct_timer_list *l, struct ct_timer_gate_entry *e,
                                         uint64_t deadline_ns, ct_timer_gate_program *program)
{
    ct_timer_lock_take(&l->lock);
    bool armed = e->armed;
    if (armed) {
        e->deadline_ns = deadline_ns;
        program(l, e);
    }
    ct_timer_lock_give(&l->lock);
    return armed;
}

static inline bool ct_timer_gate_cancel(struct ct_timer_list *l, struct ct_timer_gate_entry *e,
                                        ct_timer_gate_program *program)
{
    ct_timer_lock_take(&l->lock);
    bool armed = e->armed;
    e->armed = false;
    if (armed)
        program(l, e);
    bool stopped = ct_timer_call_await(&e->call, &l->lock);
    ct_timer_lock_give(&l->lock);
    return armed || stopped;
}

/* No start succeeds from now on; how many were armed and are no more. The loop is still to be ended. */
static inline uint32_t ct_timer_gate_shut(struct ct_timer_list *l, bool *again)
{
    uint32_t armed = 0;
    ct_timer_lock_take(&l->lock);
    *again = l->closed;
    l->closed = true;
    for (struct ct_timer_link *i = l->first.next; i != &l->first; i = i->next) {
        struct ct_timer_gate_entry *e = (struct ct_timer_gate_entry *)i;
        armed += e->armed;
        e->armed = false;
    }
    ct_timer_lock_give(&l->lock);
    return armed;
}

/* The typed functions of a peer with its list and its program. */
#define CT_TIMER_GATE_CALLS(id)                                                                    \
    static inline int ct_timer_##id##_start(struct ct_timer_##id *s,                               \
                                            struct ct_timer_##id##_node *t, uint64_t deadline_ns)  \
    {                                                                                              \
        return ct_timer_gate_start(&s->list, &t->entry, deadline_ns, ct_timer_##id##_program);     \
    }                                                                                              \
    static inline bool ct_timer_##id##_restart(                                                    \
        struct ct_timer_##id *s, struct ct_timer_##id##_node *t, uint64_t deadline_ns)             \
    {                                                                                              \
        return ct_timer_gate_restart(&s->list, &t->entry, deadline_ns, ct_timer_##id##_program);   \
    }                                                                                              \
    static inline bool ct_timer_##id##_cancel(struct ct_timer_##id *s,                             \
                                              struct ct_timer_##id##_node *t)                      \
    {                                                                                              \
        return ct_timer_gate_cancel(&s->list, &t->entry, ct_timer_##id##_program);                 \
    }

#endif
