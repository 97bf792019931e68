// SPDX-License-Identifier: MIT
/* bounded_semaphore.c - the contract of contend/bounded_semaphore.h, as far as a few threads can show it
   for certain; what only many interleavings show is the stress tests' and the model's. */
#include "fenced.h"

#include <contend/bounded_semaphore.h>

#include <pthread.h>
#include <signal.h>

enum { BOUNDED_DESTROY = 1, BOUNDED_TIMEDWAIT = 2 };
enum { PAIRS = 70000, FEW = 5, WAITERS = 3 };

#define MAX CT_BOUNDED_SEMAPHORE_MAX

static const uint64_t MS = 1000000;
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static const uint64_t SETTLE_NS = 10000000;      /* time to do what must not be done */

struct subject {
    const struct ct_bounded_semaphore_ops *ops;
    struct fenced fenced;
    void *s;
};

static struct subject make(const void *ops, uint32_t value, uint32_t max)
{
    struct subject b = {.ops = ops};
    b.fenced = fenced_make(&b.ops->impl);
    b.s = b.fenced.object;
    FENCED_ERRNO_KEPT(b.ops->init(b.s, value, max));
    return b;
}

static void end(struct subject *b)
{
    if (b->ops->destroy)
        FENCED_ERRNO_KEPT(b->ops->destroy(b->s));
}

static void unmake(struct subject *b)
{
    end(b);
    fenced_unmake(&b->fenced);
}

static void take(struct subject *b)
{
    FENCED_ERRNO_KEPT(b->ops->wait(b->s));
}

static bool trywait(struct subject *b)
{
    bool taken;
    FENCED_ERRNO_KEPT(taken = b->ops->trywait(b->s));
    return taken;
}

static int timedwait(struct subject *b, uint64_t deadline_ns)
{
    int error;
    FENCED_ERRNO_KEPT(error = b->ops->timedwait(b->s, deadline_ns));
    return error;
}

static int post(struct subject *b, uint32_t n)
{
    int error;
    FENCED_ERRNO_KEPT(error = b->ops->post(b->s, n));
    return error;
}

static uint32_t value(const struct subject *b)
{
    uint32_t answer;
    FENCED_ERRNO_KEPT(answer = b->ops->value(b->s));
    return answer;
}

/* A thread that waits once. */
struct waiter {
    struct subject *b;
    uint64_t deadline_ns; /* 0: wait, not timedwait */
    pthread_t thread;
    struct ct_u32 done;
    int error;
    bool errno_kept; /* checked by join: checks belong to the main thread */
};

static void *waiter_run(void *argument)
{
    struct waiter *w = argument;
    errno = FENCED_ERRNO;
    if (w->deadline_ns)
        w->error = w->b->ops->timedwait(w->b->s, w->deadline_ns);
    else
        w->b->ops->wait(w->b->s);
    w->errno_kept = errno == FENCED_ERRNO;
    ct_u32_store_release(&w->done, 1);
    return NULL;
}

static void start(struct waiter *w)
{
    if (pthread_create(&w->thread, NULL, waiter_run, w) != 0)
        ct_panic("pthread_create", EAGAIN);
}

static void join(struct waiter *w)
{
    pthread_join(w->thread, NULL);
    CONTRACT(w->errno_kept);
    CONTRACT(w->error == 0);
}

static unsigned done(const struct waiter *w, unsigned count)
{
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++)
        n += ct_u32_load_acquire(&w[i].done);
    return n;
}

static void test_table(const void *ops)
{
    const struct ct_bounded_semaphore_ops *o = ops;
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedwait != NULL));
    CONTRACT(o->init && o->wait && o->trywait && o->post && o->value);
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_init(const void *ops)
{
    const struct {
        uint32_t value, max;
    } starts[] = {{0, 1}, {1, 1}, {0, FEW}, {FEW, FEW}, {1, MAX}, {MAX, MAX}, {0, 0}};
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        struct subject b = make(ops, starts[i].value, starts[i].max);
        CONTRACT(value(&b) == starts[i].value);
        CONTRACT(trywait(&b) == (starts[i].value > 0));
        CONTRACT(post(&b, starts[i].value > 0) == 0);
        uint32_t room = starts[i].max - starts[i].value;
        CONTRACT(post(&b, room + 1) == EOVERFLOW);
        if (room <= FEW) { /* more may be so many system calls */
            CONTRACT(post(&b, room) == 0);
            CONTRACT(value(&b) == starts[i].max);
            CONTRACT(post(&b, 1) == EOVERFLOW);
        }
        unmake(&b);
    }
}

static void test_pairs(const void *ops)
{
    struct subject b = make(ops, 1, 1);
    errno = FENCED_ERRNO;
    int errors = 0;
    for (int i = 0; i < PAIRS; i++) {
        b.ops->wait(b.s);
        errors |= b.ops->post(b.s, 1);
    }
    CONTRACT(errno == FENCED_ERRNO);
    CONTRACT(errors == 0);
    CONTRACT(value(&b) == 1);
    unmake(&b);
}

static void test_one_too_many(const void *ops)
{
    struct subject b = make(ops, FEW, FEW);
    const uint32_t too_many[] = {1, 2, FEW, MAX, MAX + 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof(too_many) / sizeof(too_many[0]); i++) {
        CONTRACT(post(&b, too_many[i]) == EOVERFLOW);
        CONTRACT(value(&b) == FEW);
    }
    CONTRACT(post(&b, 0) == 0);
    take(&b);
    take(&b);
    CONTRACT(post(&b, 3) == EOVERFLOW); /* all or nothing */
    CONTRACT(value(&b) == FEW - 2);
    CONTRACT(post(&b, 2) == 0);
    CONTRACT(post(&b, 1) == EOVERFLOW);
    for (uint32_t i = 0; i < FEW; i++)
        CONTRACT(trywait(&b));
    CONTRACT(!trywait(&b));
    unmake(&b);
}

static void test_refused_wakes_nobody(const void *ops)
{
    struct subject b = make(ops, 0, 1);
    struct waiter w = {.b = &b};
    start(&w);
    fenced_sleep_ns(SETTLE_NS);
    CONTRACT(post(&b, 2) == EOVERFLOW);
    fenced_sleep_ns(SETTLE_NS);
    CONTRACT(done(&w, 1) == 0);
    CONTRACT(value(&b) == 0);
    CONTRACT(post(&b, 1) == 0);
    join(&w);
    CONTRACT(post(&b, 1) == 0);
    CONTRACT(post(&b, 1) == EOVERFLOW);
    unmake(&b);
}

static void test_post_lets_through(const void *ops)
{
    for (uint32_t n = 1; n <= WAITERS; n++) {
        struct subject b = make(ops, 0, WAITERS);
        struct waiter w[WAITERS] = {{0}};
        for (int i = 0; i < WAITERS; i++) {
            w[i].b = &b;
            start(&w[i]);
        }
        fenced_sleep_ns(SETTLE_NS);
        CONTRACT(done(w, WAITERS) == 0);
        CONTRACT(post(&b, n) == 0);
        while (done(w, WAITERS) < n)
            fenced_sleep_ns(MS / 10);
        fenced_sleep_ns(SETTLE_NS);
        CONTRACT(done(w, WAITERS) == n);
        CONTRACT(post(&b, WAITERS - n) == 0);
        for (int i = 0; i < WAITERS; i++)
            join(&w[i]);
        CONTRACT(value(&b) == 0);
        CONTRACT(post(&b, WAITERS) == 0);
        CONTRACT(post(&b, 1) == EOVERFLOW);
        unmake(&b);
    }
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_end(const void *ops, uint64_t deadline_ns)
{
    struct subject b = make(ops, 0, 1);
    struct waiter w = {.b = &b, .deadline_ns = deadline_ns};
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    sigaction(SIGUSR1, &action, &before);
    start(&w);
    for (int i = 0; i < FEW; i++) {
        fenced_sleep_ns(2 * MS);
        pthread_kill(w.thread, SIGUSR1);
    }
    CONTRACT(done(&w, 1) == 0);
    CONTRACT(post(&b, 1) == 0);
    join(&w);
    CONTRACT(value(&b) == 0);
    CONTRACT(post(&b, 1) == 0);
    sigaction(SIGUSR1, &before, NULL);
    unmake(&b);
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
    struct subject b = make(ops, 1, 1);
    for (uint32_t i = 1; i <= 3; i++) {
        take(&b);
        struct waiter w = {.b = &b};
        start(&w);
        CONTRACT(post(&b, 1) == 0);
        join(&w);
        end(&b);
        memset(b.s, i == 1 ? FENCED_FILL : (int)i, b.ops->impl.size_bytes);
        FENCED_ERRNO_KEPT(b.ops->init(b.s, 1, i));
        CONTRACT(value(&b) == 1);
        CONTRACT(post(&b, i) == EOVERFLOW);
    }
    unmake(&b);
}

static void test_timedwait(const void *ops)
{
    struct subject b = make(ops, 1, 1);
    const uint64_t deadlines_ns[] = {
        0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER - 1, CT_FOREVER};
    for (size_t i = 0; i < sizeof(deadlines_ns) / sizeof(deadlines_ns[0]); i++) {
        CONTRACT(timedwait(&b, deadlines_ns[i]) == 0);
        CONTRACT(value(&b) == 0);
        CONTRACT(post(&b, 1) == 0);
        CONTRACT(post(&b, 1) == EOVERFLOW);
    }
    take(&b);
    CONTRACT(timedwait(&b, 0) == ETIMEDOUT);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(timedwait(&b, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns);
    CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
    /* those that gave up took nothing, and no room */
    CONTRACT(value(&b) == 0);
    CONTRACT(post(&b, 1) == 0);
    CONTRACT(post(&b, 1) == EOVERFLOW);
    unmake(&b);
}

static unsigned offers(const void *ops)
{
    const struct ct_bounded_semaphore_ops *o = ops;
    return (o->destroy ? BOUNDED_DESTROY : 0u) | (o->timedwait ? BOUNDED_TIMEDWAIT : 0u);
}

static const struct contract_operation operations[] = {
    {BOUNDED_TIMEDWAIT, "timedwait"},
    {BOUNDED_DESTROY, "destroy"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_table},
    {"init gives as many permits, and as much room, as it was told", 0, NULL, test_init},
    {"wait and post pair up", 0, NULL, test_pairs},
    {"one release too many is an error and changes nothing", 0, NULL, test_one_too_many},
    {"a refused post lets nobody through", 0, NULL, test_refused_wakes_nobody},
    {"a post lets as many through as it brings permits", 0, NULL, test_post_lets_through},
    {"signals do not end a wait", 0, NULL, test_wait_outlasts_signals},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"timedwait takes what is there and gives up at its deadline", BOUNDED_TIMEDWAIT, NULL,
     test_timedwait},
    {"signals do not end a timed wait", BOUNDED_TIMEDWAIT, NULL, test_timedwait_outlasts_signals},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_bounded_semaphore = {
    .kind = "bounded_semaphore",
    .required = "init wait trywait post value",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
