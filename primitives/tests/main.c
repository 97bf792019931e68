// SPDX-License-Identifier: MIT
/* contract_tests [NAME | KIND/NAME | KIND [TEST]]: the contract of every implementation in this build, of one,
   or of a kind, or one test of it.
   Exit 0: all hold; 1: one does not, or nothing ran; 2: no such implementation; 77: nothing ran that
   ThreadSanitizer, which this is built with, could judge. */
#include "contract.h"

#include "contend_impls_lists.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SUMMARY_CHARACTERS_MAX = 60, STUCK_S = 100, EXIT_USAGE = 2, EXIT_SKIPPED = 77 };

/* Defined where the program is built with ThreadSanitizer. */
extern void __tsan_init(void) __attribute__((weak));

/* The lines of the inventory; their implementations stand in the registry in the same order. */
struct row {
    const char *kind, *id, *package;
    const struct ct_impl *impl;
};
#define ROW(kind, id, field) {#kind, #id, field, NULL},
static struct row rows[] = {CT_IMPLS_ALL(ROW)};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

#define DECLARE(kind) extern const struct contract_kind contract_##kind;
CT_IMPLS_KINDS(DECLARE)
#define ADDRESS(kind) &contract_##kind,
static const struct contract_kind *const kinds[] = {CT_IMPLS_KINDS(ADDRESS)};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct row *now_row;
static const char *now_test = "";
static unsigned checks, failures, tests_run;

void contract_check(bool holds, const char *what, const char *file, int line)
{
    checks++;
    if (holds)
        return;
    failures++;
    fprintf(stderr, "%s:%d: %s/%s: %s: failed: %s\n", file, line, now_row->kind,
            now_row->impl->name, now_test, what);
}

/* A lock that never comes is a failure too; the alarm's handler may only write and exit. */
static void stuck(int signal_number)
{
    (void)signal_number;
    const char *parts[] = {"contend: ", now_row->kind, "/",  now_row->impl->name,
                           ": stuck: ", now_test,      "\n", NULL};
    for (const char **p = parts; *p; p++)
        if (write(STDERR_FILENO, *p, strlen(*p)) < 0)
            break;
    _exit(1);
}

static bool has(const struct ct_impl *impl, unsigned traits)
{
    return (impl->traits & traits) == traits;
}

static bool name_is_id(const char *name, const char *id)
{
    for (; *name && *id; name++, id++)
        if ((*name == '-' ? '_' : *name) != *id)
            return false;
    return *name == *id;
}

/* What every implementation of every kind must say about itself. */
static void test_description(const struct row *row)
{
    const struct ct_impl *impl = row->impl;
    now_test = "description";
    CONTRACT(strcmp(impl->kind, row->kind) == 0);
    CONTRACT(name_is_id(impl->name, row->id));
    CONTRACT(impl->summary && impl->summary[0]);
    CONTRACT(impl->summary && strlen(impl->summary) <= SUMMARY_CHARACTERS_MAX);
    CONTRACT(impl->source && impl->source[0]);
    CONTRACT(has(impl, CT_PEER) == (row->package[0] != '\0'));
    CONTRACT(has(impl, CT_PEER) == (impl->package && impl->package[0]));
    CONTRACT(!has(impl, CT_PEER) || has(impl, CT_OPAQUE));
    CONTRACT(!has(impl, CT_SPINS) || !has(impl, CT_PARKS));
    CONTRACT(impl->size_bytes > 0 && impl->align_bytes > 0);
    CONTRACT((impl->align_bytes & (impl->align_bytes - 1)) == 0);
    CONTRACT(impl->align_bytes > 0 && impl->size_bytes % impl->align_bytes == 0);
    unsigned registered = 0, references = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        bool same_kind = strcmp((*i)->kind, impl->kind) == 0;
        registered += same_kind && strcmp((*i)->name, impl->name) == 0;
        references += same_kind && has(*i, CT_REFERENCE);
    }
    CONTRACT(registered == 1);
    CONTRACT(references == 1);
}

static const struct contract_kind *find_kind(const char *name)
{
    for (int k = 0; k < KINDS; k++)
        if (strcmp(kinds[k]->kind, name) == 0)
            return kinds[k];
    return NULL;
}

/* What a forked child can do with objects that it makes itself, whatever the parent's threads did before.
   Of recursive mutexes their contract says that it cannot; peers have rules of their own: GLib's pools share a
   thread that the child lacks. */
static const struct {
    const char *kind, *test;
} in_child[] = {
    {"mutex", "lock waits while another thread holds"},
    {"ordered", "each lock has one holder, and is free once released, in any grouping"},
    {"rwlock", "a writer keeps readers and writers out"},
    {"semaphore", "wait waits for a post"},
    {"bounded_semaphore", "a post lets as many through as it brings permits"},
    {"condition", "each signal wakes one more"},
    {"event", "manual reset: a set lets all waiters through"},
    {"barrier", "all wait for the last, and one is told serial"},
    {"spsc_queue", "pop waits for a push"},
    {"mpmc_queue", "pop waits for a push"},
    {"unbounded_queue", "pop waits for a push"},
    {"timer", "restart moves the deadline, later or sooner"},
    {"thread", "start, run, join, and the result"},
    {"thread_local", "it is unmade once, however the thread ends"},
    {"thread_pool", "value and failure reach who waits"},
};

/* Those that name their owner know it by an id that is the parent's still: their headers say so. */
static const char *const not_in_child[] = {"mutex/checked", "mutex/pi"};

static bool runs_in_child(const struct row *row, const char *test)
{
    char name[SUMMARY_CHARACTERS_MAX];
    snprintf(name, sizeof name, "%s/%s", row->kind, row->impl->name);
    for (size_t i = 0; i < sizeof not_in_child / sizeof *not_in_child; i++)
        if (strcmp(name, not_in_child[i]) == 0)
            return false;
    for (size_t i = 0; i < sizeof in_child / sizeof *in_child; i++)
        if (strcmp(in_child[i].kind, row->kind) == 0 && strcmp(in_child[i].test, test) == 0)
            return true;
    return false;
}

/* ThreadSanitizer makes no threads after a fork. */
static void run_in_child(const struct row *row, const struct contract_test *test)
{
    if (__tsan_init || has(row->impl, CT_PEER) || !runs_in_child(row, test->name))
        return;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        failures = 0;
        alarm(STUCK_S);
        test->run(row->impl);
        _exit(failures != 0);
    }
    int status = 1;
    CONTRACT(child > 0 && waitpid(child, &status, 0) == child);
    bool held_in_a_forked_child = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    CONTRACT(held_in_a_forked_child);
}

static const char *only_test; /* NULL: all */

static unsigned run_tests(const struct row *row, const struct contract_test *tests, unsigned offers)
{
    unsigned run = 0;
    for (const struct contract_test *t = tests; t && t->name; t++) {
        if ((t->needs & ~offers) ||
            (t->implementation && strcmp(t->implementation, row->impl->name) != 0) ||
            (only_test && strcmp(only_test, t->name) != 0))
            continue;
        now_test = t->name;
        alarm(STUCK_S);
        t->run(row->impl);
        alarm(0);
        run_in_child(row, t);
        run++;
    }
    return run;
}

static void test_implementation(const struct row *row)
{
    unsigned checks_before = checks, failures_before = failures;
    now_row = row;
    test_description(row);
    const struct contract_kind *kind = find_kind(row->kind);
    CONTRACT(kind != NULL);
    if (!kind)
        return;
    unsigned offers = kind->offers(row->impl);
    unsigned tests =
        run_tests(row, kind->tests, offers) + run_tests(row, kind->special_tests, offers);
    tests_run += tests;
    if (only_test) {
        printf("%s/%s: %s: %s\n", row->kind, row->impl->name, only_test,
               tests == 0                   ? "not offered"
               : failures > failures_before ? "failed"
                                            : "passed");
        return;
    }
    printf("%s/%s: tested: %s", row->kind, row->impl->name, kind->required);
    for (const struct contract_operation *o = kind->operations; o->name; o++)
        if (offers & o->bit)
            printf(" %s", o->name);
    printf("; not offered:");
    const char *none = " nothing";
    for (const struct contract_operation *o = kind->operations; o->name; o++)
        if (!(offers & o->bit)) {
            printf(" %s", o->name);
            none = "";
        }
    printf("%s; %u tests, %u checks, %u failed\n", none, tests, checks - checks_before,
           failures - failures_before);
}

/* ThreadSanitizer reports races that are none where another library's code, not built with it, orders
   the accesses; it even lacks some of libc's calls (pthread_mutex_clocklock, mtx_lock). */
static bool judged(const struct ct_impl *impl)
{
    return !__tsan_init || !has(impl, CT_OPAQUE);
}

static bool selected(const struct row *row, const char *wanted)
{
    size_t kind = strlen(row->kind);
    return !wanted || strcmp(wanted, row->impl->name) == 0 || strcmp(wanted, row->kind) == 0 ||
           (strncmp(wanted, row->kind, kind) == 0 && wanted[kind] == '/' &&
            strcmp(wanted + kind + 1, row->impl->name) == 0);
}

static int unknown(const char *wanted)
{
    fprintf(stderr, "contend: %s: no such implementation: give none, or one of", wanted);
    for (int i = 0; i < ROWS; i++)
        fprintf(stderr, " %s/%s", rows[i].kind, rows[i].impl->name);
    fprintf(stderr, "\n");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc > 3) {
        fprintf(stderr,
                "contend: %s: unexpected: give a NAME, a KIND/NAME or a KIND, and a test's name\n",
                argv[3]);
        return EXIT_USAGE;
    }
    const char *wanted = argc > 1 ? argv[1] : NULL;
    only_test = argc > 2 ? argv[2] : NULL;
    unsigned tested = 0, skipped = 0;
    for (int i = 0; i < ROWS; i++)
        rows[i].impl = ct_impls[i];
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGALRM, stuck);
    for (int i = 0; i < ROWS; i++) {
        if (!selected(&rows[i], wanted))
            continue;
        if (judged(rows[i].impl)) {
            test_implementation(&rows[i]);
            tested++;
        } else {
            printf("%s/%s: skipped: ThreadSanitizer cannot see into it\n", rows[i].kind,
                   rows[i].impl->name);
            skipped++;
        }
    }
    if (wanted && tested + skipped == 0)
        return unknown(wanted);
    if (only_test && tested > 0 && tests_run == 0) {
        fprintf(stderr, "contend: %s: no test of that name in %s\n", only_test, wanted);
        return EXIT_USAGE;
    }
    printf("contract: %u implementations, %u skipped, %u checks, %u failed\n", tested, skipped,
           checks, failures);
    if (tested == 0 && skipped != 0)
        return EXIT_SKIPPED;
    return failures != 0 || checks == 0;
}
