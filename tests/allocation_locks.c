// SPDX-License-Identifier: MIT
/* allocation_locks.c - the operations of what threads hold or wait for. */
#include "tests/allocation.h"

#include <contend/barrier.h>
#include <contend/bounded_semaphore.h>
#include <contend/condition.h>
#include <contend/event.h>
#include <contend/mutex.h>
#include <contend/ordered.h>
#include <contend/rmutex.h>
#include <contend/rwlock.h>
#include <contend/semaphore.h>

static void play_mutex(struct visit *v, unsigned side)
{
    const struct ct_mutex_ops *o = v->ops;
    void *m = v->object[0], *node = v->node[side];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        bool got = false;
        int error = ETIMEDOUT;
        COUNT("lock", o->lock(m, node));
        visit_hold(i, side);
        COUNT("unlock", o->unlock(m, node));
        if (o->trylock)
            COUNT("trylock", got = o->trylock(m, node));
        if (got)
            COUNT("unlock", o->unlock(m, node));
        if (o->timedlock)
            COUNT("timedlock", error = o->timedlock(m, node, visit_deadline_ns(i)));
        if (error == 0)
            COUNT("unlock", o->unlock(m, node));
        if (!o->lock_robust)
            continue;
        COUNT("lock_robust", error = o->lock_robust(m, node));
        COUNT("consistent", error = o->consistent(m));
        COUNT("unlock", o->unlock(m, node));
    }
}

static void run_mutex(struct visit *v)
{
    const struct ct_mutex_ops *o = v->ops;
    o->init(v->object[0]);
    visit_both(v, play_mutex);
    if (o->destroy)
        o->destroy(v->object[0]);
}

static void play_rmutex(struct visit *v, unsigned side)
{
    const struct ct_rmutex_ops *o = v->ops;
    void *m = v->object[0], *node = v->node[side];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        unsigned depth = 2;
        COUNT("lock", (void)o->lock(m, node));
        COUNT("lock", (void)o->lock(m, node));
        visit_hold(i, side);
        if (o->trylock)
            COUNT("trylock", depth += o->trylock(m, node));
        if (o->timedlock)
            COUNT("timedlock", depth += o->timedlock(m, node, 0) == 0);
        if (o->release_all) {
            uint32_t deep = 0;
            COUNT("owner", (void)o->owner(m));
            COUNT("depth", (void)o->depth(m));
            COUNT("release_all", deep = o->release_all(m, node));
            COUNT("restore", o->restore(m, node, deep));
        }
        for (; depth > 0; depth--)
            COUNT("unlock", (void)o->unlock(m, node));
        if (o->trylock)
            COUNT("trylock", depth += o->trylock(m, node));
        if (o->timedlock)
            COUNT("timedlock", depth += o->timedlock(m, node, visit_deadline_ns(i)) == 0);
        for (; depth > 0; depth--)
            COUNT("unlock", (void)o->unlock(m, node));
    }
}

static void run_rmutex(struct visit *v)
{
    const struct ct_rmutex_ops *o = v->ops;
    o->init(v->object[0]);
    visit_both(v, play_rmutex);
    if (o->destroy)
        o->destroy(v->object[0]);
}

/* The sides list the locks in opposite orders, and now and then ask for one that they may not wait for. */
static void play_ordered(struct visit *v, unsigned side)
{
    const struct ct_ordered_ops *o = v->ops;
    struct ct_ordered_thread *thread = (struct ct_ordered_thread *)(void *)v->node[side];
    void *locks[ALLOCATION_OBJECTS];
    for (unsigned i = 0; i < ALLOCATION_OBJECTS; i++)
        locks[side ? ALLOCATION_OBJECTS - 1 - i : i] = v->object[i];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        struct ct_ordered_conflict conflict;
        int error = ETIMEDOUT;
        COUNT("acquire", error = o->acquire(thread, locks, ALLOCATION_OBJECTS, &conflict));
        visit_hold(i, side);
        COUNT("release", error = o->release(thread, locks, ALLOCATION_OBJECTS));
        if (o->timedacquire)
            COUNT("timedacquire", error = o->timedacquire(thread, locks, ALLOCATION_OBJECTS,
                                                          visit_deadline_ns(i), &conflict));
        if (error == 0 && o->timedacquire)
            COUNT("release", error = o->release(thread, locks, ALLOCATION_OBJECTS));
        void *last = v->object[ALLOCATION_OBJECTS - 1], *first = v->object[0];
        COUNT("acquire", error = o->acquire(thread, &last, 1, &conflict));
        COUNT("refused", error = o->acquire(thread, &first, 1, &conflict));
        if (error != EDEADLK)
            ct_panic("ordered acquire against the order", error);
        COUNT("release", error = o->release(thread, &last, 1));
    }
}

static void run_ordered(struct visit *v)
{
    const struct ct_ordered_ops *o = v->ops;
    for (unsigned i = 0; i < ALLOCATION_OBJECTS; i++)
        o->init(v->object[i]);
    visit_both(v, play_ordered);
    for (unsigned i = 0; o->destroy && i < ALLOCATION_OBJECTS; i++)
        o->destroy(v->object[i]);
}

static void play_rwlock(struct visit *v, unsigned side)
{
    const struct ct_rwlock_ops *o = v->ops;
    void *rw = v->object[0], *node = v->node[side];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        bool got = false;
        int error = ETIMEDOUT;
        COUNT("rdlock", o->rdlock(rw, node));
        if (i % 2 == 0)
            visit_hold(i, side);
        COUNT("rdunlock", o->rdunlock(rw, node));
        COUNT("wrlock", o->wrlock(rw));
        visit_hold(i, side);
        COUNT("wrunlock", o->wrunlock(rw));
        if (o->tryrdlock) {
            COUNT("tryrdlock", got = o->tryrdlock(rw, node));
            if (got)
                COUNT("rdunlock", o->rdunlock(rw, node));
            COUNT("trywrlock", got = o->trywrlock(rw));
            if (got)
                COUNT("wrunlock", o->wrunlock(rw));
        }
        if (!o->timedrdlock)
            continue;
        COUNT("timedrdlock", error = o->timedrdlock(rw, node, visit_deadline_ns(i)));
        if (error == 0)
            COUNT("rdunlock", o->rdunlock(rw, node));
        COUNT("timedwrlock", error = o->timedwrlock(rw, visit_deadline_ns(i)));
        if (error == 0)
            COUNT("wrunlock", o->wrunlock(rw));
    }
}

static void run_rwlock(struct visit *v)
{
    const struct ct_rwlock_ops *o = v->ops;
    o->init(v->object[0]);
    visit_both(v, play_rwlock);
    if (o->destroy)
        o->destroy(v->object[0]);
}

/* Both kinds of semaphore, one permit for two. */
#define SEMAPHORE(kind, ...)                                                                       \
    static void play_##kind(struct visit *v, unsigned side)                                        \
    {                                                                                              \
        const struct ct_##kind##_ops *o = v->ops;                                                  \
        void *s = v->object[0];                                                                    \
        for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {                                         \
            bool got = false;                                                                      \
            int error = ETIMEDOUT;                                                                 \
            COUNT("wait", o->wait(s));                                                             \
            visit_hold(i, side);                                                                   \
            COUNT("post", (void)o->post(s, 1));                                                    \
            COUNT("value", (void)o->value(s));                                                     \
            COUNT("trywait", got = o->trywait(s));                                                 \
            if (got)                                                                               \
                COUNT("post", (void)o->post(s, 1));                                                \
            if (o->timedwait)                                                                      \
                COUNT("timedwait", error = o->timedwait(s, visit_deadline_ns(i)));                 \
            if (error == 0)                                                                        \
                COUNT("post", (void)o->post(s, 1));                                                \
            COUNT("refused", (void)o->post(s, UINT32_MAX));                                        \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void run_##kind(struct visit *v)                                                        \
    {                                                                                              \
        const struct ct_##kind##_ops *o = v->ops;                                                  \
        o->init(v->object[0], __VA_ARGS__);                                                        \
        visit_both(v, play_##kind);                                                                \
        if (o->destroy)                                                                            \
            o->destroy(v->object[0]);                                                              \
    }

SEMAPHORE(semaphore, 1)
SEMAPHORE(bounded_semaphore, 1, 1)

/* The sides take turns, told by each way to signal; in between each waits for what nobody signals. */
static void play_condition(struct visit *v, unsigned side)
{
    const struct ct_condition_ops *o = v->ops;
    const struct ct_held held = {v->other, v->object[1], v->node[side]};
    void *c = v->object[0];
    held.ops->lock(held.m, held.node);
    for (uint32_t i = 0; i < ALLOCATION_ROUNDS; i++) {
        while (ct_u32_load_relaxed(&v->mark) % 2 != side)
            COUNT("wait", o->wait(c, &held));
        visit_hold(i, side);
        ct_u32_store_relaxed(&v->mark, 2 * i + side + 1);
        if (i % 3 == 0)
            COUNT("signal", o->signal(c));
        else if (i % 3 == 1)
            COUNT("signal_many", o->signal_many(c, 2));
        else
            COUNT("broadcast", o->broadcast(c));
        if (i % 8 == 0)
            COUNT("timedwait", (void)o->timedwait(c, &held, ct_now_ns() + ALLOCATION_SHORT_NS));
    }
    held.ops->unlock(held.m, held.node);
}

static void run_condition(struct visit *v)
{
    const struct ct_condition_ops *o = v->ops;
    const struct ct_mutex_ops *mutex = NULL;
    for (const struct ct_impl *const *i = ct_impls; *i && !mutex; i++)
        if (strcmp((*i)->kind, "mutex") == 0 && strcmp((*i)->name, o->mutex) == 0)
            mutex = (const struct ct_mutex_ops *)(const void *)*i;
    v->other = (void *)(uintptr_t)mutex;
    mutex->init(v->object[1]);
    o->init(v->object[0]);
    visit_both(v, play_condition);
    if (o->destroy)
        o->destroy(v->object[0]);
    if (mutex->destroy)
        mutex->destroy(v->object[1]);
}

/* One side sets until the other has had enough. */
static void play_event(struct visit *v, unsigned side)
{
    const struct ct_event_ops *o = v->ops;
    void *e = v->object[0];
    while (side == 0 && ct_u32_load_acquire(&v->mark) == 0) {
        visit_nap(ALLOCATION_SHORT_NS);
        COUNT("set", o->set(e));
    }
    for (unsigned i = 0; side == 1 && i < ALLOCATION_ROUNDS; i++) {
        COUNT("wait", o->wait(e));
        COUNT("is_set", (void)o->is_set(e));
        COUNT("clear", o->clear(e));
        if (o->timedwait)
            COUNT("timedwait", (void)o->timedwait(e, visit_deadline_ns(i)));
    }
    ct_u32_store_release(&v->mark, 1);
}

static void run_event(struct visit *v)
{
    const struct ct_event_ops *o = v->ops;
    void (*const inits[])(void *e) = {o->init, o->init_auto};
    for (unsigned i = 0; i < 2; i++) {
        if (!inits[i])
            continue;
        inits[i](v->object[0]);
        visit_both(v, play_event);
        if (o->destroy)
            o->destroy(v->object[0]);
    }
}

static void play_barrier(struct visit *v, unsigned side)
{
    const struct ct_barrier_ops *o = v->ops;
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        visit_hold(i, side);
        COUNT("wait", (void)o->wait(v->object[0], side));
        if (o->timedwait)
            COUNT("timedwait", (void)o->timedwait(v->object[0], side, CT_FOREVER));
    }
}

static void play_barrier_broken(struct visit *v, unsigned side)
{
    const struct ct_barrier_ops *o = v->ops;
    if (o->timedwait)
        COUNT("timedwait",
              (void)o->timedwait(v->object[0], side, ct_now_ns() + ALLOCATION_SHORT_NS));
    if (!o->abort)
        return;
    COUNT("reset", o->reset(v->object[0]));
    COUNT("abort", o->abort(v->object[0]));
    COUNT("wait", (void)o->wait(v->object[0], side));
    COUNT("reset", o->reset(v->object[0]));
}

static void run_barrier(struct visit *v)
{
    const struct ct_barrier_ops *o = v->ops;
    if (o->init(v->object[0], 2, v->node[0]) != 0)
        ct_panic("barrier init", EINVAL);
    visit_both(v, play_barrier);
    visit_alone(v, play_barrier_broken);
    if (o->destroy)
        o->destroy(v->object[0]);
}

const struct visit_kind visit_locks[] = {
    {"mutex", run_mutex},         {"rmutex", run_rmutex},
    {"ordered", run_ordered},     {"rwlock", run_rwlock},
    {"semaphore", run_semaphore}, {"bounded_semaphore", run_bounded_semaphore},
    {"condition", run_condition}, {"event", run_event},
    {"barrier", run_barrier},     {NULL, NULL},
};
