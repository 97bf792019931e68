// SPDX-License-Identifier: MIT
/* mutex_special.c - what single implementations promise beyond the contract of contend/mutex.h: in
   their header, by a static initialiser, or about states that take too long to reach. */
#include "mutex_fixture.h"

#include "contend_impls.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_ticket_wraps_from(const void *ops, uint32_t number)
{
    enum { ROUNDS = 4 };
    struct fixture f = fixture_make(ops);
    struct ct_mutex_ticket *m = (struct ct_mutex_ticket *)(void *)f.m;
    ct_u32_store_relaxed(&m->next, number);
    ct_u32_store_relaxed(&m->serving, number);
    for (int i = 0; i < ROUNDS; i++) {
        struct holder h = {0};
        CONTRACT(fixture_trylock(&f, f.node));
        CONTRACT(!fixture_other_thread_gets(&f));
        uint32_t next = ct_u32_load_relaxed(&m->next);
        holder_start(&h, &f);
        while (ct_u32_load_relaxed(&m->next) == next) /* until it has taken its number */
            ct_pause();
        sleep_ns(MS);
        CONTRACT(sem_trywait(&h.has) != 0);
        fixture_unlock(&f, f.node);
        holder_await(&h);
        CONTRACT(!fixture_trylock(&f, f.node));
        holder_finish(&h);
    }
    CONTRACT(ct_u32_load_relaxed(&m->serving) == number + 2 * ROUNDS);
    fixture_free(&f);
}

/* The largest number is taken with nobody waiting, then with the next in line at 0. */
static void test_ticket_wraps(const void *ops)
{
    test_ticket_wraps_from(ops, UINT32_MAX - 1);
    test_ticket_wraps_from(ops, UINT32_MAX);
}

/* Its header promises that one node serves all mutexes a thread holds. */
static void test_hemlock_one_node(const void *ops)
{
    struct fixture a = fixture_make(ops), b = fixture_make(ops);
    struct holder wants_a = {0}, wants_b = {0};
    fixture_lock(&a, a.node);
    fixture_lock(&b, a.node);
    holder_start(&wants_a, &a);
    holder_start(&wants_b, &b);
    sleep_ns(MS);
    fixture_unlock(&a, a.node);
    holder_await(&wants_a);
    CONTRACT(sem_trywait(&wants_b.has) != 0);
    fixture_unlock(&b, a.node);
    holder_await(&wants_b);
    holder_finish(&wants_a);
    holder_finish(&wants_b);
    fixture_free(&a);
    fixture_free(&b);
}

/* What a child said on stderr while it did something that must end it by SIGABRT. */
static bool aborts_saying(struct fixture *f, void (*misuse)(struct fixture *f), const char *what)
{
    int ends[2], status = 0;
    char said[256] = "";
    if (pipe(ends) != 0)
        ct_panic("pipe", errno);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL); /* not the sanitizer's */
        dup2(ends[1], STDERR_FILENO);
        misuse(f);
        _exit(0);
    }
    close(ends[1]);
    for (size_t got = 0; got < sizeof said - 1;) {
        ssize_t n = read(ends[0], said + got, sizeof said - 1 - got);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(said, what);
}

static void locks_twice(struct fixture *f)
{
    f->ops->lock(f->m, f->node);
    f->ops->lock(f->m, f->node);
}

static void unlocks_free(struct fixture *f)
{
    f->ops->unlock(f->m, f->node);
}

static void test_checked_ends(const void *ops)
{
    struct fixture f = fixture_make(ops);
    CONTRACT(aborts_saying(&f, locks_twice, "locked by the thread that holds it already"));
    CONTRACT(aborts_saying(&f, unlocks_free, "unlocked by a thread that does not hold it"));
    fixture_free(&f);
}

static void test_pi_names_owner(const void *ops)
{
    struct fixture f = fixture_make(ops);
    struct ct_mutex_pi *m = (struct ct_mutex_pi *)(void *)f.m;
    struct holder h = {0};
    fixture_lock(&f, f.node);
    CONTRACT(ct_u32_load_relaxed(&m->owner) == ct_thread_id());
    holder_start(&h, &f);
    while (ct_u32_load_relaxed(&m->owner) == ct_thread_id()) /* until the kernel adds its mark */
        ct_pause();
    CONTRACT(ct_u32_load_relaxed(&m->owner) == (ct_thread_id() | FUTEX_WAITERS));
    fixture_unlock(&f, f.node);
    holder_await(&h);
    CONTRACT((ct_u32_load_relaxed(&m->owner) & FUTEX_TID_MASK) != ct_thread_id());
    holder_finish(&h);
    CONTRACT(ct_u32_load_relaxed(&m->owner) == 0);
    fixture_free(&f);
}

/* Those that have a static initialiser. */
#define STATIC_INITIALISERS(X)                                                                     \
    X(checked, CHECKED, "checked")                                                                 \
    X(tas, TAS, "tas")                                                                             \
    X(ttas, TTAS, "ttas")                                                                          \
    X(ticket, TICKET, "ticket")                                                                    \
    X(mcs, MCS, "mcs")                                                                             \
    X(hemlock, HEMLOCK, "hemlock")                                                                 \
    X(reciprocating, RECIPROCATING, "reciprocating")                                               \
    X(futex, FUTEX, "futex")                                                                       \
    X(futex_shared, FUTEX_SHARED, "futex-shared")                                                  \
    X(futex_adaptive, FUTEX_ADAPTIVE, "futex-adaptive")                                            \
    X(futex_rseq, FUTEX_RSEQ, "futex-rseq")                                                        \
    X(futex_asym, FUTEX_ASYM, "futex-asym")                                                        \
    X(pi, PI, "pi")                                                                                \
    X(pthread, PTHREAD, "pthread")                                                                 \
    X(pthread_adaptive, PTHREAD_ADAPTIVE, "pthread-adaptive")

static void test_static(const void *ops, void *initialised)
{
    struct fixture f = fixture_make(ops);
    fixture_destroy(&f);
    memset(f.m, 0, f.ops->impl.size_bytes);
    fixture_init(&f);
    CONTRACT(memcmp(f.m, initialised, f.ops->impl.size_bytes) == 0);
    struct fixture s = f;
    s.m = initialised;
    fixture_lock(&s, s.node);
    fixture_unlock(&s, s.node);
    fixture_other_thread_pair(&s);
    fixture_destroy(&s);
    fixture_free(&f);
}

#define STATIC_TEST(id, ID, name)                                                                  \
    static void test_static_##id(const void *ops)                                                  \
    {                                                                                              \
        static struct ct_mutex_##id initialised = CT_MUTEX_##ID##_INIT;                            \
        test_static(ops, &initialised);                                                            \
    }
STATIC_INITIALISERS(STATIC_TEST)

#define STATIC_ROW(id, ID, name) {"the static initialiser equals init", 0, name, test_static_##id},
const struct contract_test mutex_special_tests[] = {
    {"numbers wrap", MUTEX_TRYLOCK, "ticket", test_ticket_wraps},
    {"one node for several mutexes", 0, "hemlock", test_hemlock_one_node},
    {"the word names the owner", 0, "pi", test_pi_names_owner},
    {"locking twice, or a stranger's unlock, ends the program", 0, "checked", test_checked_ends},
    STATIC_INITIALISERS(STATIC_ROW){NULL, 0, NULL, NULL},
};
