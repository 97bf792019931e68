// SPDX-License-Identifier: MIT
/* engine.h - one execution of a program of a few threads, each a fiber. A thread runs on its own until
 * its next visible operation and stops before it; who goes first there, which store a load reads, whom
 * a wake-up reaches are decisions, made by explore.h. */
#ifndef MODEL_ENGINE_H
#define MODEL_ENGINE_H

#include "stress/model/fiber.h"
#include "stress/model/memory.h"

/* What is executed; the functions are told the context. */
struct program {
    void *context;
    unsigned threads;
    unsigned alike;               /* set of threads that do the same but for their number */
    void (*setup)(void *context); /* alone, before the threads */
    void (*body)(void *context, unsigned thread);
    const char *(*verdict)(void *context); /* alone, after all have ended; NULL: all is well */
    /* where a thread notes a broken claim, once it saw one; NULL: nowhere */
    const char *volatile *(*broken)(void *context, unsigned thread);
    void (*name)(void *context, const void *address, char *text, size_t bytes); /* for the trace */
};

enum outcome {
    COMPLETE, /* every thread ended, the verdict held */
    PRUNED,   /* given up: another execution covers it */
    FAILED,
};

/* What an operation touches: two that conflict may not be swapped without changing the outcome. */
enum effect {
    READS = 1 << 0,
    READS_NEWEST = 1 << 1, /* a read that cannot be stale */
    WRITES = 1 << 2,
    SLEEPS = 1 << 3, /* joins the sleepers of a cell */
    WAKES = 1 << 4,  /* takes from them */
    FENCES = 1 << 5,
    SEQ_CST = 1 << 6,
    EVERYTHING = 1 << 7,
};

enum operation {
    OP_LOAD,
    OP_STORE,
    OP_EXCHANGE, /* these five in the order of enum model_rmw */
    OP_ADD,
    OP_SUB,
    OP_OR,
    OP_AND,
    OP_CAS,
    OP_CAS_FAILED,
    OP_RSEQ_COMPARE,
    OP_RSEQ_STORE,
    OP_RSEQ_RESTART,
    OP_WAIT,
    OP_WAIT_DIFFERS,
    OP_WAIT_SPURIOUS,
    OP_TIMED_OUT,
    OP_WAKE,
    OP_REQUEUE,
    OP_PI_LOCK,
    OP_PI_BLOCK,
    OP_PI_UNLOCK,
    OP_MEMBARRIER,
    OP_PLAIN_READ,
    OP_PLAIN_WRITE,
    OP_PAUSE,
};

/* How often each thread has paused, a byte each: compared modulo 256. */
union pauses {
    uint8_t of[MODEL_THREADS_MAX];
    uint64_t all;
};

enum thread_state { RUNNABLE, AWAITING, ASLEEP, ASLEEP_PI, ENDED };

struct model_thread {
    struct fiber fiber;
    const char *volatile *broken;
    enum thread_state state;
    /* the operation it stands before */
    const char *site;
    enum operation operation;
    unsigned location, effects;
    struct knowledge know;
    /* read since its last pause: by location, the store; and whether the clock or plain data */
    uint64_t read_locations;
    uint8_t read_index[LOCATIONS_MAX];
    bool read_clock, read_plain;
    uint64_t plain_changes; /* others' changes of plain data when that began */
    unsigned idle_pauses;
    union pauses passed; /* everybody's when it last ran or became runnable */
    /* asleep */
    unsigned sleeps_on;
    unsigned sleep_event; /* where it is recorded */
    uint64_t deadline_ns;
    int result;
    bool restartable, restart; /* inside a restartable store; a barrier hit it */
};

/* A line of the trace. */
struct event {
    const char *site;
    uint64_t old_value, value;
    uint16_t from;  /* the event whose store was read */
    uint16_t until; /* the event that ended this sleep */
    uint8_t thread, operation, order, location;
    uint8_t staleness; /* how many newer stores there were */
};
enum { EVENTS_MAX = 4096, NO_EVENT = 65535, NO_LOCATION = 255 };

enum {
    STEPS_MAX = 3000, /* visible operations; more is called a livelock */
    STEPS_DRIFT =
        1000, /* after so many, or so many stores to one location, chance alone decides: */
    HISTORY_DRIFT = 100, /* that ends what only a malicious schedule keeps alive, and no livelock */
    ELAPSES_MAX = 2,     /* times that the clock leaps although somebody could run */
    SPURIOUS_MAX = 1,    /* sleeps that end for no reason */
    RESCUES_MAX = 64,    /* rounds of everybody looking again before it is called a deadlock */
    LOOKS_MAX = 1,       /* extra looks of a bounded spin */
    IDLE_PAUSES_MAX = 1000,
    PATIENCE = 2, /* pauses of one thread while another could run; then it gives way */
};

struct engine {
    const struct program *program;
    struct model_thread thread[MODEL_THREADS_MAX];
    struct fiber main;
    bool alone; /* setup, verdict: memory is plain */
    unsigned current;
    struct fiber *advancing_from; /* current only runs to its next operation, for this one */
    unsigned runnable, awaiting, timed, woken, ended; /* sets of threads */
    union pauses pauses;
    unsigned steps, elapses, spurious, rescues;
    enum { UNASKED, USABLE, MISSING } membarrier; /* in this execution's kernel */
    uint64_t now_ns, plain_changes, own_plain_changes[MODEL_THREADS_MAX];
    const char *failure;
    const char *failure_site;
    bool pruned;
    bool recording;
    unsigned events, events_before_rescue;
    struct event event[EVENTS_MAX];
};
extern struct engine engine;

enum outcome execute(const struct program *p);

/* For the operations. */
void engine_point(enum operation operation, unsigned location, unsigned effects, const char *site);
void engine_leave(void); /* current cannot go on: another one does */
void engine_wake(unsigned thread);
void engine_time_limited(
    void); /* current, which is about to leave, can also go on if time passes */
_Noreturn void engine_fail(const char *failure, const char *site);
void engine_changed(unsigned location, uint64_t value); /* who awaits another value looks again */
void engine_store(unsigned location, uint64_t value, enum model_order order,
                  const struct store *replaced, const char *site);
struct event *engine_event(enum operation operation, unsigned location, enum model_order order,
                           const char *site);

static inline struct model_thread *engine_thread(void)
{
    return &engine.thread[engine.current];
}

/* A line of the trace; only written while recording. from: the store that was read, or NULL. */
static inline void engine_record(enum operation operation, unsigned location,
                                 enum model_order order, uint64_t old_value, uint64_t value,
                                 const struct store *from, const char *site)
{
    struct event *e = engine.recording ? engine_event(operation, location, order, site) : NULL;
    if (!e)
        return;
    e->old_value = old_value;
    e->value = value;
    e->from = from && from->thread != NOBODY ? from->event : NO_EVENT;
}

#endif
