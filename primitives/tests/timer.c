// SPDX-License-Identifier: MIT
/* timer.c - the contract of contend/timer.h, as far as a few threads can show it for certain; what only many
   interleavings show is the stress tests' and the model's. */
#include "timer_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { TIMER_SERVE = 1, MANY = 200, OVERLAPS_MAX = 20 };

static const uint64_t YEAR_NS = 365 * UINT64_C(24) * 3600 * CT_NS_PER_S;

static void test_traits(const void *ops)
{
    const struct ct_timer_ops *o = ops;
    CONTRACT(o->impl.traits & CT_TIMED);
    CONTRACT(o->init && o->destroy && o->open && o->close && o->start && o->restart && o->cancel &&
             o->shutdown);
    CONTRACT(o->impl.node_bytes > 0 && o->impl.node_bytes <= CT_TIMER_NODE_BYTES_MAX);
    CONTRACT(ct_timer_deadline(5, 7) == 12);
    CONTRACT(ct_timer_deadline(5, CT_FOREVER) == CT_FOREVER);
}

static void test_init_errors(const void *ops)
{
    struct service service = service_make(ops, 1, true);
    struct shot x, y;
    shot_open(&service, &x);
    memset(&y, 0, sizeof y);
    CONTRACT(service.ops->open(service.s, y.node, shot_fire, &y) == EAGAIN);
    shot_close(&x);
    shot_open(&service, &y);
    CONTRACT(service_unmake(&service) == 0);
    service = service_make(ops, 1, true);
    CONTRACT(service_unmake(&service) == 0);
    void *s = malloc(service.ops->impl.size_bytes);
    CONTRACT(s && service.ops->init(s, 0, true) == EINVAL);
    CONTRACT(service.ops->serve || service.ops->init(s, 1, false) == EINVAL);
    free(s);
}

static void test_fires_once(const void *ops)
{
    struct service service = service_make(ops, 1, true);
    struct shot x;
    shot_open(&service, &x);
    uint64_t begin_ns = ct_now_ns();
    CONTRACT(shot_start(&x, begin_ns + 5 * MS) == 0);
    await(&x, 1);
    CONTRACT(x.at_ns >= begin_ns + 5 * MS);
    CONTRACT(!shot_cancel(&x)); /* too late, and nothing happens */
    nap(10 * MS);
    CONTRACT(ct_u32_load_acquire(&x.fired) == 1);
    CONTRACT(ct_u32_load_relaxed(&x.early) == 0);
    CONTRACT(!service.ops->restart(service.s, x.node, 0));
    CONTRACT(shot_start(&x, ct_now_ns() + MS) == 0);
    await(&x, 2);
    shot_close(&x);
    CONTRACT(service_unmake(&service) == 0);
}

static void test_cancelled_before(const void *ops)
{
    struct service service = service_make(ops, 1, true);
    struct shot x;
    shot_open(&service, &x);
    CONTRACT(!shot_cancel(&x)); /* never started */
    CONTRACT(shot_start(&x, ct_now_ns() + 20 * MS) == 0);
    CONTRACT(shot_cancel(&x));
    CONTRACT(!shot_cancel(&x));
    nap(30 * MS);
    CONTRACT(ct_u32_load_acquire(&x.fired) == 0);
    shot_close(&x);
    CONTRACT(service_unmake(&service) == 0);
}

static void test_past_and_far(const void *ops)
{
    struct service service = service_make(ops, 3, true);
    struct shot past, never, far;
    shot_open(&service, &past);
    shot_open(&service, &never);
    shot_open(&service, &far);
    CONTRACT(shot_start(&never, CT_FOREVER) == 0);
    CONTRACT(shot_start(&far, CT_FOREVER - 1) == 0);
    CONTRACT(shot_start(&past, 0) == 0);
    await(&past, 1);
    CONTRACT(shot_start(&past, 1) == 0);
    await(&past, 2);
    CONTRACT(past.late_ns >= past.at_ns - CT_NS_PER_S);
    CONTRACT(shot_start(&far, ct_timer_deadline(ct_now_ns(), 300 * YEAR_NS)) == 0);
    nap(5 * MS);
    CONTRACT(ct_u32_load_acquire(&never.fired) == 0 && ct_u32_load_acquire(&far.fired) == 0);
    CONTRACT(shot_cancel(&never));
    CONTRACT(shot_start(&far, ct_now_ns()) == 0);
    await(&far, 1);
    CONTRACT(service_unmake(&service) == 0);
}

static void test_restart(const void *ops)
{
    struct service service = service_make(ops, 2, true);
    struct shot later, sooner;
    shot_open(&service, &later);
    shot_open(&service, &sooner);
    uint64_t begin_ns = ct_now_ns();
    CONTRACT(shot_start(&later, begin_ns + 200 * MS) == 0);
    CONTRACT(shot_start(&sooner, begin_ns + YEAR_NS) == 0);
    later.deadline_ns = begin_ns + 250 * MS;
    CONTRACT(service.ops->restart(service.s, later.node, later.deadline_ns));
    sooner.deadline_ns = begin_ns + MS;
    CONTRACT(service.ops->restart(service.s, sooner.node, sooner.deadline_ns));
    await(&sooner, 1);
    CONTRACT(sooner.at_ns < begin_ns + YEAR_NS);
    await(&later, 1);
    CONTRACT(later.at_ns >= begin_ns + 250 * MS);
    CONTRACT(shot_start(&later, ct_now_ns() + YEAR_NS) == 0); /* a start restarts, too */
    CONTRACT(shot_start(&later, ct_now_ns()) == 0);
    await(&later, 2);
    CONTRACT(ct_u32_load_relaxed(&later.early) == 0 && ct_u32_load_relaxed(&sooner.early) == 0);
    CONTRACT(service_unmake(&service) == 0);
}

static void test_own_function(const void *ops)
{
    struct service service = service_make(ops, 1, true);
    struct shot x;
    shot_open(&service, &x);
    x.cancels = true;
    CONTRACT(shot_start(&x, ct_now_ns()) == 0);
    await(&x, 1);
    CONTRACT(!x.cancelled);
    x.restarts = true; /* and cancelled before it returns */
    CONTRACT(shot_start(&x, ct_now_ns()) == 0);
    await(&x, 2);
    CONTRACT(x.cancelled);
    CONTRACT(!shot_cancel(&x));
    x.restarts = true;
    x.cancels = false;
    CONTRACT(shot_start(&x, ct_now_ns()) == 0);
    await(&x, 4);
    CONTRACT(!shot_cancel(&x));
    CONTRACT(ct_u32_load_acquire(&x.fired) == 4 && ct_u32_load_relaxed(&x.early) == 0);
    CONTRACT(service_unmake(&service) == 0);
}

static void *let_go(void *argument)
{
    struct shot *x = argument;
    nap(20 * MS);
    ct_u32_store_release(&x->let_go, 1);
    return NULL;
}

/* Has it fired while a cancel waited? Another cancel finds it as the first has left it. */
static void test_cancel_waits(const void *ops)
{
    for (int restarts = 0; restarts < 2; restarts++) {
        struct service service = service_make(ops, 1, true);
        struct shot x;
        pthread_t thread;
        shot_open(&service, &x);
        x.blocks = true;
        x.restarts = restarts;
        CONTRACT(shot_start(&x, ct_now_ns()) == 0);
        while (ct_u32_load_acquire(&x.entered) == 0)
            nap(MS / 10);
        if (pthread_create(&thread, NULL, let_go, &x) != 0)
            ct_panic("pthread_create", EAGAIN);
        CONTRACT(shot_cancel(&x) == (restarts != 0));
        CONTRACT(ct_u32_load_relaxed(&x.fired) == 1);
        pthread_join(thread, NULL);
        nap(MS);
        CONTRACT(!shot_cancel(&x));
        CONTRACT(ct_u32_load_relaxed(&x.fired) == 1);
        shot_close(&x);
        CONTRACT(service_unmake(&service) == 0);
    }
}

/* How long three waits of 33, 67 and 100 ms took together. */
static uint64_t overlapped_ns(struct service *service)
{
    struct shot x[3];
    uint64_t begin_ns = ct_now_ns(), last_ns = 0;
    for (int i = 0; i < 3; i++) {
        shot_open(service, &x[i]);
        CONTRACT(shot_start(&x[i], begin_ns + (uint64_t)(3 - i) * 100 / 3 * MS) == 0);
    }
    for (int i = 0; i < 3; i++) {
        await(&x[i], 1);
        last_ns = x[i].at_ns > last_ns ? x[i].at_ns : last_ns;
        shot_close(&x[i]);
    }
    return last_ns - begin_ns;
}

static void test_overlapped(const void *ops)
{
    struct service service = service_make(ops, 3, true);
    uint64_t took_ns = UINT64_MAX;
    /* the longest wait, not their sum of 199 ms; a busy machine may be late, but not each time */
    for (int i = 0; i < OVERLAPS_MAX && took_ns >= 190 * MS; i++) {
        took_ns = overlapped_ns(&service);
        CONTRACT(took_ns >= 100 * MS);
    }
    CONTRACT(took_ns < 190 * MS);
    CONTRACT(service_unmake(&service) == 0);
}

/* In any order; of each other one the deadline is moved, every fifth is cancelled. */
static void test_many(const void *ops)
{
    struct service service = service_make(ops, MANY, true);
    struct shot *x = aligned_alloc(_Alignof(struct shot), MANY * sizeof *x);
    if (!x)
        ct_panic("aligned_alloc", ENOMEM);
    uint64_t begin_ns = ct_now_ns() + 10 * MS;
    for (uint64_t i = 0; i < MANY; i++) {
        shot_open(&service, &x[i]);
        CONTRACT(shot_start(&x[i], begin_ns + YEAR_NS + i * 7919 % MANY) == 0);
    }
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t deadline_ns = begin_ns + i * 104729 % MANY * (MS / 20);
        x[i].deadline_ns = deadline_ns;
        if (i % 5 == 4)
            CONTRACT(shot_cancel(&x[i]));
        else if (i % 2 == 0)
            CONTRACT(service.ops->restart(service.s, x[i].node, deadline_ns));
        else
            CONTRACT(shot_start(&x[i], deadline_ns) == 0);
    }
    for (int i = 0; i < MANY; i++)
        if (i % 5 != 4)
            await(&x[i], 1);
    nap(MS);
    for (int i = 0; i < MANY; i++) {
        CONTRACT(ct_u32_load_acquire(&x[i].fired) == (i % 5 != 4));
        CONTRACT(ct_u32_load_relaxed(&x[i].early) == 0);
        shot_close(&x[i]);
    }
    CONTRACT(service_unmake(&service) == 0);
    free(x);
}

static void test_shutdown(const void *ops)
{
    struct service service = service_make(ops, 4, true);
    struct shot x[4], unopened = {.of = &service};
    for (int i = 0; i < 4; i++)
        shot_open(&service, &x[i]);
    x[0].blocks = true;
    ct_u32_store_relaxed(&x[0].let_go, 0);
    CONTRACT(shot_start(&x[1], ct_now_ns() + YEAR_NS) == 0);
    CONTRACT(shot_start(&x[2], ct_now_ns() + 2000 * MS) == 0);
    CONTRACT(shot_start(&x[0], ct_now_ns()) == 0);
    while (ct_u32_load_acquire(&x[0].entered) == 0)
        nap(MS / 10);
    x[2].deadline_ns = CT_FOREVER;
    CONTRACT(service.ops->restart(service.s, x[2].node, CT_FOREVER));
    pthread_t thread;
    if (pthread_create(&thread, NULL, let_go, &x[0]) != 0)
        ct_panic("pthread_create", EAGAIN);
    CONTRACT(service.ops->shutdown(service.s) == 2);
    CONTRACT(ct_u32_load_relaxed(&x[0].fired) == 1);
    CONTRACT(shot_start(&x[3], 0) == ECANCELED);
    CONTRACT(!service.ops->restart(service.s, x[1].node, 0));
    CONTRACT(!shot_cancel(&x[1]));
    CONTRACT(service.ops->open(service.s, unopened.node, shot_fire, &unopened) == ECANCELED);
    CONTRACT(service.ops->shutdown(service.s) == 0);
    shot_close(&x[1]); /* allowed, not needed */
    pthread_join(thread, NULL);
    CONTRACT(service_unmake(&service) == 0);
    CONTRACT(ct_u32_load_relaxed(&x[1].fired) == 0 && ct_u32_load_relaxed(&x[2].fired) == 0);
}

static void *serve(void *argument)
{
    struct service *service = argument;
    return (void *)(intptr_t)service->ops->serve(service->s);
}

static void test_serve(const void *ops)
{
    struct service service = service_make(ops, 2, false);
    struct shot x;
    pthread_t thread;
    void *returned;
    shot_open(&service, &x);
    CONTRACT(shot_start(&x, ct_now_ns()) == 0);
    nap(2 * MS);
    CONTRACT(ct_u32_load_relaxed(&x.fired) == 0);
    if (pthread_create(&thread, NULL, serve, &service) != 0)
        ct_panic("pthread_create", EAGAIN);
    await(&x, 1);
    CONTRACT(pthread_equal(x.thread, thread));
    CONTRACT(service.ops->serve(service.s) == EBUSY);
    CONTRACT(service.ops->shutdown(service.s) == 0);
    pthread_join(thread, &returned);
    CONTRACT(returned == NULL);
    CONTRACT(service.ops->serve(service.s) == 0);
    CONTRACT(service_unmake(&service) == 0);
    service = service_make(ops, 1, true);
    CONTRACT(service.ops->serve(service.s) == EBUSY);
    CONTRACT(service_unmake(&service) == 0);
}

static unsigned offers(const void *ops)
{
    const struct ct_timer_ops *o = ops;
    return o->serve ? TIMER_SERVE : 0u;
}

static const struct contract_operation operations[] = {{TIMER_SERVE, "serve"}, {0, NULL}};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"init and open refuse what they cannot do", 0, NULL, test_init_errors},
    {"fires once after its delay; a cancel after that does nothing", 0, NULL, test_fires_once},
    {"a timer that was cancelled before never fires", 0, NULL, test_cancelled_before},
    {"deadlines in the past, in years, and never", 0, NULL, test_past_and_far},
    {"restart moves the deadline, later or sooner", 0, NULL, test_restart},
    {"a function restarts and cancels its own timer", 0, NULL, test_own_function},
    {"cancel waits for the function, and stops its restart", 0, NULL, test_cancel_waits},
    {"three waits end after the longest", 0, NULL, test_overlapped},
    {"many timers, moved and cancelled", 0, NULL, test_many},
    {"shutdown counts what was armed, and nothing fires after", 0, NULL, test_shutdown},
    {"a caller serves until shutdown", TIMER_SERVE, NULL, test_serve},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_timer = {
    .kind = "timer",
    .required = "init destroy open close start restart cancel shutdown",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
