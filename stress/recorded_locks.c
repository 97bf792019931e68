// SPDX-License-Identifier: MIT
/* recorded_locks.c - recorded calls of mutexes and reader-writer locks. */
#include "stress/recorded.h"

#include <contend/mutex.h>
#include <contend/rwlock.h>

/* How to ask for a lock. */
enum way { WAITING, TRYING, TIMED, WAYS };

static void hold(struct scenario_thread *t)
{
    scenario_point(t, POINT_ENTERED);
    scenario_point(t, POINT_HOLDING);
    scenario_point(t, POINT_LEAVING);
}

static bool lock_mutex(struct scenario_thread *t, enum way way)
{
    const struct ct_mutex_ops *o = t->round->ops;
    void *m = t->round->object;
    int error = 0;
    uint64_t deadline_ns = way == TIMED ? recorded_deadline_ns(t) : 0;
    struct history_call *c = recorded_ask(t, &linear_mutex, (uint8_t)(MUTEX_LOCK + way), 0);
    switch (way) {
    case TRYING:
        error = o->trylock(m, t->node) ? 0 : EBUSY;
        break;
    case TIMED:
        error = o->timedlock(m, t->node, deadline_ns);
        break;
    default:
        o->lock(m, t->node);
        break;
    }
    return recorded_answer(t, c, error, 0);
}

void recorded_mutex_setup(struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    o->init(r->object);
}

void recorded_mutex_actor(struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    for (unsigned i = 0; i < t->round->steps && recorded_room(t, 2); i++) {
        enum way way = (enum way)rng_below(&t->rng, WAYS);
        if ((way == TRYING && !o->trylock) || (way == TIMED && !o->timedlock))
            way = WAITING;
        if (!lock_mutex(t, way))
            continue;
        hold(t);
        struct history_call *c = recorded_ask(t, &linear_mutex, MUTEX_UNLOCK, 0);
        o->unlock(t->round->object, t->node);
        recorded_answer(t, c, 0, 0);
    }
}

const char *recorded_mutex_verdict(struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    if (o->trylock) {
        struct history_call *c = recorded_last(r, MUTEX_TRYLOCK);
        bool held = o->trylock(r->object, r->actors[0].node);
        history_return(c, held ? 0 : EBUSY, 0);
        if (held)
            o->unlock(r->object, r->actors[0].node);
    }
    return linear_verdict(&linear_mutex, r->history);
}

static bool lock_rwlock(struct scenario_thread *t, enum way way, bool writes)
{
    const struct ct_rwlock_ops *o = t->round->ops;
    void *rw = t->round->object;
    int error = 0;
    uint64_t deadline_ns = way == TIMED ? recorded_deadline_ns(t) : 0;
    uint8_t what = (uint8_t)((writes ? RWLOCK_WRLOCK : RWLOCK_RDLOCK) + way);
    struct history_call *c = recorded_ask(t, &linear_rwlock, what, 0);
    switch ((enum linear_rwlock_operation)what) {
    case RWLOCK_RDLOCK:
        o->rdlock(rw, t->node);
        break;
    case RWLOCK_TRYRDLOCK:
        error = o->tryrdlock(rw, t->node) ? 0 : EBUSY;
        break;
    case RWLOCK_TIMEDRDLOCK:
        error = o->timedrdlock(rw, t->node, deadline_ns);
        break;
    case RWLOCK_TRYWRLOCK:
        error = o->trywrlock(rw) ? 0 : EBUSY;
        break;
    case RWLOCK_TIMEDWRLOCK:
        error = o->timedwrlock(rw, deadline_ns);
        break;
    default:
        o->wrlock(rw);
        break;
    }
    return recorded_answer(t, c, error, 0);
}

void recorded_rwlock_setup(struct scenario_round *r)
{
    const struct ct_rwlock_ops *o = r->ops;
    o->init(r->object);
}

void recorded_rwlock_actor(struct scenario_thread *t)
{
    const struct ct_rwlock_ops *o = t->round->ops;
    for (unsigned i = 0; i < t->round->steps && recorded_room(t, 2); i++) {
        bool writes = rng_next(&t->rng) & 1;
        enum way way = (enum way)rng_below(&t->rng, WAYS);
        if ((way == TRYING && !o->trywrlock) || (way == TIMED && !o->timedwrlock))
            way = WAITING;
        if (!lock_rwlock(t, way, writes))
            continue;
        hold(t);
        struct history_call *c =
            recorded_ask(t, &linear_rwlock, writes ? RWLOCK_WRUNLOCK : RWLOCK_RDUNLOCK, 0);
        if (writes)
            o->wrunlock(t->round->object);
        else
            o->rdunlock(t->round->object, t->node);
        recorded_answer(t, c, 0, 0);
    }
}

const char *recorded_rwlock_verdict(struct scenario_round *r)
{
    const struct ct_rwlock_ops *o = r->ops;
    if (o->trywrlock) {
        struct history_call *c = recorded_last(r, RWLOCK_TRYWRLOCK);
        bool held = o->trywrlock(r->object);
        history_return(c, held ? 0 : EBUSY, 0);
        if (held)
            o->wrunlock(r->object);
    }
    return linear_verdict(&linear_rwlock, r->history);
}
