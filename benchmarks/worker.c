// SPDX-License-Identifier: MIT
#include "benchmarks/worker.h"

#include "support/clock.h"
#include "support/fail.h"
#include "support/rng.h"

#include <alloca.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the time that a trial measures: with many threads on few CPUs, their last operations take long. */
static const uint64_t patience_factor = 20;

enum { TEXT_MAX = 256, STACK_SHIFT_MAX = 4096, HEAP_SHIFT_MAX = 64 * 1024, PAGES_SHIFT_MAX = 256 };

struct worker {
    const struct bench_case *cases;
    unsigned patience_s;
    pid_t pid; /* 0: no process */
    int socket;
    char rejected[TEXT_MAX], broken[TEXT_MAX];
};

/* The two messages. Pointers in them mean the same on both sides: one is the other's copy. */
struct request {
    size_t index;
    struct trial_setting setting;
};

struct reply {
    struct bench_sample sample; /* its thread_ops and latency follow */
    char rejected[TEXT_MAX], broken[TEXT_MAX];
};

static bool put(int socket, const void *bytes, size_t length)
{
    for (const char *at = bytes; length > 0;) {
        ssize_t written = send(socket, at, length, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        length -= (size_t)written;
    }
    return true;
}

static bool get(int socket, void *bytes, size_t length)
{
    for (char *at = bytes; length > 0;) {
        ssize_t got = read(socket, at, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

/* ---- the process of the trials ---- */

static void copy_text(char *to, const char *from)
{
    snprintf(to, TEXT_MAX, "%s", from ? from : "");
}

static bool answer(int socket, const struct bench_case *cases, const struct request *request)
{
    struct reply reply = {0};
    struct bench_sample *s = &reply.sample;
    const struct bench_case *c = &cases[request->index];
    const char *broken = trial_run(&request->setting, c, s);
    copy_text(reply.rejected, s->rejected);
    copy_text(reply.broken, broken);
    bool sent = put(socket, &reply, sizeof reply) &&
                put(socket, s->thread_ops, c->threads * sizeof *s->thread_ops) &&
                put(socket, s->latency, sizeof *s->latency);
    trial_free(s);
    return sent;
}

/* Its own frame, so that what it moves stays moved. */
static __attribute__((noinline)) void serve(int socket, const struct bench_case *cases,
                                            struct rng *rng)
{
    /* cppcheck-suppress allocaCalled ; a random depth is the point */
    volatile char *stack = alloca((size_t)rng_below(rng, STACK_SHIFT_MAX) + 1);
    stack[0] = 0;
    void *heap = must_alloc((size_t)rng_below(rng, HEAP_SHIFT_MAX) + 1);
    size_t bytes = ((size_t)rng_below(rng, PAGES_SHIFT_MAX) + 1) * (size_t)sysconf(_SC_PAGESIZE);
    void *pages = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct request request;
    while (get(socket, &request, sizeof request) && answer(socket, cases, &request))
        ;
    if (pages != MAP_FAILED)
        munmap(pages, bytes);
    free(heap);
}

/* Interrupts are the parent's business: it lets the trial under way end. */
static _Noreturn void live(int socket, const struct bench_case *cases, uint64_t seed, pid_t parent)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct rng rng = rng_seeded(seed, (uint64_t)1 << 32);
    if (getppid() == parent)
        serve(socket, cases, &rng);
    _exit(EXIT_FINE);
}

/* ---- this process ---- */

static void start(struct worker *w, uint64_t seed)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        fail(EXIT_ENVIRONMENT, "socketpair: %s", strerror(errno));
    fflush(NULL); /* or both would print what is still in the buffers */
    pid_t parent = getpid();
    w->pid = fork();
    if (w->pid < 0)
        fail(EXIT_ENVIRONMENT, "fork: %s", strerror(errno));
    if (w->pid == 0) {
        close(ends[0]);
        live(ends[1], w->cases, seed, parent);
    }
    close(ends[1]);
    w->socket = ends[0];
}

/* Hang up, and wait for its end. Returns its status. */
static int end(struct worker *w)
{
    int status = 0;
    close(w->socket);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    return status;
}

/* Is something to be read, or the other end gone, before patience is at its end? Counted in seconds that
   this process ran in: one that was stopped for a while is not in a hurry afterwards. */
static bool answered(const struct worker *w, uint64_t trial_ns)
{
    struct pollfd reading = {.fd = w->socket, .events = POLLIN};
    uint64_t seconds = w->patience_s + patience_factor * trial_ns / NS_PER_S;
    while (seconds > 0) {
        int ready = poll(&reading, 1, 1000);
        if (ready > 0)
            return true;
        seconds -= ready == 0;
    }
    return false;
}

static const char *lost(struct worker *w, bool hangs)
{
    if (hangs)
        kill(w->pid, SIGKILL);
    int status = end(w);
    if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_FINE)
        exit(WEXITSTATUS(status));
    if (hangs)
        return "the trial did not end";
    snprintf(w->broken, sizeof w->broken, "the process died: %s",
             WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it exited");
    return w->broken;
}

const char *worker_trial(struct worker *w, const struct trial_setting *setting, size_t index,
                         struct bench_sample *s)
{
    if (w->pid == 0)
        start(w, setting->seed);
    struct request request = {index, *setting};
    struct reply reply;
    unsigned threads = w->cases[index].threads;
    uint64_t *thread_ops = must_alloc(threads * sizeof *thread_ops);
    struct histogram *latency = must_alloc(sizeof *latency);
    bool sent = put(w->socket, &request, sizeof request);
    bool hangs = sent && !answered(w, setting->warm_up_ns + setting->measure_ns);
    bool whole = sent && !hangs && get(w->socket, &reply, sizeof reply) &&
                 get(w->socket, thread_ops, threads * sizeof *thread_ops) &&
                 get(w->socket, latency, sizeof *latency);
    *s = whole ? reply.sample : (struct bench_sample){0};
    s->thread_ops = thread_ops;
    s->latency = latency;
    if (!whole)
        return lost(w, hangs);
    memcpy(w->rejected, reply.rejected, sizeof w->rejected);
    memcpy(w->broken, reply.broken, sizeof w->broken);
    s->rejected = w->rejected[0] ? w->rejected : NULL;
    return w->broken[0] ? w->broken : NULL;
}

void worker_renew(struct worker *w)
{
    if (w->pid != 0)
        end(w);
}

struct worker *worker_make(const struct bench_case *cases, unsigned patience_s)
{
    struct worker *w = must_alloc(sizeof *w);
    w->cases = cases;
    w->patience_s = patience_s;
    return w;
}

void worker_free(struct worker *w)
{
    worker_renew(w);
    free(w);
}
