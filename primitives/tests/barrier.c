// SPDX-License-Identifier: MIT
/* barrier.c - the contract of contend/barrier.h, as far as a few threads can show it for certain; what
   only many interleavings show is the stress tests' and the model's. */
#include "barrier_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { ALONE = 70000, PAIRED = 500, CROWDED = 8, SIGNALS = 5, THREE = 3 };

#define MS UINT64_C(1000000)
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */
static const uint64_t SETTLE_NS = 10 * MS;       /* time to do what must not be done */

static void pass(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

static void test_traits(const void *ops)
{
    const struct ct_barrier_ops *o = ops;
    CONTRACT(o->init && o->wait);
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedwait != NULL));
    CONTRACT((o->abort != NULL) == (o->reset != NULL));
    CONTRACT(!o->timedwait || o->abort); /* else nothing mends what a timeout broke */
    CONTRACT(o->impl.node_bytes % CT_APART_BYTES == 0);
}

static void test_parties(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, CT_BARRIER_PARTIES_MAX);
    barrier_destroy(&f);
    CONTRACT(barrier_init(&f, 0) == EINVAL);
    CONTRACT(barrier_init(&f, CT_BARRIER_PARTIES_MAX + 1) == EINVAL);
    CONTRACT(barrier_init(&f, UINT32_MAX) == EINVAL);
    CONTRACT(barrier_init(&f, 1) == 0);
    CONTRACT(barrier_wait(&f, 0) == CT_BARRIER_SERIAL);
    barrier_unmake(&f);
}

static void test_alone(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, 1);
    uint32_t serials = 0;
    errno = BARRIER_ERRNO;
    for (int i = 0; i < ALONE; i++)
        serials += f.ops->wait(f.b, 0) == CT_BARRIER_SERIAL;
    CONTRACT(errno == BARRIER_ERRNO);
    CONTRACT(serials == ALONE);
    barrier_unmake(&f);
}

/* They all wait; and had time to do what they must not. */
static void settle(const struct party *p, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        party_settle(&p[i]);
    pass(SETTLE_NS);
}

static uint32_t done(const struct party *p, uint32_t count)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++)
        n += party_done(&p[i]);
    return n;
}

static void test_waits_for_the_last(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, THREE);
    struct party p[THREE - 1];
    for (int phase = 0; phase < 2; phase++) {
        parties_start(p, &f, THREE - 1, (struct party){.phases = 1});
        settle(p, THREE - 1);
        CONTRACT(done(p, THREE - 1) == 0);
        uint32_t serials = barrier_wait(&f, THREE - 1) == CT_BARRIER_SERIAL;
        serials += parties_join(p, THREE - 1, false);
        CONTRACT(serials == 1);
    }
    barrier_unmake(&f);
}

static void test_pair(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, 2);
    barrier_run_phases(&f, PAIRED);
    barrier_unmake(&f);
}

static void test_crowd(const void *ops)
{
    for (uint32_t parties = 1; parties <= BARRIER_PARTIES_MAX; parties += parties < 5 ? 1 : 2) {
        struct barrier_fixture f = barrier_make(ops, parties);
        barrier_run_phases(&f, CROWDED);
        barrier_unmake(&f);
    }
}

static void test_again_in_same_memory(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, THREE);
    for (uint32_t parties = THREE; parties > 0; parties--) {
        barrier_run_phases(&f, 3);
        barrier_destroy(&f);
        memset(f.b, (int)parties, f.ops->impl.size_bytes);
        f.parties = parties;
        CONTRACT(barrier_init(&f, parties) == 0);
    }
    barrier_unmake(&f);
}

static void test_several(const void *ops)
{
    struct barrier_fixture one = barrier_make(ops, 1), two = barrier_make(ops, 2);
    struct party p;
    parties_start(&p, &two, 1, (struct party){.phases = 1});
    CONTRACT(barrier_wait(&one, 0) == CT_BARRIER_SERIAL);
    settle(&p, 1);
    CONTRACT(done(&p, 1) == 0);
    CONTRACT(barrier_wait(&one, 0) == CT_BARRIER_SERIAL);
    uint32_t serials = barrier_wait(&two, 1) == CT_BARRIER_SERIAL;
    serials += parties_join(&p, 1, false);
    CONTRACT(serials == 1);
    barrier_unmake(&one);
    barrier_unmake(&two);
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void signals_do_not_end(const void *ops, uint64_t deadline_ns)
{
    struct barrier_fixture f = barrier_make(ops, 2);
    struct sigaction action = {.sa_handler = nothing}, before; /* without SA_RESTART */
    struct party p;
    sigaction(SIGUSR1, &action, &before);
    parties_start(&p, &f, 1, (struct party){.phases = 1, .deadline_ns = deadline_ns});
    for (int i = 0; i < SIGNALS; i++) {
        pass(2 * MS);
        pthread_kill(p.thread, SIGUSR1);
    }
    pass(2 * MS);
    CONTRACT(done(&p, 1) == 0);
    barrier_wait(&f, 1);
    parties_join(&p, 1, false);
    sigaction(SIGUSR1, &before, NULL);
    barrier_unmake(&f);
}

static void test_outlasts_signals(const void *ops)
{
    signals_do_not_end(ops, 0);
}

static void test_timed_outlasts_signals(const void *ops)
{
    signals_do_not_end(ops, ct_now_ns() + 2 * LONG_NS);
}

static void test_abort(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, THREE);
    struct party p[THREE - 1];
    for (int i = 0; i < 2; i++) {
        parties_start(p, &f, THREE - 1, (struct party){.phases = 1});
        settle(p, THREE - 1);
        barrier_abort(&f);
        CONTRACT(parties_join(p, THREE - 1, true) == 0);
        barrier_abort(&f);
        for (uint32_t index = 0; index < THREE; index++)
            CONTRACT(barrier_wait(&f, index) == ECANCELED);
        barrier_reset(&f);
        barrier_run_phases(&f, 2);
    }
    barrier_unmake(&f);
}

static void test_abort_first(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, 1);
    barrier_abort(&f);
    CONTRACT(barrier_wait(&f, 0) == ECANCELED);
    barrier_destroy(&f);
    CONTRACT(barrier_init(&f, 1) == 0);
    CONTRACT(barrier_wait(&f, 0) == CT_BARRIER_SERIAL);
    barrier_reset(&f);
    CONTRACT(barrier_wait(&f, 0) == CT_BARRIER_SERIAL);
    barrier_unmake(&f);
}

static void test_reset_turns_away(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, THREE);
    struct party p[THREE - 1];
    parties_start(p, &f, THREE - 1, (struct party){.phases = 1});
    settle(p, THREE - 1);
    barrier_reset(&f);
    CONTRACT(parties_join(p, THREE - 1, true) == 0);
    barrier_run_phases(&f, 2);
    barrier_unmake(&f);
}

static void test_timed_lets_through(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, 1), two = barrier_make(ops, 2);
    const uint64_t deadlines_ns[] = {0, 1, ct_now_ns(), ct_now_ns() + LONG_NS, CT_FOREVER};
    for (size_t i = 0; i < sizeof deadlines_ns / sizeof *deadlines_ns; i++)
        CONTRACT(barrier_timedwait(&f, 0, deadlines_ns[i]) == CT_BARRIER_SERIAL);
    for (int forever = 0; forever < 2; forever++) {
        struct party p;
        parties_start(
            &p, &two, 1,
            (struct party){.phases = 1,
                           .deadline_ns = forever ? CT_FOREVER : ct_now_ns() + 2 * LONG_NS});
        settle(&p, 1);
        CONTRACT(done(&p, 1) == 0);
        CONTRACT(barrier_timedwait(&two, 1, 1) == CT_BARRIER_SERIAL);
        CONTRACT(parties_join(&p, 1, false) == 0);
    }
    barrier_unmake(&f);
    barrier_unmake(&two);
}

static void test_timeout_breaks(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, THREE);
    struct party p;
    const uint64_t delays_ns[] = {0, 20 * MS};
    for (size_t i = 0; i < sizeof delays_ns / sizeof *delays_ns; i++) {
        parties_start(&p, &f, 1, (struct party){.phases = 1});
        settle(&p, 1);
        uint64_t deadline_ns = ct_now_ns() + delays_ns[i];
        CONTRACT(barrier_timedwait(&f, 1, deadline_ns) == ETIMEDOUT);
        CONTRACT(ct_now_ns() >= deadline_ns);
        CONTRACT(ct_now_ns() < deadline_ns + LONG_NS);
        parties_join(&p, 1, true);
        CONTRACT(barrier_timedwait(&f, 1, CT_FOREVER) == ECANCELED);
        CONTRACT(barrier_wait(&f, 2) == ECANCELED);
        barrier_reset(&f);
        barrier_run_phases(&f, 2);
    }
    barrier_unmake(&f);
}

/* Two processes meet; what the other wrote to the memory they share is there. */
static void test_between_processes(const void *ops)
{
    enum { OBJECT_BYTES = 4096, PLACES = 2 };
    const struct ct_barrier_ops *o = ops;
    unsigned char *memory =
        mmap(NULL, 2 * OBJECT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CONTRACT(memory != MAP_FAILED && o->impl.size_bytes <= OBJECT_BYTES);
    uint32_t *written = (uint32_t *)(void *)(memory + OBJECT_BYTES);
    CONTRACT(o->init(memory, PLACES, NULL) == 0);
    struct barrier_fixture f = {.ops = o, .b = memory, .parties = PLACES};
    struct party here = {.f = &f, .phases = PAIRED, .written = written};
    pid_t child = fork();
    CONTRACT(child >= 0);
    here.index = child == 0;
    party_run(&here);
    if (child == 0)
        _exit(here.mixed != 0 || here.result > 0);
    int status = 1;
    waitpid(child, &status, 0);
    CONTRACT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CONTRACT(here.mixed == 0 && here.result <= 0);
    if (o->destroy)
        o->destroy(memory);
    munmap(memory, 2 * OBJECT_BYTES);
}

static unsigned offers(const void *ops)
{
    const struct ct_barrier_ops *o = ops;
    return (o->destroy ? BARRIER_DESTROY : 0u) | (o->timedwait ? BARRIER_TIMEDWAIT : 0u) |
           (o->abort ? BARRIER_ABORT : 0u) | (o->impl.traits & CT_PSHARED ? BARRIER_PSHARED : 0u);
}

static const struct contract_operation operations[] = {
    {BARRIER_TIMEDWAIT, "timedwait"},
    {BARRIER_ABORT, "abort reset"},
    {BARRIER_DESTROY, "destroy"},
    {BARRIER_PSHARED, "between processes"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_traits},
    {"init refuses impossible numbers of parties", 0, NULL, test_parties},
    {"who is the only one goes straight on", 0, NULL, test_alone},
    {"all wait for the last, and one is told serial", 0, NULL, test_waits_for_the_last},
    {"two meet again and again", 0, NULL, test_pair},
    {"many meet, more than there may be CPUs", 0, NULL, test_crowd},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"several keep apart", 0, NULL, test_several},
    {"signals do not end a wait", 0, NULL, test_outlasts_signals},
    {"abort lets all go and none in, until a reset", BARRIER_ABORT, NULL, test_abort},
    {"abort and reset with nobody there", BARRIER_ABORT, NULL, test_abort_first},
    {"reset turns away who waits", BARRIER_ABORT, NULL, test_reset_turns_away},
    {"timedwait lets through what comes in time", BARRIER_TIMEDWAIT, NULL, test_timed_lets_through},
    {"a timeout is not early and breaks the barrier", BARRIER_TIMEDWAIT, NULL, test_timeout_breaks},
    {"signals do not end a timed wait", BARRIER_TIMEDWAIT, NULL, test_timed_outlasts_signals},
    {"two processes meet", BARRIER_PSHARED, NULL, test_between_processes},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_barrier = {
    .kind = "barrier",
    .required = "init wait",
    .operations = operations,
    .offers = offers,
    .tests = tests,
    .special_tests = barrier_special_tests,
};
