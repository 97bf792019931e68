// SPDX-License-Identifier: MIT
#include "stress/run.h"

#include "stress/stacks.h"
#include "support/fail.h"
#include "support/proc.h"

#include <contend/wait.h>

#include <dirent.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

char *stress_command(const struct stress_case *c)
{
    return must_printf("contend stress --kind %s --impl %s --scenario %s --perturb %s --threads %u "
                       "--seed %" PRIu64 " --seconds 60",
                       c->kind->kind, c->impl->name, c->scenario->name, c->perturb->name,
                       c->threads, c->seed);
}

struct report {
    const struct run *run;
    FILE *evidence; /* NULL: none */
    char *path;
    uint32_t tids[STACKS_THREADS_MAX];
    unsigned workers, threads; /* of tids: the actors, then all others */
};

__attribute__((format(printf, 2, 3))) static void say(const struct report *r, const char *format,
                                                      ...)
{
    FILE *const to[] = {stderr, r->evidence};
    for (size_t i = 0; i < sizeof to / sizeof *to && to[i]; i++) {
        va_list arguments;
        va_start(arguments, format);
        vfprintf(to[i], format, arguments);
        va_end(arguments);
    }
}

static void open_evidence(struct report *r)
{
    const struct stress_case *c = r->run->c;
    if (!c->evidence)
        return;
    r->path = must_printf("%s-%s-%s-%s-%" PRIu64 ".txt", c->evidence, c->kind->kind, c->impl->name,
                          c->scenario->name, c->seed);
    r->evidence = fopen(r->path, "w");
    if (!r->evidence)
        complain("evidence: %s: %s", r->path, strerror(errno));
}

static void find_threads(struct report *r)
{
    const struct run *run = r->run;
    for (unsigned i = 0; i < run->round.threads && r->threads < STACKS_THREADS_MAX; i++)
        r->tids[r->threads++] = ct_u32_load_relaxed(&run->field.workers[i].tid);
    r->workers = r->threads;
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *e; tasks && (e = readdir(tasks)) && r->threads < STACKS_THREADS_MAX;) {
        uint32_t tid = (uint32_t)strtoul(e->d_name, NULL, 10);
        unsigned i = 0;
        while (i < r->workers && r->tids[i] != tid)
            i++;
        if (tid != 0 && i == r->workers && tid != (uint32_t)syscall(SYS_gettid))
            r->tids[r->threads++] = tid;
    }
    if (tasks)
        closedir(tasks);
}

static void say_thread(const struct report *r, unsigned index)
{
    uint32_t tid = r->tids[index];
    char *status = proc_text("", "/proc/self/task/%" PRIu32 "/status", tid);
    char *state = proc_field(status, "State");
    char *channel = proc_text("", "/proc/self/task/%" PRIu32 "/wchan", tid);
    char *call = proc_text("", "/proc/self/task/%" PRIu32 "/syscall", tid);
    if (index < r->workers)
        say(r, "  thread %-2u %s, %" PRIu64 " operations;", index, run_at(r->run, index),
            run_operations(r->run, index));
    else
        say(r, "  another  ");
    say(r, " kernel: %s, in %s, syscall %s\n", state ? state : "unknown",
        channel ? channel : "unknown", call ? call : "unknown");
    free(call);
    free(channel);
    free(state);
    free(status);
}

/* The kernel copies, so that memory that is gone or racing can be asked for as well. */
static void say_words(const struct report *r, const char *what, const void *start, size_t bytes)
{
    uint32_t words[64] = {0};
    size_t shown = bytes < sizeof words ? bytes : sizeof words;
    struct iovec to = {words, shown}, from = {(void *)(uintptr_t)start, shown};
    if (bytes == 0)
        return;
    if (syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0) < 0) {
        say(r, "  %-9s not readable\n", what);
        return;
    }
    say(r, "  %-9s %zu bytes:", what, bytes);
    for (size_t i = 0; i < (shown + 3) / 4; i++)
        say(r, " %08" PRIx32, words[i]);
    say(r, "%s\n", shown < bytes ? " ..." : "");
}

/* Where in which file, and for frames of this program the command that knows more. */
static void say_stack(const struct report *r, unsigned index)
{
    Dl_info own = {0}, info;
    uintptr_t offsets[STACKS_FRAMES_MAX];
    void *const *frames;
    unsigned owned = 0, count = stacks_take(r->tids[index], &frames);
    dladdr(&run_at_gate, &own);
    if (index < r->workers)
        say(r, "  stack of thread %u%s\n", index, count ? "" : ": it does not answer");
    else
        say(r, "  stack of another%s\n", count ? "" : ": it does not answer");
    for (unsigned i = 0; i < count; i++) {
        if (!dladdr(frames[i], &info)) {
            say(r, "    #%-2u %p\n", i, frames[i]);
            continue;
        }
        uintptr_t offset = (uintptr_t)frames[i] - (uintptr_t)info.dli_fbase;
        say(r, "    #%-2u %s+0x%" PRIxPTR " %s\n", i, info.dli_fname, offset,
            info.dli_sname ? info.dli_sname : "");
        if (info.dli_fbase == own.dli_fbase)
            offsets[owned++] = offset - 1; /* the call, not what comes after it */
    }
    if (owned == 0)
        return;
    say(r, "    addr2line -fpie %s", own.dli_fname);
    for (unsigned i = 0; i < owned; i++)
        say(r, " 0x%" PRIxPTR, offsets[i]);
    say(r, "\n");
}

static void report(const struct run *run, const char *headline, const char *seen, bool stuck)
{
    const struct stress_case *c = run->c;
    struct report r = {.run = run};
    open_evidence(&r);
    find_threads(&r);
    char *again = stress_command(c);
    flockfile(stderr);
    say(&r, "contend: %s %s, scenario %s: %s\n", c->kind->kind, c->impl->name, c->scenario->name,
        headline);
    say(&r,
        "  claim     %s\n  seen      %s\n"
        "  when      round %" PRIu64 " of seed %" PRIu64
        ", perturbation %s, %u threads, %u steps each\n",
        c->scenario->claim, seen, ct_u64_load_relaxed(&run->rounds), c->seed, c->perturb->name,
        run->round.threads, run->round.steps);
    for (unsigned i = 0; i < (stuck ? r.threads : r.workers); i++)
        say_thread(&r, i);
    say_words(&r, "object", ct_ptr_load_relaxed(&run->field.object), c->impl->size_bytes);
    say_words(&r, "nodes", run->field.nodes.start, run->field.nodes.bytes);
    say(&r, "  again     %s\n", again);
    if (r.evidence)
        fprintf(stderr, "  evidence  %s\n", r.path);
    for (unsigned i = 0; stuck && i < r.threads; i++)
        say_stack(&r, i);
    funlockfile(stderr);
    if (r.evidence)
        fflush(r.evidence);
    if (stuck) /* whoever stays in its handler may have been allocating */
        return;
    if (r.evidence)
        fclose(r.evidence);
    free(again);
    free(r.path);
}

void run_report(const struct run *run, const char *seen)
{
    report(run, "a claim is broken", seen, false);
}

void run_report_stuck(const struct run *run, const char *seen)
{
    report(run, "threads hang", seen, true);
}
