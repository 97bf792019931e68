// SPDX-License-Identifier: MIT
/* condition.c - the contract of contend/condition.h, as far as a few threads can show it for certain;
   what only many interleavings show is the stress tests' and the model's. */
#include "condition_fixture.h"

#include <signal.h>
#include <string.h>

enum { CONDITION_DESTROY = 1, CONDITION_EXACT = 2, CONDITION_ANY_MUTEX = 4 };
enum { FEW = 5, TURNS = 20 };

static const uint64_t MS_NS = 1000000;
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */

/* Defined where the program is built with ThreadSanitizer. */
extern void __tsan_init(void) __attribute__((weak));

static struct meeting make(const void *table)
{
    const struct ct_condition_ops *ops = table;
    return meeting_make(ops, meeting_mutex(ops));
}

static void start(struct meeting *g, struct attendee *a, bool until_go)
{
    for (unsigned i = 0; i < CONDITION_WAITERS; i++) {
        a[i] = (struct attendee){.g = g, .thread = i + 1, .until_go = until_go};
        attendee_start(&a[i]);
    }
}

static void join(struct attendee *a)
{
    for (unsigned i = 0; i < CONDITION_WAITERS; i++)
        attendee_join(&a[i]);
}

static void let_go(struct meeting *g)
{
    meeting_lock(g);
    g->go = true;
    meeting_broadcast(g);
    meeting_unlock(g);
}

static void test_traits(const void *table)
{
    const struct ct_condition_ops *o = table;
    CONTRACT(o->impl.traits & CT_TIMED);
    CONTRACT(o->init && o->wait && o->timedwait && o->signal && o->signal_many && o->broadcast);
    CONTRACT(o->impl.node_bytes == 0);
    CONTRACT(o->mutex && meeting_mutex(o));
}

static void test_nobody(const void *ops)
{
    struct meeting g = make(ops);
    for (int i = 0; i < FEW; i++) {
        meeting_signal(&g);
        meeting_signal_many(&g, 0);
        meeting_signal_many(&g, FEW);
        meeting_broadcast(&g);
    }
    struct attendee a = {.g = &g, .thread = 1, .until_go = true};
    attendee_start(&a);
    CONTRACT(meeting_returned(&g) == 0);
    let_go(&g);
    attendee_join(&a);
    meeting_unmake(&g);
}

static void test_signal(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a[CONDITION_WAITERS];
    start(&g, a, false);
    for (unsigned i = 1; i <= CONDITION_WAITERS; i++) {
        meeting_lock(&g);
        meeting_signal(&g);
        meeting_unlock(&g);
        meeting_await(&g, i);
    }
    join(a);
    meeting_unmake(&g);
}

static void test_signal_without_mutex(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a[CONDITION_WAITERS];
    start(&g, a, true);
    meeting_lock(&g);
    g.go = true;
    meeting_unlock(&g);
    for (unsigned i = 1; i <= CONDITION_WAITERS; i++) {
        meeting_signal(&g);
        meeting_await(&g, i);
    }
    join(a);
    meeting_unmake(&g);
}

static void test_signal_many(const void *ops)
{
    for (uint32_t n = 1; n <= CONDITION_WAITERS; n++) {
        struct meeting g = make(ops);
        struct attendee a[CONDITION_WAITERS];
        start(&g, a, false);
        meeting_signal_many(&g, n);
        meeting_await(&g, n);
        meeting_signal_many(&g, CONDITION_WAITERS + 1);
        meeting_await(&g, CONDITION_WAITERS);
        join(a);
        meeting_unmake(&g);
    }
}

static void test_exact(const void *ops)
{
    for (uint32_t n = 0; n <= CONDITION_WAITERS; n++) {
        struct meeting g = make(ops);
        struct attendee a[CONDITION_WAITERS];
        start(&g, a, false);
        if (n == 1)
            meeting_signal(&g);
        else
            meeting_signal_many(&g, n);
        meeting_await(&g, n);
        CONTRACT(meeting_returned(&g) == n);
        meeting_broadcast(&g);
        join(a);
        meeting_unmake(&g);
    }
}

static void test_order(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a[CONDITION_WAITERS];
    start(&g, a, false);
    for (unsigned i = 1; i <= CONDITION_WAITERS; i++) {
        meeting_signal(&g);
        meeting_await(&g, i);
    }
    join(a);
    for (unsigned i = 0; i < CONDITION_WAITERS; i++)
        CONTRACT(a[i].order == i + 1);
    meeting_unmake(&g);
}

static void test_broadcast(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a[CONDITION_WAITERS];
    start(&g, a, false);
    meeting_broadcast(&g);
    join(a);
    CONTRACT(g.returned == CONDITION_WAITERS);
    meeting_unmake(&g);
}

static void test_gives_up_and_takes_again(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a = {.g = &g, .thread = 1, .until_go = true};
    attendee_start(&a); /* so the mutex was free after it was seen to wait */
    meeting_lock(&g);
    g.go = true;
    meeting_broadcast(&g);
    struct timespec t;
    nanosleep(ct_timespec(&t, 2 * MS_NS), NULL);
    CONTRACT(g.returned == 0); /* this thread holds the mutex */
    meeting_unlock(&g);
    attendee_join(&a);
    CONTRACT(g.returned == 1);
    meeting_unmake(&g);
}

static void test_timedwait_times_out(const void *ops)
{
    struct meeting g = make(ops);
    uint64_t begin_ns = ct_now_ns();
    const uint64_t deadlines_ns[] = {0, 1, begin_ns, begin_ns + 20 * MS_NS};
    for (size_t i = 0; i < sizeof deadlines_ns / sizeof *deadlines_ns; i++) {
        int error;
        meeting_lock(&g);
        do
            error = meeting_timedwait(&g, deadlines_ns[i]);
        while (error == 0 && !g.ops->exact);
        CONTRACT(error == ETIMEDOUT);
        CONTRACT(ct_now_ns() >= deadlines_ns[i]);
        CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
        meeting_unlock(&g); /* it was held, or this would not end well */
    }
    /* who gave up left nothing behind */
    struct attendee a = {.g = &g, .thread = 1, .until_go = true};
    attendee_start(&a);
    meeting_lock(&g);
    g.go = true;
    meeting_unlock(&g);
    meeting_signal(&g);
    attendee_join(&a);
    meeting_unmake(&g);
}

static void test_timedwait_is_woken(const void *ops)
{
    const uint64_t deadlines_ns[] = {ct_now_ns() + 4 * LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof deadlines_ns / sizeof *deadlines_ns; i++) {
        struct meeting g = make(ops);
        struct attendee a = {
            .g = &g, .thread = 1, .until_go = true, .deadline_ns = deadlines_ns[i]};
        attendee_start(&a);
        let_go(&g);
        attendee_join(&a);
        CONTRACT(a.error == 0);
        meeting_unmake(&g);
    }
}

/* The one in the middle gives up: the others are woken as if it had not been there. */
static void test_timeout_leaves_others(const void *ops)
{
    struct meeting g = make(ops);
    struct attendee a[CONDITION_WAITERS];
    for (unsigned i = 0; i < CONDITION_WAITERS; i++) {
        a[i] = (struct attendee){.g = &g, .thread = i + 1, .until_go = true};
        if (i == 1)
            a[i].deadline_ns = ct_now_ns() + 20 * MS_NS;
        attendee_start(&a[i]);
    }
    meeting_await(&g, 1);
    CONTRACT(a[1].error == ETIMEDOUT && a[1].order == 1);
    meeting_lock(&g);
    g.go = true;
    meeting_unlock(&g);
    meeting_signal_many(&g, CONDITION_WAITERS - 1);
    meeting_await(&g, CONDITION_WAITERS);
    join(a);
    meeting_unmake(&g);
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void test_signals_do_not_end_it(const void *ops)
{
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    struct meeting g = make(ops);
    struct attendee a = {.g = &g, .thread = 1, .until_go = !g.ops->exact};
    struct timespec t;
    sigaction(SIGUSR1, &action, &before);
    attendee_start(&a);
    for (int i = 0; i < FEW; i++) {
        nanosleep(ct_timespec(&t, MS_NS), NULL);
        pthread_kill(a.id, SIGUSR1);
    }
    CONTRACT(meeting_returned(&g) == 0);
    let_go(&g);
    attendee_join(&a);
    sigaction(SIGUSR1, &before, NULL);
    meeting_unmake(&g);
}

static void test_destroy_after_broadcast(const void *ops)
{
    for (unsigned round = 0; round < FEW; round++) {
        struct meeting g = make(ops);
        struct attendee a[CONDITION_WAITERS];
        start(&g, a, true);
        if (g.ops->impl.traits & CT_LATE) {
            let_go(&g);
            join(a);
        } else {
            meeting_lock(&g);
            g.go = true;
            meeting_broadcast(&g);
            if (round % 2 == 0)
                meeting_unlock(&g);
            meeting_destroy(&g); /* they may still be on their way out, or in want of the mutex */
            memset(g.c, (int)round, g.ops->impl.size_bytes);
            if (round % 2 != 0)
                meeting_unlock(&g);
            join(a);
            meeting_init(&g);
        }
        meeting_unmake(&g);
    }
}

/* Two threads take turns, the main one and a waiter; then one wait that times out. */
static void *take_turns(void *argument)
{
    struct attendee *a = argument;
    struct ct_held held = meeting_held(a->g, a->thread);
    held.ops->lock(held.m, held.node);
    for (unsigned i = 0; i < TURNS; i++) {
        while (a->g->waited % 2 != a->thread)
            a->g->ops->wait(a->g->c, &held);
        a->g->waited++;
        a->g->ops->signal(a->g->c);
    }
    held.ops->unlock(held.m, held.node);
    return NULL;
}

static void use_with(const struct ct_condition_ops *ops, const struct ct_mutex_ops *mutex)
{
    struct meeting g = meeting_make(ops, mutex);
    struct attendee own = {.g = &g}, other = {.g = &g, .thread = 1};
    if (pthread_create(&other.id, NULL, take_turns, &other) != 0)
        ct_panic("pthread_create", EAGAIN);
    take_turns(&own);
    pthread_join(other.id, NULL);
    CONTRACT(g.waited == 2 * TURNS);
    meeting_lock(&g);
    CONTRACT(meeting_timedwait(&g, 1) == ETIMEDOUT || !ops->exact);
    meeting_unlock(&g);
    meeting_unmake(&g);
}

static void test_any_mutex(const void *table)
{
    const struct ct_condition_ops *ops = table;
    unsigned used = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if (strcmp((*i)->kind, "mutex") != 0 || (__tsan_init && ((*i)->traits & CT_OPAQUE)))
            continue;
        use_with(ops, (const struct ct_mutex_ops *)(const void *)*i);
        used++;
    }
    CONTRACT(used > 1);
}

static unsigned offers(const void *table)
{
    const struct ct_condition_ops *o = table;
    return (o->destroy ? CONDITION_DESTROY : 0u) | (o->exact ? CONDITION_EXACT : 0u) |
           (o->any_mutex ? CONDITION_ANY_MUTEX : 0u);
}

static const struct contract_operation operations[] = {
    {CONDITION_DESTROY, "destroy"},
    {CONDITION_EXACT, "exact"},
    {CONDITION_ANY_MUTEX, "any-mutex"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"a signal that nobody waits for is not kept", 0, NULL, test_nobody},
    {"each signal wakes one more", 0, NULL, test_signal},
    {"a signal needs no mutex", 0, NULL, test_signal_without_mutex},
    {"a signal to n wakes n", 0, NULL, test_signal_many},
    {"a signal to n wakes no more than n", CONDITION_EXACT, NULL, test_exact},
    {"signals wake in the order of the waits", CONDITION_EXACT, NULL, test_order},
    {"a broadcast wakes all", 0, NULL, test_broadcast},
    {"wait gives the mutex up and takes it again", 0, NULL, test_gives_up_and_takes_again},
    {"timedwait gives up at its deadline, not before", 0, NULL, test_timedwait_times_out},
    {"timedwait is woken whatever the deadline", 0, NULL, test_timedwait_is_woken},
    {"who times out takes nothing with it", 0, NULL, test_timeout_leaves_others},
    {"signals of the system do not wake", 0, NULL, test_signals_do_not_end_it},
    {"destroy may follow a broadcast at once", CONDITION_DESTROY, NULL,
     test_destroy_after_broadcast},
    {"it works with every mutex", CONDITION_ANY_MUTEX, NULL, test_any_mutex},
    {"it gives up a recursive mutex whole, and takes it whole", CONDITION_ANY_MUTEX, NULL,
     condition_test_rmutex},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_condition = {
    .kind = "condition",
    .required = "init wait timedwait signal signal_many broadcast",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = condition_special_tests,
};
