// SPDX-License-Identifier: MIT
/* store_samples.h - samples that say of themselves whether they came out of the store as they went in,
   and children whose refusals are read. */
#ifndef TESTS_STORE_SAMPLES_H
#define TESTS_STORE_SAMPLES_H

#include "support/fail.h"
#include "tests/check.h"
#include "tests/store_fixture.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <sys/wait.h>

/* What came out, for one visit each. */
struct seen {
    unsigned count;
    bool as_written;
    unsigned rounds; /* 0, 1, 2 ... without a gap up to here */
};

/* The sample of a round: every field another number, all of them functions of the round. */
static inline void
with_sample(unsigned round, void (*use)(void *context, const struct bench_sample *s), void *context)
{
    static struct histogram latency;
    memset(&latency, 0, sizeof latency);
    for (unsigned i = 0; i < 20; i++)
        histogram_record(&latency, (uint64_t)i * i * (round + 1));
    uint64_t thread_ops[] = {round, UINT64_C(1) << 40};
    struct bench_sample s = {.round = round,
                             .interval_ns = 1000000 + round,
                             .ops = thread_ops[0] + thread_ops[1],
                             .thread_ops = thread_ops,
                             .cpu_ns_per_op = round % 2 ? (double)NAN : 12.5,
                             .fairness_min_max = 1.0 / (round + 3),
                             .fairness_jain = 0.875,
                             .voluntary_switches = 3,
                             .involuntary_switches = round,
                             .overlap = 0.99,
                             .steal_cpus = 0.01,
                             .foreign_cpus = 0.02,
                             .latency = &latency,
                             .starved_ns = UINT64_C(1) << 33,
                             .cycles_per_op = round % 2 ? 40.5 : (double)NAN,
                             .instructions_per_op = 12.25,
                             .cache_misses_per_op = 0.5 / (round + 1),
                             .rejected = round % 5 == 4 ? "steal above 1 %" : NULL};
    use(context, &s);
}

struct destination {
    struct store *store;
    int64_t case_id;
};

static inline void put_sample(void *context, const struct bench_sample *s)
{
    const struct destination *to = context;
    store_sample(to->store, to->case_id, s);
}

struct comparison {
    const struct bench_sample *read;
    bool same;
};

static inline bool same_real(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static inline bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static inline void compare_sample(void *context, const struct bench_sample *written)
{
    struct comparison *c = context;
    const struct bench_sample *r = c->read;
    c->same =
        r->interval_ns == written->interval_ns && r->ops == written->ops &&
        memcmp(r->thread_ops, written->thread_ops, 2 * sizeof *r->thread_ops) == 0 &&
        same_real(r->cpu_ns_per_op, written->cpu_ns_per_op) &&
        same_real(r->fairness_min_max, written->fairness_min_max) &&
        same_real(r->fairness_jain, written->fairness_jain) &&
        r->voluntary_switches == written->voluntary_switches &&
        r->involuntary_switches == written->involuntary_switches &&
        same_real(r->overlap, written->overlap) && same_real(r->steal_cpus, written->steal_cpus) &&
        same_real(r->foreign_cpus, written->foreign_cpus) && r->starved_ns == written->starved_ns &&
        same_real(r->cycles_per_op, written->cycles_per_op) &&
        same_real(r->instructions_per_op, written->instructions_per_op) &&
        same_real(r->cache_misses_per_op, written->cache_misses_per_op) &&
        memcmp(r->latency, written->latency, sizeof *r->latency) == 0 &&
        same_text(r->rejected, written->rejected);
}

static inline void see_sample(void *context, const struct bench_sample *read)
{
    struct seen *seen = context;
    struct comparison c = {read, false};
    with_sample(read->round, compare_sample, &c);
    seen->as_written = (seen->count == 0 || seen->as_written) && c.same;
    seen->count++;
    seen->rounds += read->round == seen->rounds;
}

/* A child's exit status, and what it said on stderr. */
struct outcome {
    int status;
    char said[1024];
};

static inline struct outcome in_child(void (*body)(const char *path), const char *path)
{
    struct outcome outcome = {0};
    int ends[2];
    if (pipe(ends) != 0)
        fail(EXIT_ENVIRONMENT, "pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body(path);
        _exit(EXIT_FINE);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got;
         length < sizeof outcome.said - 1 &&
         (got = read(ends[0], outcome.said + length, sizeof outcome.said - 1 - length)) > 0;)
        length += (size_t)got;
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return outcome;
}

static inline void check_refusal(const struct outcome *o, const char *about, const char *why)
{
    CHECK(o->status == EXIT_ENVIRONMENT, "%s: exit %d", about, o->status);
    CHECK(strncmp(o->said, "contend: store ", 15) == 0 && strstr(o->said, why) &&
              strchr(o->said, '\n') == o->said + strlen(o->said) - 1,
          "%s: said: %s", about, o->said);
}

static inline void open_and_close(const char *path)
{
    store_close(store_open(path));
}

#endif
