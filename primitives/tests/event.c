// SPDX-License-Identifier: MIT
/* event.c - the contract of contend/event.h, as far as a few threads can show it for certain; what only
   many interleavings show is the stress tests' and the model's. */
#include "event_fixture.h"

#include <signal.h>

enum { EVENT_MANUAL = 1, EVENT_AUTO = 2, EVENT_DESTROY = 4, EVENT_TIMEDWAIT = 8 };
enum { ROUNDS = 40000, HANDOVERS = 200, FEW = 5, PULSES = 9 };

static const uint64_t MS = 1000000;
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static const uint64_t SETTLE_NS = 10000000;      /* time to do what must not be done */

static void test_table(const void *ops)
{
    const struct ct_event_ops *o = ops;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedwait != NULL));
    CONTRACT(o->init || o->init_auto);
    CONTRACT(o->set && o->clear && o->wait && o->is_set);
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_manual(const void *ops)
{
    struct event_subject s = event_make(ops, false);
    CONTRACT(!event_is_set(&s));
    for (int i = 0; i < FEW; i++) {
        event_set(&s);
        CONTRACT(event_is_set(&s));
        event_set(&s); /* no more than set */
        event_wait_for(&s);
        event_wait_for(&s);
        CONTRACT(event_is_set(&s));
        event_clear(&s);
        CONTRACT(!event_is_set(&s));
        event_clear(&s); /* no less than clear */
        CONTRACT(!event_is_set(&s));
    }
    event_unmake(&s);
}

static void test_auto(const void *ops)
{
    struct event_subject s = event_make(ops, true);
    CONTRACT(!event_is_set(&s));
    for (int i = 0; i < FEW; i++) {
        event_set(&s);
        CONTRACT(event_is_set(&s));
        event_set(&s); /* nobody took the first: one set */
        event_wait_for(&s);
        CONTRACT(!event_is_set(&s));
        event_set(&s);
        event_clear(&s);
        CONTRACT(!event_is_set(&s));
        event_clear(&s);
        CONTRACT(!event_is_set(&s));
    }
    event_unmake(&s);
}

static void many_rounds(const void *ops, bool auto_reset)
{
    struct event_subject s = event_make(ops, auto_reset);
    errno = FENCED_ERRNO;
    bool always = true;
    for (int i = 0; i < ROUNDS; i++) {
        s.ops->set(s.e);
        always &= s.ops->is_set(s.e);
        s.ops->wait(s.e);
        if (!auto_reset)
            s.ops->clear(s.e);
        always &= !s.ops->is_set(s.e);
    }
    CONTRACT(errno == FENCED_ERRNO);
    CONTRACT(always);
    event_unmake(&s);
}

static void test_manual_rounds(const void *ops)
{
    many_rounds(ops, false);
}

static void test_auto_rounds(const void *ops)
{
    many_rounds(ops, true);
}

static void test_release_all(const void *ops)
{
    struct event_subject s = event_make(ops, false);
    struct event_waiter w[EVENT_WAITERS];
    event_start_all(w, &s);
    fenced_sleep_ns(SETTLE_NS);
    CONTRACT(event_done(w, EVENT_WAITERS) == 0);
    CONTRACT(!event_is_set(&s));
    event_set(&s);
    for (int i = 0; i < EVENT_WAITERS; i++)
        event_join(&w[i]);
    CONTRACT(event_is_set(&s));
    event_unmake(&s);
}

/* Nobody can see that another thread is inside wait already: it had time to be, most of the times. */
static void test_pulse(const void *ops)
{
    unsigned reached = 0;
    for (int i = 0; i < PULSES; i++) {
        struct event_subject s = event_make(ops, false);
        struct event_waiter w = {.s = &s};
        event_start(&w);
        fenced_sleep_ns(SETTLE_NS);
        event_set(&s);
        event_clear(&s);
        uint64_t until_ns = ct_now_ns() + 20 * SETTLE_NS;
        while (event_done(&w, 1) == 0 && ct_now_ns() < until_ns)
            fenced_sleep_ns(MS / 10);
        reached += event_done(&w, 1);
        CONTRACT(!event_is_set(&s));
        event_set(&s); /* for the other times */
        event_join(&w);
        event_unmake(&s);
    }
    CONTRACT(reached > PULSES / 2);
}

static void test_auto_lets_one_through(const void *ops)
{
    struct event_subject s = event_make(ops, true);
    struct event_waiter w[EVENT_WAITERS];
    event_start_all(w, &s);
    for (unsigned n = 1; n <= EVENT_WAITERS; n++) {
        fenced_sleep_ns(SETTLE_NS);
        CONTRACT(event_done(w, EVENT_WAITERS) == n - 1);
        event_set(&s);
        event_await(w, EVENT_WAITERS, n);
        CONTRACT(!event_is_set(&s));
    }
    for (int i = 0; i < EVENT_WAITERS; i++)
        event_join(&w[i]);
    event_unmake(&s);
}

static void handover(const void *ops, bool auto_reset)
{
    struct event_subject s = event_make(ops, auto_reset);
    uint64_t shared = 0;
    for (uint64_t round = 1; round <= HANDOVERS; round++) {
        struct event_waiter w = {.s = &s, .shared = &shared};
        event_start(&w);
        shared = round; /* before the set, so before the waiter's look */
        event_set(&s);
        event_join(&w);
        CONTRACT(w.found == round);
        event_clear(&s);
    }
    event_unmake(&s);
}

static void test_manual_shows_writes(const void *ops)
{
    handover(ops, false);
}

static void test_auto_shows_writes(const void *ops)
{
    handover(ops, true);
}

static bool any_mode(const void *ops)
{
    return ((const struct ct_event_ops *)ops)->init == NULL;
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_end(const void *ops, uint64_t deadline_ns)
{
    struct event_subject s = event_make(ops, any_mode(ops));
    struct event_waiter w = {.s = &s, .deadline_ns = deadline_ns};
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    sigaction(SIGUSR1, &action, &before);
    event_start(&w);
    for (int i = 0; i < FEW; i++) {
        fenced_sleep_ns(2 * MS);
        pthread_kill(w.thread, SIGUSR1);
    }
    fenced_sleep_ns(2 * MS);
    CONTRACT(event_done(&w, 1) == 0);
    event_set(&s);
    event_join(&w);
    sigaction(SIGUSR1, &before, NULL);
    event_unmake(&s);
}

static void test_wait_outlasts_signals(const void *ops)
{
    signals_do_not_end(ops, 0);
}

static void test_timedwait_outlasts_signals(const void *ops)
{
    signals_do_not_end(ops, ct_now_ns() + 2 * LONG_NS);
}

static void test_again_in_same_memory(const void *ops)
{
    struct event_subject s = event_make(ops, any_mode(ops));
    for (int i = 0; i < 3; i++) {
        event_set(&s);
        struct event_waiter w = {.s = &s};
        event_start(&w);
        event_join(&w);
        event_end(&s);
        memset(s.e, i == 0 ? FENCED_FILL : i, s.ops->impl.size_bytes);
        event_begin(&s, any_mode(ops));
        CONTRACT(!event_is_set(&s));
    }
    event_unmake(&s);
}

static void test_several(const void *ops)
{
    struct event_subject a = event_make(ops, any_mode(ops)), b = event_make(ops, any_mode(ops));
    event_set(&a);
    CONTRACT(!event_is_set(&b));
    event_set(&b);
    event_clear(&a);
    CONTRACT(event_is_set(&b) && !event_is_set(&a));
    event_wait_for(&b);
    event_unmake(&a);
    event_unmake(&b);
}

static void test_timedwait_when_set(const void *ops)
{
    for (int auto_reset = 0; auto_reset < 2; auto_reset++) {
        if (!(auto_reset ? ((const struct ct_event_ops *)ops)->init_auto
                         : ((const struct ct_event_ops *)ops)->init))
            continue;
        struct event_subject s = event_make(ops, auto_reset);
        const uint64_t deadlines_ns[] = {
            0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
        for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
            event_set(&s);
            CONTRACT(event_timedwait(&s, deadlines_ns[i]) == 0);
            CONTRACT(event_is_set(&s) == !auto_reset);
        }
        event_unmake(&s);
    }
}

static void test_timedwait_times_out(const void *ops)
{
    struct event_subject s = event_make(ops, any_mode(ops));
    uint64_t begin_ns = ct_now_ns();
    CONTRACT(event_timedwait(&s, 0) == ETIMEDOUT);
    CONTRACT(event_timedwait(&s, begin_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(event_timedwait(&s, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
    /* those that gave up took nothing and left nothing behind */
    CONTRACT(!event_is_set(&s));
    struct event_waiter w = {.s = &s};
    event_start(&w);
    fenced_sleep_ns(SETTLE_NS);
    CONTRACT(event_done(&w, 1) == 0);
    event_set(&s);
    event_join(&w);
    event_unmake(&s);
}

static void test_timedwait_waits(const void *ops)
{
    const uint64_t deadlines_ns[] = {ct_now_ns() + 2 * LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
        struct event_subject s = event_make(ops, any_mode(ops));
        struct event_waiter w = {.s = &s, .deadline_ns = deadlines_ns[i]};
        uint64_t begin_ns = ct_now_ns();
        event_start(&w);
        fenced_sleep_ns(SETTLE_NS);
        CONTRACT(event_done(&w, 1) == 0);
        event_set(&s);
        event_join(&w);
        CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
        event_unmake(&s);
    }
}

static unsigned offers(const void *ops)
{
    const struct ct_event_ops *o = ops;
    return (o->init ? EVENT_MANUAL : 0u) | (o->init_auto ? EVENT_AUTO : 0u) |
           (o->destroy ? EVENT_DESTROY : 0u) | (o->timedwait ? EVENT_TIMEDWAIT : 0u);
}

static const struct contract_operation operations[] = {
    {EVENT_MANUAL, "init"},
    {EVENT_AUTO, "init_auto"},
    {EVENT_TIMEDWAIT, "timedwait"},
    {EVENT_DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_table},
    {"manual reset: set until cleared", EVENT_MANUAL, NULL, test_manual},
    {"auto reset: set until one waited", EVENT_AUTO, NULL, test_auto},
    {"manual reset: any number of times", EVENT_MANUAL, NULL, test_manual_rounds},
    {"auto reset: any number of times", EVENT_AUTO, NULL, test_auto_rounds},
    {"manual reset: a set lets all waiters through", EVENT_MANUAL, NULL, test_release_all},
    {"manual reset: a set that is cleared at once does too", EVENT_MANUAL, NULL, test_pulse},
    {"auto reset: a set lets one waiter through", EVENT_AUTO, NULL, test_auto_lets_one_through},
    {"manual reset: who is let through sees what was written before the set", EVENT_MANUAL, NULL,
     test_manual_shows_writes},
    {"auto reset: who is let through sees what was written before the set", EVENT_AUTO, NULL,
     test_auto_shows_writes},
    {"signals do not end a wait", 0, NULL, test_wait_outlasts_signals},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several keep apart", 0, NULL, test_several},
    {"timedwait on what is set returns 0 whatever the deadline", EVENT_TIMEDWAIT, NULL,
     test_timedwait_when_set},
    {"timedwait gives up at its deadline, not before", EVENT_TIMEDWAIT, NULL,
     test_timedwait_times_out},
    {"timedwait returns 0 when set in time", EVENT_TIMEDWAIT, NULL, test_timedwait_waits},
    {"signals do not end a timed wait", EVENT_TIMEDWAIT, NULL, test_timedwait_outlasts_signals},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_event = {
    .kind = "event",
    .required = "set clear wait is_set",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = event_special_tests,
};
