// SPDX-License-Identifier: MIT
/* operations.c - loads, stores, read-modify-writes, plain data, pauses. */
#include "stress/model/engine.h"
#include "stress/model/explore.h"

static unsigned seq_cst_if(enum model_order order)
{
    return order == MODEL_SEQ_CST ? SEQ_CST : 0;
}

static uint64_t direct_load(const void *cell, unsigned bytes)
{
    return bytes == 4 ? *(const uint32_t *)cell : *(const uint64_t *)cell;
}

static void direct_store(void *cell, unsigned bytes, uint64_t value)
{
    if (bytes == 4)
        *(uint32_t *)cell = (uint32_t)value;
    else
        *(uint64_t *)cell = value;
}

static void remember_read(struct model_thread *t, unsigned location, unsigned index)
{
    t->read_locations |= UINT64_C(1) << location;
    t->read_index[location] = (uint8_t)index;
}

void engine_changed(unsigned location, uint64_t value)
{
    engine.rescues = 0;
    for (unsigned rest = engine.awaiting; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctz(rest);
        struct model_thread *t = &engine.thread[i];
        if ((t->read_locations >> location & 1) &&
            memory_store_at(location, t->read_index[location])->value != value)
            engine_wake(i);
    }
}

void engine_store(unsigned location, uint64_t value, enum model_order order,
                  const struct store *replaced, const char *site)
{
    struct model_thread *t = engine_thread();
    uint64_t old = memory_newest(location)->value;
    struct store *s = memory_write(&t->know, engine.current, location, value, order, replaced);
    if (!s)
        engine_fail("livelock: more stores than the model has room for", site);
    if (memory.location[location].latest == HISTORY_DRIFT)
        explore_drift();
    s->event = (uint16_t)engine.events;
    remember_read(t, location, memory.location[location].latest);
    if (value != old)
        engine_changed(location, value);
}

/* One load of whichever store the exploration says. */
static uint64_t load(unsigned location, enum model_order order, enum operation operation,
                     const char *site)
{
    struct model_thread *t = engine_thread();
    unsigned newest = memory.location[location].latest;
    unsigned back = explore_stale(newest - memory_oldest(&t->know, location, order) + 1, newest);
    struct store *s = memory_read(&t->know, location, newest - back, order);
    remember_read(t, location, newest - back);
    engine_record(operation, location, order, s->value, s->value, s, site);
    if (engine.recording && back && engine.events)
        engine.event[engine.events - 1].staleness = (uint8_t)back;
    explore_executed(location, READS | seq_cst_if(order));
    return s->value;
}

uint64_t model_load(const void *cell, unsigned bytes, enum model_order order, const char *site)
{
    if (engine.alone)
        return direct_load(cell, bytes);
    unsigned location = memory_locate(cell, bytes);
    engine_point(OP_LOAD, location, READS | seq_cst_if(order), site);
    return load(location, order, OP_LOAD, site);
}

void model_store(void *cell, unsigned bytes, uint64_t value, enum model_order order,
                 const char *site)
{
    if (engine.alone) {
        direct_store(cell, bytes, value);
        return;
    }
    unsigned location = memory_locate(cell, bytes);
    engine_point(OP_STORE, location, WRITES | seq_cst_if(order), site);
    uint64_t old = memory_newest(location)->value;
    engine_store(location, value, order, NULL, site);
    engine_record(OP_STORE, location, order, old, value, NULL, site);
    explore_executed(location, WRITES | seq_cst_if(order));
}

static uint64_t combine(enum model_rmw how, uint64_t old, uint64_t operand)
{
    switch (how) {
    case MODEL_EXCHANGE:
        return operand;
    case MODEL_ADD:
        return old + operand;
    case MODEL_SUB:
        return old - operand;
    case MODEL_OR:
        return old | operand;
    case MODEL_AND:
        return old & operand;
    }
    __builtin_unreachable();
}

static uint64_t truncated(unsigned bytes, uint64_t value)
{
    return bytes == 4 ? (uint32_t)value : value;
}

/* Atomic: reads the newest store and puts another right behind it. */
static uint64_t replace(unsigned location, unsigned bytes, enum model_rmw how, uint64_t operand,
                        enum model_order order, enum operation operation, const char *site)
{
    struct model_thread *t = engine_thread();
    struct store *s = memory_read(&t->know, location, memory.location[location].latest, order);
    uint64_t value = truncated(bytes, combine(how, s->value, operand));
    engine_store(location, value, order, s, site);
    engine_record(operation, location, order, s->value, value, s, site);
    explore_executed(location, WRITES | seq_cst_if(order));
    return s->value;
}

uint64_t model_rmw(void *cell, unsigned bytes, enum model_rmw how, uint64_t operand,
                   enum model_order order, const char *site)
{
    if (engine.alone) {
        uint64_t old = direct_load(cell, bytes);
        direct_store(cell, bytes, combine(how, old, operand));
        return old;
    }
    unsigned location = memory_locate(cell, bytes);
    enum operation operation = (enum operation)(OP_EXCHANGE + (int)how);
    engine_point(operation, location, READS_NEWEST | WRITES | seq_cst_if(order), site);
    return replace(location, bytes, how, operand, order, operation, site);
}

bool model_cas(void *cell, unsigned bytes, uint64_t *seen, uint64_t value, enum model_order order,
               const char *site)
{
    if (engine.alone) {
        uint64_t old = direct_load(cell, bytes);
        bool same = old == *seen;
        if (same)
            direct_store(cell, bytes, value);
        *seen = old;
        return same;
    }
    unsigned location = memory_locate(cell, bytes);
    engine_point(OP_CAS, location, READS | WRITES | seq_cst_if(order), site);

    /* It fails on any readable store of another value, it succeeds only on the newest. */
    struct model_thread *t = engine_thread();
    unsigned newest = memory.location[location].latest;
    unsigned oldest = memory_oldest(&t->know, location, MODEL_RELAXED);
    uint8_t candidate[HISTORY_MAX + 1];
    unsigned candidates = 0;
    for (unsigned i = newest + 1; i-- > oldest;) {
        if (i == newest || memory_store_at(location, i)->value != *seen)
            candidate[candidates++] = (uint8_t)i;
    }
    unsigned index = candidate[explore_stale_of(candidate, candidates)];
    if (index == newest && memory_newest(location)->value == *seen) {
        replace(location, bytes, MODEL_EXCHANGE, value, order, OP_CAS, site);
        return true;
    }
    struct store *s = memory_read(&t->know, location, index, MODEL_RELAXED);
    remember_read(t, location, index);
    engine_record(OP_CAS_FAILED, location, MODEL_RELAXED, s->value, s->value, s, site);
    if (engine.recording && engine.events)
        engine.event[engine.events - 1].staleness = (uint8_t)(newest - index);
    explore_executed(location, READS);
    *seen = s->value;
    return false;
}

bool model_rseq_cmpstore(void *cell, uint64_t expect, uint64_t value, const char *site)
{
    if (engine.alone)
        return model_cas(cell, 4, &expect, value, MODEL_RELEASE, site);
    unsigned location = memory_locate(cell, 4);
    struct model_thread *t = engine_thread();
    for (;;) {
        engine_point(OP_RSEQ_COMPARE, location, READS, site);
        t->restart = false;
        if (load(location, MODEL_RELAXED, OP_RSEQ_COMPARE, site) != expect)
            return false;
        t->restartable = true;
        engine_point(OP_RSEQ_STORE, location, WRITES, site);
        t->restartable = false;
        if (!t->restart)
            break;
        engine_record(OP_RSEQ_RESTART, location, MODEL_RELAXED, 0, 0, NULL, site);
    }
    uint64_t old = memory_newest(location)->value;
    engine_store(location, value, MODEL_RELEASE, NULL, site);
    engine_record(OP_RSEQ_STORE, location, MODEL_RELEASE, old, value, NULL, site);
    explore_executed(location, WRITES);
    return true;
}

static uint64_t others_plain_changes(void)
{
    return engine.plain_changes - engine.own_plain_changes[engine.current];
}

static uint64_t first_read(struct model_plain *p, const char *site)
{
    if (engine.alone)
        return p->value;
    struct model_thread *t = engine_thread();
    engine_record(OP_PLAIN_READ, NO_LOCATION, MODEL_RELAXED, 0, p->value, NULL, site);
    const char *race = memory_plain_read(p, &t->know, engine.current);
    if (race)
        engine_fail(race, site);
    if (!t->read_plain) {
        t->read_plain = true;
        t->plain_changes = others_plain_changes();
    }
    return p->value;
}

/* Accesses of protected data outnumber all others, mostly again and again in one epoch: those need no
   look. */
uint64_t model_plain_read(const struct model_plain *p, const char *site)
{
    if (p->read_epoch == memory.epoch)
        return p->value;
    return first_read((struct model_plain *)(uintptr_t)p, site);
}

static void plain_change(struct model_plain *p, uint64_t value)
{
    if (p->value == value)
        return;
    p->value = value;
    if (engine.alone)
        return;
    engine.plain_changes++;
    engine.own_plain_changes[engine.current]++;
    engine.rescues = 0;
    for (unsigned rest = engine.awaiting; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctz(rest);
        if (engine.thread[i].read_plain)
            engine_wake(i);
    }
}

static void first_write(struct model_plain *p, uint64_t value, const char *site)
{
    if (!engine.alone) {
        engine_record(OP_PLAIN_WRITE, NO_LOCATION, MODEL_RELAXED, p->value, value, NULL, site);
        const char *race = memory_plain_write(p, &engine_thread()->know, engine.current);
        if (race)
            engine_fail(race, site);
    }
    plain_change(p, value);
}

void model_plain_write(struct model_plain *p, uint64_t value, const char *site)
{
    if (p->write_epoch == memory.epoch) {
        plain_change(p, value);
    } else if (p->read_epoch == memory.epoch && p->shared != memory.execution) {
        p->write_epoch =
            memory.epoch; /* the read was after the last write, and nobody else reads */
        plain_change(p, value);
    } else {
        first_write(p, value, site);
    }
}

/* Has anything that the thread read since its last pause changed? In any case its next looks are not
   staler than now: a thread that waits for a change does not overlook it for ever. */
static bool news(struct model_thread *t)
{
    bool changed = t->read_plain && t->plain_changes != others_plain_changes();
    uint64_t heard = changed;
    for (uint64_t rest = t->read_locations; rest; rest &= rest - 1) {
        unsigned location = (unsigned)__builtin_ctzll(rest);
        unsigned newest = memory.location[location].latest;
        changed |= memory_store_at(location, t->read_index[location])->value !=
                   memory_newest(location)->value;
        t->know.now.seen[location] = (uint8_t)newest;
        heard += memory_newest(location)->past; /* in no order */
    }
    knowledge_add(&t->know, heard);
    return changed;
}

void model_pause(const char *site)
{
    if (engine.alone)
        model_panic("waits for another thread where there is none");
    struct model_thread *t = engine_thread();
    if (!t->read_locations && !t->read_clock && !t->read_plain) {
        if (++t->idle_pauses > IDLE_PAUSES_MAX)
            engine_fail("livelock: a loop pauses and never looks", site);
        return;
    }
    t->idle_pauses = 0;
    engine.pauses.of[engine.current]++;
    if (!news(t)) {
        t->site = site;
        t->state = AWAITING;
        engine.runnable &= ~(1U << engine.current);
        engine.awaiting |= 1U << engine.current;
        if (t->read_clock)
            engine_time_limited();
        engine_record(OP_PAUSE, NO_LOCATION, MODEL_RELAXED, 0, 0, NULL, site);
        engine_leave();
        news(t);
    }
    if (t->read_plain)
        memory_tick(&t->know, engine.current); /* the next read must be noticed */
    t->read_locations = 0;
    t->read_clock = t->read_plain = false;
}

void model_backoff(const char *site)
{
    (void)site;
    if (!engine.alone)
        engine.pauses.of[engine.current]++;
}
