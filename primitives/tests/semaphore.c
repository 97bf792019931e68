// SPDX-License-Identifier: MIT
/* semaphore.c - the contract of contend/semaphore.h, as far as a few threads can show it for certain;
   what only many interleavings show is the stress tests' and the model's. */
#include "semaphore_fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
    PAIRS = 70000, /* more than a counter of 16 bits holds */
    ROUNDS = 200,
    FEW = 5,
    WAITERS = 3,
};

#define MAX CT_SEMAPHORE_VALUE_MAX

static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static const uint64_t SETTLE_NS = 10 * MS;       /* time to do what must not be done */

static void test_traits(const void *ops)
{
    const struct ct_semaphore_ops *o = ops;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedwait != NULL));
    CONTRACT(o->init && o->wait && o->trywait && o->post && o->value);
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_init(const void *ops)
{
    const uint32_t values[] = {0, 1, FEW, MAX - 1, MAX};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct guarded g = guarded_make(ops, values[i]);
        CONTRACT(guarded_value(&g) == values[i]);
        uint32_t taken = 0;
        while (taken < FEW + 1 && guarded_trywait(&g))
            taken++;
        CONTRACT(taken == (values[i] < FEW + 1 ? values[i] : FEW + 1));
        CONTRACT(guarded_value(&g) == values[i] - taken);
        guarded_unmake(&g);
    }
}

static void test_pairs(const void *ops)
{
    struct guarded g = guarded_make(ops, 1);
    errno = SEMAPHORE_ERRNO;
    int errors = 0;
    for (int i = 0; i < PAIRS; i++) {
        g.ops->wait(g.s);
        errors |= g.ops->post(g.s, 1);
    }
    CONTRACT(errno == SEMAPHORE_ERRNO);
    CONTRACT(errors == 0);
    CONTRACT(guarded_value(&g) == 1);
    guarded_wait(&g);
    CONTRACT(guarded_value(&g) == 0);
    guarded_unmake(&g);
}

static void test_trywait(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    CONTRACT(!guarded_trywait(&g));
    CONTRACT(!guarded_trywait(&g));
    CONTRACT(guarded_value(&g) == 0);
    CONTRACT(guarded_post(&g, 1) == 0);
    CONTRACT(guarded_trywait(&g));
    CONTRACT(!guarded_trywait(&g));
    guarded_unmake(&g);
}

static void test_post_counts(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    uint32_t sum = 0;
    for (uint32_t n = 0; n < FEW; n++) {
        CONTRACT(guarded_post(&g, n) == 0);
        sum += n;
        CONTRACT(guarded_value(&g) == sum);
    }
    for (; sum > 0; sum--)
        guarded_wait(&g);
    CONTRACT(guarded_value(&g) == 0);
    CONTRACT(!guarded_trywait(&g));
    guarded_unmake(&g);
}

static void test_overflow(const void *ops)
{
    struct guarded g = guarded_make(ops, MAX);
    const uint32_t too_many[] = {1, 2, MAX, MAX + 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof(too_many) / sizeof(too_many[0]); i++) {
        CONTRACT(guarded_post(&g, too_many[i]) == EOVERFLOW);
        CONTRACT(guarded_value(&g) == MAX);
    }
    CONTRACT(guarded_post(&g, 0) == 0);
    guarded_wait(&g);
    guarded_wait(&g);
    CONTRACT(guarded_post(&g, 3) == EOVERFLOW);
    CONTRACT(guarded_value(&g) == MAX - 2);
    CONTRACT(guarded_post(&g, 2) == 0);
    CONTRACT(guarded_value(&g) == MAX);
    guarded_unmake(&g);
}

static void test_wait_blocks(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    struct waiter w = {.g = &g};
    waiter_start(&w);
    pass_ns(SETTLE_NS);
    CONTRACT(!waiters_done(&w, 1));
    CONTRACT(guarded_value(&g) == 0);
    CONTRACT(guarded_post(&g, 1) == 0);
    waiter_join(&w);
    CONTRACT(guarded_value(&g) == 0);
    guarded_unmake(&g);
}

static void test_handover_shows_writes(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    uint64_t shared = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct waiter w = {.g = &g, .shared = &shared};
        waiter_start(&w);
        shared++; /* before the post, so before the waiter's */
        CONTRACT(guarded_post(&g, 1) == 0);
        waiter_join(&w);
        CONTRACT(shared == 2 * round + 2);
    }
    guarded_unmake(&g);
}

/* As many go through as there are permits, and the others wait on. */
static void test_post_lets_through(const void *ops)
{
    for (uint32_t n = 1; n <= WAITERS; n++) {
        struct guarded g = guarded_make(ops, 0);
        struct waiter w[WAITERS] = {{0}};
        for (int i = 0; i < WAITERS; i++) {
            w[i].g = &g;
            waiter_start(&w[i]);
        }
        pass_ns(SETTLE_NS);
        CONTRACT(waiters_done(w, WAITERS) == 0);
        CONTRACT(guarded_post(&g, n) == 0);
        waiters_await(w, WAITERS, n);
        pass_ns(SETTLE_NS);
        CONTRACT(waiters_done(w, WAITERS) == n);
        CONTRACT(guarded_value(&g) == 0);
        CONTRACT(guarded_post(&g, WAITERS - n) == 0);
        for (int i = 0; i < WAITERS; i++)
            waiter_join(&w[i]);
        CONTRACT(guarded_value(&g) == 0);
        guarded_unmake(&g);
    }
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_end(struct waiter *w)
{
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    sigaction(SIGUSR1, &action, &before);
    waiter_start(w);
    for (int i = 0; i < FEW; i++) {
        pass_ns(2 * MS);
        pthread_kill(w->thread, SIGUSR1);
    }
    pass_ns(2 * MS);
    CONTRACT(!waiters_done(w, 1));
    CONTRACT(guarded_post(w->g, 1) == 0);
    waiter_join(w);
    CONTRACT(guarded_value(w->g) == 0);
    sigaction(SIGUSR1, &before, NULL);
}

static void test_wait_outlasts_signals(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    signals_do_not_end(&(struct waiter){.g = &g});
    guarded_unmake(&g);
}

static void test_timedwait_outlasts_signals(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    signals_do_not_end(&(struct waiter){.g = &g, .deadline_ns = ct_now_ns() + 2 * LONG_NS});
    guarded_unmake(&g);
}

static void test_again_in_same_memory(const void *ops)
{
    struct guarded g = guarded_make(ops, 1);
    for (uint32_t i = 0; i < 3; i++) {
        guarded_wait(&g);
        CONTRACT(guarded_post(&g, 2) == 0);
        struct waiter w = {.g = &g};
        waiter_start(&w);
        waiter_join(&w);
        guarded_destroy(&g);
        memset(g.s, i == 0 ? SEMAPHORE_FILL : (int)i, g.ops->impl.size_bytes);
        guarded_init(&g, i + 1);
        CONTRACT(guarded_value(&g) == i + 1);
    }
    guarded_unmake(&g);
}

static void test_several(const void *ops)
{
    struct guarded a = guarded_make(ops, 1), b = guarded_make(ops, 0);
    guarded_wait(&a);
    CONTRACT(!guarded_trywait(&a));
    CONTRACT(guarded_post(&b, 1) == 0);
    CONTRACT(!guarded_trywait(&a));
    guarded_wait(&b);
    CONTRACT(guarded_post(&a, 1) == 0);
    CONTRACT(!guarded_trywait(&b));
    CONTRACT(guarded_trywait(&a));
    guarded_unmake(&a);
    guarded_unmake(&b);
}

static void test_timedwait_takes(const void *ops)
{
    struct guarded g = guarded_make(ops, 1);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
        CONTRACT(guarded_timedwait(&g, deadlines_ns[i]) == 0);
        CONTRACT(guarded_value(&g) == 0);
        CONTRACT(guarded_post(&g, 1) == 0);
    }
    guarded_unmake(&g);
}

static void test_timedwait_times_out(const void *ops)
{
    struct guarded g = guarded_make(ops, 0);
    uint64_t begin_ns = ct_now_ns();
    CONTRACT(guarded_timedwait(&g, 0) == ETIMEDOUT);
    CONTRACT(guarded_timedwait(&g, begin_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(guarded_timedwait(&g, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
    /* those that gave up took nothing and left nothing behind */
    CONTRACT(guarded_value(&g) == 0);
    CONTRACT(guarded_post(&g, 1) == 0);
    CONTRACT(guarded_value(&g) == 1);
    CONTRACT(guarded_trywait(&g));
    struct waiter w = {.g = &g};
    waiter_start(&w);
    pass_ns(SETTLE_NS);
    CONTRACT(guarded_post(&g, 1) == 0);
    waiter_join(&w);
    guarded_unmake(&g);
}

static void test_timedwait_waits(const void *ops)
{
    const uint64_t deadlines_ns[] = {ct_now_ns() + 4 * LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (int i = 0; i < 3; i++) {
        struct guarded g = guarded_make(ops, 0);
        struct poster p = {.g = &g, .delay_ns = SETTLE_NS};
        uint64_t begin_ns = ct_now_ns();
        poster_start(&p);
        CONTRACT(guarded_timedwait(&g, deadlines_ns[i]) == 0);
        CONTRACT(ct_now_ns() < begin_ns + LONG_NS);
        poster_join(&p);
        CONTRACT(guarded_value(&g) == 0);
        guarded_unmake(&g);
    }
}

/* In memory that two processes share: a semaphore for each way, and what goes over. */
struct shared {
    uint64_t message;
    CT_APART unsigned char there[CT_APART_BYTES], back[CT_APART_BYTES];
};

_Noreturn static void other_process(const struct ct_semaphore_ops *o, struct shared *m)
{
    for (uint64_t round = 0; round < ROUNDS; round++) {
        if (o->timedwait(m->there, ct_now_ns() + LONG_NS) != 0 || m->message != round)
            _exit(1);
        m->message = ~round;
        o->post(m->back, 1);
    }
    _exit(0);
}

static void test_processes(const void *ops)
{
    const struct ct_semaphore_ops *o = ops;
    CONTRACT(o->impl.size_bytes <= CT_APART_BYTES && o->impl.align_bytes <= CT_APART_BYTES);
    struct shared *m =
        mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED)
        ct_panic("mmap", errno);
    o->init(m->there, 0);
    o->init(m->back, 0);
    pid_t other = fork();
    if (other == 0)
        other_process(o, m);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        if (round % (ROUNDS / FEW) == 0)
            pass_ns(MS); /* so that the other one sleeps */
        m->message = round;
        CONTRACT(o->post(m->there, 1) == 0);
        int error = o->timedwait(m->back, ct_now_ns() + LONG_NS);
        CONTRACT(error == 0);
        if (error != 0)
            break;
        CONTRACT(m->message == ~round);
    }
    int status = 1;
    CONTRACT(waitpid(other, &status, 0) == other);
    CONTRACT(status == 0);
    CONTRACT(o->value(m->there) == 0 && o->value(m->back) == 0);
    if (o->destroy) {
        o->destroy(m->there);
        o->destroy(m->back);
    }
    munmap(m, sizeof *m);
}

static unsigned offers(const void *ops)
{
    const struct ct_semaphore_ops *o = ops;
    return (o->destroy ? SEMAPHORE_DESTROY : 0u) | (o->timedwait ? SEMAPHORE_TIMEDWAIT : 0u) |
           (o->impl.traits & CT_PSHARED ? SEMAPHORE_PSHARED : 0u);
}

static const struct contract_operation operations[] = {
    {SEMAPHORE_TIMEDWAIT, "timedwait"},
    {SEMAPHORE_DESTROY, "destroy"},
    {SEMAPHORE_PSHARED, "sharing-between-processes"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"init gives as many permits as it was told", 0, NULL, test_init},
    {"wait and post pair up", 0, NULL, test_pairs},
    {"trywait takes what is there and nothing else", 0, NULL, test_trywait},
    {"post adds what it was told", 0, NULL, test_post_counts},
    {"a post beyond the maximum fails and changes nothing", 0, NULL, test_overflow},
    {"wait waits for a post", 0, NULL, test_wait_blocks},
    {"who is let through sees what the poster wrote", 0, NULL, test_handover_shows_writes},
    {"a post lets as many through as it brings permits", 0, NULL, test_post_lets_through},
    {"signals do not end a wait", 0, NULL, test_wait_outlasts_signals},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several keep apart", 0, NULL, test_several},
    {"timedwait takes a permit whatever the deadline", SEMAPHORE_TIMEDWAIT, NULL,
     test_timedwait_takes},
    {"timedwait gives up at its deadline, not before", SEMAPHORE_TIMEDWAIT, NULL,
     test_timedwait_times_out},
    {"timedwait takes what is posted in time", SEMAPHORE_TIMEDWAIT, NULL, test_timedwait_waits},
    {"hands over between processes", SEMAPHORE_PSHARED | SEMAPHORE_TIMEDWAIT, NULL, test_processes},
    {"signals do not end a timed wait", SEMAPHORE_TIMEDWAIT, NULL, test_timedwait_outlasts_signals},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_semaphore = {
    .kind = "semaphore",
    .required = "init wait trywait post value",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
