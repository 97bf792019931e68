// SPDX-License-Identifier: MIT
/* sleep.c - what the kernel does: sleeping, waking, priority inheritance, barriers, time. */
#include "stress/model/engine.h"
#include "stress/model/explore.h"

#include <errno.h>
#include <string.h>

#define PI_WAITERS UINT32_C(0x80000000)
#define PI_OWNER UINT32_C(0x3fffffff)

static void fence(void)
{
    knowledge_fence(&engine_thread()->know, engine.current);
}

/* The kernel looks at the newest value, and so has this thread then. */
static uint32_t kernel_read(unsigned location)
{
    struct model_thread *t = engine_thread();
    t->know.now.seen[location] = memory.location[location].latest;
    knowledge_add(&t->know, memory_newest(location)->past);
    return (uint32_t)memory_newest(location)->value;
}

/* Returns when woken (0) or at the deadline (ETIMEDOUT). */
static int sleep_on(unsigned location, enum thread_state how, uint64_t deadline_ns,
                    const char *site)
{
    struct model_thread *t = engine_thread();
    t->state = how;
    t->site = site;
    t->sleeps_on = location;
    t->sleep_event = engine.events - 1;
    t->deadline_ns = deadline_ns;
    t->result = 0;
    engine.runnable &= ~(1U << engine.current);
    if (deadline_ns != UINT64_MAX)
        engine_time_limited();
    engine_leave();
    knowledge_add(&t->know, (unsigned)t->result);
    if (!t->result)
        return 0;
    engine_record(OP_TIMED_OUT, location, MODEL_RELAXED, 0, 0, NULL, site);
    return ETIMEDOUT;
}

int model_wait(const void *cell, uint32_t seen, uint64_t deadline_ns, const char *site)
{
    if (engine.alone)
        model_panic("sleeps where nobody could wake it");
    unsigned location = memory_locate(cell, 4);
    engine_point(OP_WAIT, location, READS_NEWEST | SLEEPS | FENCES, site);
    fence();
    uint32_t value = kernel_read(location);
    enum operation how = OP_WAIT;
    if (value != seen) {
        how = OP_WAIT_DIFFERS;
    } else if (engine.spurious < SPURIOUS_MAX && explore_mishap()) {
        engine.spurious++;
        how = OP_WAIT_SPURIOUS;
    }
    engine_record(how, location, MODEL_RELAXED, value, seen, memory_newest(location), site);
    explore_executed(location, READS_NEWEST | SLEEPS | FENCES);
    knowledge_add(&engine_thread()->know, how);
    if (how != OP_WAIT)
        return 0;
    int error = sleep_on(location, ASLEEP, deadline_ns, site);
    fence();
    return error;
}

/* One of the sleepers, if any; the scheduler says which. */
static int sleeper_on(unsigned location, enum thread_state how)
{
    uint8_t sleeper[MODEL_THREADS_MAX];
    unsigned sleepers = 0;
    for (unsigned i = 0; i < engine.program->threads; i++) {
        if (engine.thread[i].state == how && engine.thread[i].sleeps_on == location)
            sleeper[sleepers++] = (uint8_t)i;
    }
    return sleepers ? sleeper[explore_choose(sleepers, sleepers)] : -1;
}

static unsigned wake_some(unsigned location, int threads)
{
    unsigned woken = 0;
    int t;
    while ((int)woken < threads && (t = sleeper_on(location, ASLEEP)) >= 0) {
        engine_wake((unsigned)t);
        woken++;
    }
    return woken;
}

void model_wake(const void *cell, int threads, const char *site)
{
    if (engine.alone)
        return;
    unsigned location = memory_locate(cell, 4);
    engine_point(OP_WAKE, location, WAKES | FENCES, site);
    unsigned woken = wake_some(location, threads);
    engine_record(OP_WAKE, location, MODEL_RELAXED, (uint32_t)threads, woken, NULL, site);
    /* the fence is the woken threads': they return with one */
    explore_executed(location, woken ? WAKES | FENCES : WAKES);
}

bool model_requeue(const void *cell, uint32_t seen, int threads, const void *to, const char *site)
{
    if (engine.alone)
        return true;
    unsigned location = memory_locate(cell, 4), target = memory_locate(to, 4);
    engine_point(OP_REQUEUE, location, EVERYTHING, site);
    explore_executed(location, EVERYTHING);
    uint32_t value = kernel_read(location);
    if (value != seen) {
        engine_record(OP_REQUEUE, location, MODEL_RELAXED, value, 0, memory_newest(location), site);
        return false;
    }
    unsigned touched = wake_some(location, threads);
    for (unsigned i = 0; i < engine.program->threads; i++) {
        if (engine.thread[i].state == ASLEEP && engine.thread[i].sleeps_on == location) {
            engine.thread[i].sleeps_on = target;
            touched++;
        }
    }
    engine_record(OP_REQUEUE, location, MODEL_RELAXED, value, touched, memory_newest(location),
                  site);
    return true;
}

/* The kernel changes the word: nobody's acquire or release, but atomic. */
static void kernel_write(unsigned location, uint32_t value, const char *site)
{
    engine_store(location, value, MODEL_RELAXED, memory_newest(location), site);
}

int model_pi_lock(void *cell, uint64_t deadline_ns, const char *site)
{
    if (engine.alone)
        model_panic("asks for a priority-inheriting lock where nobody could hold it");
    unsigned location = memory_locate(cell, 4);
    unsigned effects = READS_NEWEST | WRITES | WAKES | SLEEPS;
    engine_point(OP_PI_LOCK, location, effects, site);
    uint32_t me = model_thread_id(), value = kernel_read(location);
    explore_executed(location, effects);
    if ((value & PI_OWNER) == me)
        return EDEADLK;
    if ((value & PI_OWNER) == 0) {
        struct store *s = memory_read(&engine_thread()->know, location,
                                      memory.location[location].latest, MODEL_ACQUIRE);
        engine_store(location, me | (value & PI_WAITERS), MODEL_ACQUIRE, s, site);
        engine_record(OP_PI_LOCK, location, MODEL_ACQUIRE, value, me, s, site);
        return 0;
    }
    kernel_write(location, value | PI_WAITERS, site);
    engine_record(OP_PI_BLOCK, location, MODEL_RELAXED, value, value | PI_WAITERS, NULL, site);
    int error = sleep_on(location, ASLEEP_PI, deadline_ns, site);
    if (error == 0)
        memory_read(&engine_thread()->know, location, memory.location[location].latest,
                    MODEL_ACQUIRE);
    return error;
}

void model_pi_unlock(void *cell, const char *site)
{
    if (engine.alone)
        model_panic("gives back a priority-inheriting lock that needs the kernel");
    unsigned location = memory_locate(cell, 4);
    unsigned effects = READS_NEWEST | WRITES | WAKES | SLEEPS;
    engine_point(OP_PI_UNLOCK, location, effects, site);
    uint32_t value = kernel_read(location);
    if ((value & PI_OWNER) != model_thread_id())
        engine_fail("gives back a priority-inheriting lock that it does not own", site);
    int next = sleeper_on(location, ASLEEP_PI);
    uint32_t left = 0;
    if (next >= 0) {
        engine_wake((unsigned)next);
        left = (uint32_t)next + 1;
        for (unsigned i = 0; i < engine.program->threads; i++) {
            if (engine.thread[i].state == ASLEEP_PI && engine.thread[i].sleeps_on == location)
                left |= PI_WAITERS;
        }
    }
    engine_store(location, left, MODEL_RELEASE, memory_newest(location), site);
    engine_record(OP_PI_UNLOCK, location, MODEL_RELEASE, value, left, NULL, site);
    explore_executed(location, effects);
}

/* Every thread gets a full barrier somewhere between two of the caller's; in which order the others
   get theirs is not said, so they learn nothing from each other. */
void model_membarrier(bool restarts, const char *site)
{
    if (engine.alone)
        return;
    engine_point(OP_MEMBARRIER, NO_LOCATION, EVERYTHING, site);
    uint8_t before[LOCATIONS_MAX], after[LOCATIONS_MAX];
    fence();
    memcpy(before, memory.seq_cst, sizeof before);
    memcpy(after, before, sizeof after);
    for (unsigned i = 0; i < engine.program->threads; i++) {
        struct model_thread *t = &engine.thread[i];
        if (i == engine.current)
            continue; /* a thread that has ended was a running one once: its stores are out as well */
        memcpy(memory.seq_cst, before, sizeof before);
        knowledge_fence(&t->know, i);
        seen_join(after, memory.seq_cst);
        t->restart |= restarts && t->restartable;
    }
    memcpy(memory.seq_cst, after, sizeof after);
    fence();
    engine_record(OP_MEMBARRIER, NO_LOCATION, MODEL_SEQ_CST, 0, 0, NULL, site);
    explore_executed(NO_LOCATION, EVERYTHING);
}

uint64_t model_now_ns(void)
{
    if (engine.alone)
        return engine.now_ns;
    struct model_thread *t = engine_thread();
    engine.now_ns++;
    if (engine.elapses < ELAPSES_MAX && explore_mishap()) {
        engine.now_ns += UINT64_C(1) << 42;
        engine.elapses++;
    }
    t->read_clock = true;
    knowledge_add(&t->know, engine.now_ns);
    explore_executed(NO_LOCATION, EVERYTHING); /* whoever reads it later reads another time */
    return engine.now_ns;
}

uint32_t model_thread_id(void)
{
    return engine.alone ? MODEL_THREADS_MAX + 1 : engine.current + 1;
}

bool model_membarrier_usable(void)
{
    if (engine.membarrier == UNASKED)
        engine.membarrier = explore_choose(2, 2) == 0 ? USABLE : MISSING;
    knowledge_add(&engine_thread()->know, engine.membarrier);
    return engine.membarrier == USABLE;
}

/* Only where executions are drawn: to look once, late enough, is as good as to look often. */
bool model_look_again(unsigned looks)
{
    return !engine.alone && looks < LOOKS_MAX && explore_choose(2, explore_all() ? 1 : 2) == 1;
}
