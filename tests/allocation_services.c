// SPDX-License-Identifier: MIT
/* allocation_services.c - the operations of what carries items, time, threads and their work. */
#include "tests/allocation.h"

#include <contend/queue.h>
#include <contend/task.h>
#include <contend/thread.h>
#include <contend/thread_local.h>
#include <contend/timer.h>

#include <sched.h>

void (*visit_careless)(void);

enum { CAPACITY = 4, ROOM = 128, ITEMS = 400, INSIDE_MAX = 64, GROWTH = 4096, MANY = 3 };
enum { CROWD = 8, SLOW_EVERY = 16 };

/* What a timer or a pool calls; now and then it takes so long that a cancel or a wait sleeps. */
static void called(struct visit *v)
{
    if (visit_careless)
        visit_careless();
    if (ct_u32_add_release(&v->mark, 1) % SLOW_EVERY == 0)
        visit_nap(ALLOCATION_HOLD_NS);
}

static void produce(struct visit *v, unsigned side, uint64_t i)
{
    const struct ct_queue_ops *o = v->ops;
    bool tries = !o->push || i % 2 == 0;
    int error;
    if (i > INSIDE_MAX)
        visit_await(v, (uint32_t)(i - INSIDE_MAX)); /* within what init made room for */
    do {
        if (tries)
            COUNT("try_push", error = o->try_push(v->object[0], &i, sizeof i));
        else
            COUNT("push",
                  error = o->push(v->object[0], &i, sizeof i, visit_deadline_ns((unsigned)i)));
        if (error != 0)
            ct_yield();
    } while (error != 0);
}

static void consume(struct visit *v, unsigned side, uint64_t i)
{
    const struct ct_queue_ops *o = v->ops;
    bool tries = !o->pop || i % 2 != 0;
    uint64_t item;
    int error;
    do {
        if (tries)
            COUNT("try_pop", error = o->try_pop(v->object[0], &item, sizeof item));
        else
            COUNT("pop",
                  error = o->pop(v->object[0], &item, sizeof item, visit_deadline_ns((unsigned)i)));
        if (error != 0)
            ct_yield();
    } while (error != 0);
    COUNT("size", (void)o->size(v->object[0]));
    if (o->task_done)
        COUNT("task_done", o->task_done(v->object[0]));
    ct_u32_store_release(&v->mark, (uint32_t)i + 1);
}

/* Side 0 pushes and side 1 pops; at times one lets the other wait. */
static void play_queue(struct visit *v, unsigned side)
{
    const struct ct_queue_ops *o = v->ops;
    for (uint64_t i = 0; i < ITEMS; i++) {
        if (i % INSIDE_MAX == side * INSIDE_MAX / 2)
            visit_nap(ALLOCATION_HOLD_NS);
        if (side == 0)
            produce(v, side, i);
        else
            consume(v, side, i);
    }
    if (side == 0 && o->join)
        COUNT("join", (void)o->join(v->object[0], CT_FOREVER));
}

static void play_queue_many(struct visit *v, unsigned side)
{
    const struct ct_queue_ops *o = v->ops;
    void *q = v->object[0];
    uint64_t items[MANY] = {0};
    size_t got;
    int error;
    for (unsigned i = 0; o->push_many && i < ITEMS; i++) {
        COUNT("push_many", got = o->push_many(q, items, MANY, sizeof *items));
        if (o->task_done && o->join && got > 0)
            COUNT("join", error = o->join(q, ct_now_ns() + (i == 0 ? ALLOCATION_SHORT_NS : 0)));
        COUNT("pop_many", got = o->pop_many(q, items, MANY, sizeof *items));
        for (; o->task_done && got > 0; got--)
            COUNT("task_done", o->task_done(q));
    }
    for (unsigned i = 0; o->capacity(q) == UINT32_MAX && i < GROWTH; i++)
        COUNT("push, growing", error = o->try_push(q, items, sizeof *items));
    for (unsigned i = 0; o->capacity(q) == UINT32_MAX && i < GROWTH; i++)
        COUNT("pop, grown", error = o->try_pop(q, items, sizeof *items));
    if (o->close)
        COUNT("close", o->close(q));
    (void)error;
}

static void run_queue(struct visit *v)
{
    const struct ct_queue_ops *o = v->ops;
    bool bounded = strcmp(v->impl->kind, "unbounded_queue") != 0;
    if (o->init(v->object[0], bounded ? CAPACITY : ROOM, sizeof(uint64_t)) != 0)
        ct_panic("queue init", ENOMEM);
    visit_both(v, play_queue);
    visit_alone(v, play_queue_many);
    o->destroy(v->object[0]);
}

static void fire(void *visit, uint64_t late_ns)
{
    (void)late_ns;
    called(visit);
}

static void play_timer(struct visit *v, unsigned side)
{
    const struct ct_timer_ops *o = v->ops;
    void *s = v->object[0], *timer = v->node[side];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        uint64_t far_ns = ct_now_ns() + CT_NS_PER_S * 3600;
        uint32_t fired;
        bool cancelled;
        COUNT("start", (void)o->start(s, timer, far_ns));
        COUNT("start", (void)o->start(s, timer, far_ns + i));
        COUNT("restart", (void)o->restart(s, timer, far_ns - i));
        COUNT("cancel", cancelled = o->cancel(s, timer));
        COUNT("restart", (void)o->restart(s, timer, far_ns));
        fired = ct_u32_load_acquire(&v->mark);
        COUNT("start", (void)o->start(s, timer, ct_now_ns() + ALLOCATION_SHORT_NS));
        visit_await(v, fired + 1); /* the other side's may do */
        COUNT("cancel", cancelled = o->cancel(s, timer));
        (void)cancelled;
    }
}

static void run_timer(struct visit *v)
{
    const struct ct_timer_ops *o = v->ops;
    if (o->init(v->object[0], 2, true) != 0)
        ct_panic("timer init", EAGAIN);
    for (unsigned side = 0; side < 2; side++)
        if (o->open(v->object[0], v->node[side], fire, v) != 0)
            ct_panic("timer open", EAGAIN);
    visit_nap(ALLOCATION_HOLD_NS); /* its threads have begun */
    visit_both(v, play_timer);
    for (unsigned side = 0; side < 2; side++)
        o->close(v->object[0], v->node[side]);
    (void)o->shutdown(v->object[0]);
    o->destroy(v->object[0]);
}

static int run_until_stopped(void *visit)
{
    struct visit *v = visit;
    const struct ct_thread_ops *o = v->ops;
    while (!o->stop_requested(v->object[0]))
        visit_nap(ALLOCATION_SHORT_NS);
    return 0;
}

static void play_thread(struct visit *v, unsigned side)
{
    const struct ct_thread_ops *o = v->ops;
    void *t = v->object[0];
    uint32_t cpu = (uint32_t)sched_getcpu();
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        bool answer;
        int error, result;
        COUNT("start", error = o->start(t, run_until_stopped, v));
        if (error != 0)
            ct_panic("thread start", error);
        COUNT("is_alive", answer = o->is_alive(t));
        if (o->set_name) {
            COUNT("set_name", error = o->set_name(t, "visited"));
            COUNT("set_cpus", error = o->set_cpus(t, &cpu, 1));
        }
        if (o->timedjoin)
            COUNT("timedjoin", error = o->timedjoin(t, &result, i % 2 * ct_now_ns()));
        if (i % 2 != 0)
            COUNT("detach", error = o->detach(t));
        COUNT("request_stop", o->request_stop(t));
        COUNT("stop_requested", answer = o->stop_requested(t));
        if (i % 2 == 0)
            COUNT("join", error = o->join(t, &result));
        while (o->is_alive(t))
            visit_nap(ALLOCATION_SHORT_NS);
        (void)answer;
    }
}

static int run_nothing(void *nothing)
{
    (void)nothing;
    visit_nap(ALLOCATION_HOLD_NS);
    return 0;
}

/* More than libc keeps stacks for: it must make some. */
static void play_crowd(struct visit *v, unsigned side)
{
    const struct ct_thread_ops *o = v->ops;
    unsigned char *t[CROWD];
    int error;
    for (unsigned i = 0; i < CROWD; i++) {
        t[i] = v->object[1] + i * v->impl->size_bytes;
        COUNT("start", error = o->start(t[i], run_nothing, NULL));
        if (error != 0)
            ct_panic("thread start", error);
    }
    for (unsigned i = 0; i < CROWD; i++)
        COUNT("join", error = o->join(t[i], NULL));
}

static void run_thread(struct visit *v)
{
    visit_alone(v, play_crowd);
    visit_alone(v, play_thread);
}

static void play_thread_local(struct visit *v, unsigned side)
{
    const struct ct_thread_local_ops *o = v->ops;
    void *value;
    int error;
    COUNT("get, first", value = o->get(v->object[0]));
    if (value != v)
        ct_panic("thread_local get", EINVAL);
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        COUNT("get", value = o->get(v->object[0]));
        COUNT("set", error = o->set(v->object[0], NULL));
        COUNT("open", error = o->open(v->object[0], v));
        COUNT("refused", error = o->open(v->object[0], v));
    }
    (void)error;
}

static void *same(void *context)
{
    return context;
}

static void run_thread_local(struct visit *v)
{
    const struct ct_thread_local_ops *o = v->ops;
    if (o->init(v->object[0], same, NULL, v) != 0)
        ct_panic("thread_local init", EAGAIN);
    visit_both(v, play_thread_local);
    o->destroy(v->object[0]);
}

static int task(void *argument, void **value)
{
    called(argument);
    *value = NULL;
    return 0;
}

static int item(void *argument, void **value)
{
    (void)argument;
    *value = NULL;
    return 0;
}

/* Submits one more and waits for it, in a worker of the pool. */
static int task_forks(void *visit, void **value)
{
    struct visit *v = visit;
    const struct ct_thread_pool_ops *o = v->ops;
    struct ct_future child;
    if (o->submit(v->object[0], &child, task, v) == 0)
        o->wait(v->object[0], &child);
    return task(visit, value);
}

static void play_thread_pool(struct visit *v, unsigned side)
{
    const struct ct_thread_pool_ops *o = v->ops;
    void *p = v->object[0];
    struct ct_future f[ALLOCATION_OBJECTS];
    for (unsigned i = 0; i < ALLOCATION_ROUNDS; i++) {
        char items[ALLOCATION_OBJECTS];
        size_t failed;
        int error;
        bool cancelled;
        for (unsigned k = 0; k < ALLOCATION_OBJECTS; k++)
            COUNT("submit", error = o->submit(p, &f[k], o->helps && k == 0 ? task_forks : task, v));
        COUNT("cancel", cancelled = o->cancel(p, &f[1]));
        COUNT("timedwait", error = o->timedwait(p, &f[0], visit_deadline_ns(i)));
        for (unsigned k = 0; k < ALLOCATION_OBJECTS; k++) {
            COUNT("wait", o->wait(p, &f[k]));
            COUNT("result", error = o->result(p, &f[k], NULL));
        }
        COUNT("map", error = o->map(p, item, items, 1, sizeof items, &failed));
        (void)cancelled;
        (void)error;
    }
    for (unsigned i = 0; i < CT_THREAD_POOL_TASKS + 2; i++)
        COUNT("submit, full", (void)o->submit(p, NULL, item, NULL));
}

static void run_thread_pool(struct visit *v)
{
    const struct ct_thread_pool_ops *o = v->ops;
    if (o->init(v->object[0], 2, NULL) != 0)
        ct_panic("thread_pool init", EAGAIN);
    visit_nap(ALLOCATION_HOLD_NS);
    visit_both(v, play_thread_pool);
    (void)o->shutdown(v->object[0], CT_THREAD_POOL_DRAIN);
    if (o->destroy)
        o->destroy(v->object[0]);
}

const struct visit_kind visit_services[] = {
    {"spsc_queue", run_queue},        {"mpmc_queue", run_queue},
    {"unbounded_queue", run_queue},   {"timer", run_timer},
    {"thread", run_thread},           {"thread_local", run_thread_local},
    {"thread_pool", run_thread_pool}, {NULL, NULL},
};
