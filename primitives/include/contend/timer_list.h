// SPDX-License-Identifier: MIT
/* timer_list.h - the open timers of a service that keeps one thing for each, so that shutdown finds them. */
#ifndef CONTEND_TIMER_LIST_H
#define CONTEND_TIMER_LIST_H

#include <contend/timer_call.h>

struct ct_timer_link {
    struct ct_timer_link *next, *previous;
};

struct ct_timer_list {
    struct ct_timer_lock lock;
    struct ct_timer_link first; /* of a ring */
    uint32_t opened, opened_max;
    bool closed;
};

static inline void ct_timer_list_init(struct ct_timer_list *l, uint32_t timers)
{
    ct_timer_lock_init(&l->lock);
    l->first.next = l->first.previous = &l->first;
    l->opened = 0;
    l->opened_max = timers;
    l->closed = false;
}

/* 0 or open's error. */
static inline int ct_timer_list_add(struct ct_timer_list *l, struct ct_timer_link *link)
{
    ct_timer_lock_take(&l->lock);
    int error = l->closed ? ECANCELED : l->opened == l->opened_max ? EAGAIN : 0;
    if (error == 0) {
        l->opened++;
        link->next = &l->first;
        link->previous = l->first.previous;
        link->next->previous = link->previous->next = link;
    }
    ct_timer_lock_give(&l->lock);
    return error;
}

static inline void ct_timer_list_remove(struct ct_timer_list *l, struct ct_timer_link *link)
{
    ct_timer_lock_take(&l->lock);
    l->opened--;
    link->next->previous = link->previous;
    link->previous->next = link->next;
    ct_timer_lock_give(&l->lock);
}

/* No more is added. */
static inline void ct_timer_list_shut(struct ct_timer_list *l)
{
    ct_timer_lock_take(&l->lock);
    l->closed = true;
    ct_timer_lock_give(&l->lock);
}

#endif
