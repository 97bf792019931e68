// SPDX-License-Identifier: MIT
/* thread.c - the contract of contend/thread.h. */
#include "contract.h"

#include <contend/thread.h>
#include <contend/wait.h>

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { TIMEDJOIN = 1, NAMED = 2 };
enum { MANY = 200, RESULT = 4711, THREAD_ERRNO = 4242 };

#define MS UINT64_C(1000000)
static const uint64_t LONG_NS = 5 * CT_NS_PER_S; /* far beyond any delay but being stuck */

/* Defined where the program is built so: their memory leaves no room for a limit. */
extern void __asan_init(void) __attribute__((weak));

/* A thread object, and what its thread does and sees. */
struct subject {
    const struct ct_thread_ops *ops;
    void *t;
    struct ct_u32 go, ran; /* it waits for go; times it ran */
    int error;             /* of what it tried */
    char name[16];
    cpu_set_t cpus;
};

static void pass(uint64_t ns)
{
    struct timespec t;
    ct_timespec(&t, ns);
    nanosleep(&t, NULL);
}

static struct subject make(const void *ops)
{
    struct subject s = {.ops = ops};
    s.t = malloc(s.ops->impl.size_bytes);
    if (!s.t)
        ct_panic("malloc", ENOMEM);
    memset(s.t, 0xa5, s.ops->impl.size_bytes);
    return s;
}

static void start(struct subject *s, ct_thread_run *run)
{
    errno = THREAD_ERRNO;
    CONTRACT(s->ops->start(s->t, run, s) == 0);
    CONTRACT(errno == THREAD_ERRNO);
}

static void join(struct subject *s)
{
    int result = 0;
    errno = THREAD_ERRNO;
    CONTRACT(s->ops->join(s->t, &result) == 0);
    CONTRACT(errno == THREAD_ERRNO);
    CONTRACT(result == RESULT);
    CONTRACT(!s->ops->is_alive(s->t));
}

static int runs(void *argument)
{
    struct subject *s = argument;
    ct_u32_add_relaxed(&s->ran, 1);
    return RESULT;
}

static int waits_for_go(void *argument)
{
    struct subject *s = argument;
    while (ct_u32_load_acquire(&s->go) == 0)
        pass(MS / 10);
    return runs(argument);
}

static int joins_itself(void *argument)
{
    struct subject *s = argument;
    s->error = s->ops->join(s->t, NULL);
    return runs(argument);
}

static int polls_stop(void *argument)
{
    struct subject *s = argument;
    while (!s->ops->stop_requested(s->t))
        pass(MS / 10);
    return runs(argument);
}

static int looks_at_itself(void *argument)
{
    struct subject *s = argument;
    while (ct_u32_load_acquire(&s->go) == 0)
        pass(MS / 10);
    prctl(PR_GET_NAME, s->name);
    s->error = sched_getaffinity(0, sizeof s->cpus, &s->cpus);
    return runs(argument);
}

static void test_table(const void *ops)
{
    const struct ct_thread_ops *o = ops;
    CONTRACT(o->start && o->join && o->detach && o->is_alive && o->request_stop &&
             o->stop_requested);
    CONTRACT(((o->impl.traits & CT_TIMED) != 0) == (o->timedjoin != NULL));
    CONTRACT((o->set_name != NULL) == (o->set_cpus != NULL));
    CONTRACT(o->impl.traits & CT_THREADS);
}

static void test_start_join(const void *ops)
{
    struct subject s = make(ops);
    for (uint32_t i = 1; i <= 3; i++) {
        start(&s, runs);
        join(&s);
        CONTRACT(ct_u32_load_relaxed(&s.ran) == i);
    }
    start(&s, runs);
    CONTRACT(s.ops->join(s.t, NULL) == 0);
    free(s.t);
}

static void test_alive(const void *ops)
{
    struct subject s = make(ops);
    start(&s, waits_for_go);
    CONTRACT(s.ops->is_alive(s.t));
    pass(10 * MS);
    CONTRACT(s.ops->is_alive(s.t));
    ct_u32_store_release(&s.go, 1);
    join(&s);
    free(s.t);
}

static void test_many(const void *ops)
{
    static struct subject many[MANY];
    for (int i = 0; i < MANY; i++) {
        many[i] = make(ops);
        start(&many[i], waits_for_go);
    }
    for (int i = 0; i < MANY; i++)
        CONTRACT(many[i].ops->is_alive(many[i].t));
    for (int i = 0; i < MANY; i++)
        ct_u32_store_release(&many[i].go, 1);
    for (int i = 0; i < MANY; i++) {
        join(&many[i]);
        CONTRACT(ct_u32_load_relaxed(&many[i].ran) == 1);
        free(many[i].t);
    }
}

static void test_join_errors(const void *ops)
{
    struct subject s = make(ops);
    start(&s, joins_itself);
    join(&s);
    CONTRACT(s.error == EDEADLK);
    CONTRACT(s.ops->join(s.t, NULL) == EINVAL);
    CONTRACT(s.ops->detach(s.t) == EINVAL);
    free(s.t);
}

static void test_detach(const void *ops)
{
    struct subject s = make(ops);
    start(&s, waits_for_go);
    CONTRACT(s.ops->detach(s.t) == 0);
    CONTRACT(s.ops->detach(s.t) == EINVAL);
    CONTRACT(s.ops->join(s.t, NULL) == EINVAL);
    CONTRACT(s.ops->is_alive(s.t));
    ct_u32_store_release(&s.go, 1);
    while (s.ops->is_alive(s.t))
        pass(MS / 10);
    CONTRACT(ct_u32_load_relaxed(&s.ran) == 1);
    free(s.t);
}

/* In a process of its own: it must end without the thread, and with the exit code given. */
static void test_daemon(const void *ops)
{
    enum { CODE = 42 };
    pid_t child = fork();
    CONTRACT(child >= 0);
    if (child == 0) {
        struct subject s = make(ops);
        bool right = s.ops->start(s.t, waits_for_go, &s) == 0 && s.ops->detach(s.t) == 0;
        _exit(right ? CODE : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CONTRACT(WIFEXITED(status) && WEXITSTATUS(status) == CODE);
}

static void test_stop(const void *ops)
{
    struct subject s = make(ops);
    start(&s, polls_stop);
    CONTRACT(!s.ops->stop_requested(s.t));
    pass(5 * MS);
    CONTRACT(s.ops->is_alive(s.t));
    s.ops->request_stop(s.t);
    CONTRACT(s.ops->stop_requested(s.t));
    join(&s);
    start(&s, polls_stop); /* anew: not requested any more */
    CONTRACT(!s.ops->stop_requested(s.t));
    s.ops->request_stop(s.t);
    join(&s);
    free(s.t);
}

/* In a process of its own that may have no more memory: what libc kept of ended threads is soon used. */
static int starts_until_refused(const void *ops)
{
    static struct subject many[MANY];
    struct rlimit little = {1 << 20, 1 << 20};
    for (int i = 0; i < MANY; i++)
        many[i] = make(ops);
    setrlimit(RLIMIT_AS, &little);
    int error = 0;
    for (int i = 0; error == 0 && i < MANY; i++)
        error = many[i].ops->start(many[i].t, waits_for_go, &many[i]);
    return error;
}

static void test_start_fails(const void *ops)
{
    if (__asan_init)
        return;
    pid_t child = fork();
    CONTRACT(child >= 0);
    if (child == 0)
        _exit(starts_until_refused(ops) == EAGAIN ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    CONTRACT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_timedjoin(const void *ops)
{
    struct subject s = make(ops);
    int result = 0;
    start(&s, waits_for_go);
    CONTRACT(s.ops->timedjoin(s.t, &result, 0) == ETIMEDOUT);
    uint64_t deadline_ns = ct_now_ns() + 20 * MS;
    CONTRACT(s.ops->timedjoin(s.t, &result, deadline_ns) == ETIMEDOUT);
    CONTRACT(ct_now_ns() >= deadline_ns && ct_now_ns() < deadline_ns + LONG_NS);
    CONTRACT(result == 0 && s.ops->is_alive(s.t));
    ct_u32_store_release(&s.go, 1);
    CONTRACT(s.ops->timedjoin(s.t, &result, ct_now_ns() + 2 * LONG_NS) == 0);
    CONTRACT(result == RESULT);
    CONTRACT(s.ops->timedjoin(s.t, &result, 0) == EINVAL);
    const uint64_t far_ns[] = {CT_FOREVER - 1, CT_FOREVER};
    for (int i = 0; i < 2; i++) {
        start(&s, runs);
        CONTRACT(s.ops->timedjoin(s.t, NULL, far_ns[i]) == 0);
    }
    free(s.t);
}

static void test_name_and_cpus(const void *ops)
{
    struct subject s = make(ops);
    cpu_set_t all;
    CONTRACT(sched_getaffinity(0, sizeof all, &all) == 0);
    uint32_t last = 0, beyond = CPU_SETSIZE;
    for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all))
            last = cpu;
    start(&s, looks_at_itself);
    errno = THREAD_ERRNO;
    CONTRACT(s.ops->set_name(s.t, "sixteen is above") == ERANGE);
    CONTRACT(s.ops->set_name(s.t, "fifteen is most") == 0);
    CONTRACT(s.ops->set_cpus(s.t, &beyond, 1) == EINVAL);
    CONTRACT(s.ops->set_cpus(s.t, &last, 1) == 0);
    CONTRACT(errno == THREAD_ERRNO);
    ct_u32_store_release(&s.go, 1);
    join(&s);
    CONTRACT(strcmp(s.name, "fifteen is most") == 0);
    CONTRACT(s.error == 0 && CPU_COUNT(&s.cpus) == 1 && CPU_ISSET(last, &s.cpus));
    free(s.t);
}

static unsigned offers(const void *ops)
{
    const struct ct_thread_ops *o = ops;
    return (o->timedjoin ? TIMEDJOIN : 0u) | (o->set_name ? NAMED : 0u);
}

static const struct contract_operation operations[] = {
    {TIMEDJOIN, "timedjoin"},
    {NAMED, "set_name set_cpus"},
    {0, NULL},
};

static const struct contract_test tests[] = {
    {"the table is complete and its traits fit", 0, NULL, test_table},
    {"start, run, join, and the result", 0, NULL, test_start_join},
    {"alive from start to end", 0, NULL, test_alive},
    {"many at once", 0, NULL, test_many},
    {"joining oneself, or twice, is an error", 0, NULL, test_join_errors},
    {"a detached one ends by itself", 0, NULL, test_detach},
    {"a process does not wait for a detached one", 0, NULL, test_daemon},
    {"a stop is seen by who polls", 0, NULL, test_stop},
    {"no memory, no thread", 0, NULL, test_start_fails},
    {"timedjoin gives up at its deadline, not before", TIMEDJOIN, NULL, test_timedjoin},
    {"name and CPUs", NAMED, NULL, test_name_and_cpus},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_thread = {
    .kind = "thread",
    .required = "start join detach is_alive request_stop stop_requested",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
