// SPDX-License-Identifier: MIT
/* barrier_processes.h - the barrier scenarios between processes: all come, or one dies before it does. */
#ifndef STRESS_BARRIER_PROCESSES_H
#define STRESS_BARRIER_PROCESSES_H

#include "stress/processes.h"

#include <contend/atomic.h>
#include <contend/barrier.h>

enum { PROCESSES_MAX = 4, PHASES_MAX = 16 };

struct barrier_shared {
    struct cell place[PROCESSES_MAX];    /* what each wrote before it came */
    struct ct_u32 serials[PHASES_MAX];   /* of each phase, how many were told serial */
    struct ct_u32 coming[PROCESSES_MAX]; /* phases that each has come to, or is about to */
    struct ct_u32 passed[PROCESSES_MAX]; /* phases that ended for each */
    unsigned missing;                    /* who dies */
    unsigned last;                       /* after so many phases */
};

static inline struct barrier_shared *processes_shared(const struct scenario_round *r)
{
    return processes_shared_by(r);
}

static inline void processes_setup(struct scenario_round *r)
{
    const struct ct_barrier_ops *o = r->ops;
    struct barrier_shared *s = processes_begin(r, sizeof *s);
    s->missing = (unsigned)rng_below(&r->actors[0].rng, r->threads);
    s->last = (unsigned)rng_below(&r->actors[0].rng, r->steps);
    o->init(r->object, r->threads, NULL);
}

static inline int processes_meet(struct scenario_thread *t)
{
    const struct ct_barrier_ops *o = t->round->ops;
    return o->wait(t->round->object, t->index);
}

/* They come twice, so that none writes for the next phase what others still read. */
static inline void processes_work(struct scenario_thread *t)
{
    struct barrier_shared *s = processes_shared(t->round);
    for (unsigned phase = 0; phase < t->round->steps; phase++) {
        scenario_point(t, POINT_HOLDING);
        cell_write(&s->place[t->index], phase + 1);
        if (processes_meet(t) == CT_BARRIER_SERIAL)
            ct_u32_add_relaxed(&s->serials[phase], 1);
        for (unsigned i = 0; i < t->round->threads; i++)
            if (cell_read(&s->place[i]) != phase + 1)
                scenario_broken(t, "a process went on before all had come, or another did twice");
        processes_meet(t);
        scenario_did(t);
    }
}

static inline void processes_actor(struct scenario_thread *t)
{
    processes_play(t, LIVES, processes_work);
}

static inline const char *processes_verdict(struct scenario_round *r)
{
    struct barrier_shared *s = processes_shared(r);
    for (unsigned phase = 0; phase < r->steps; phase++)
        if (ct_u32_load_relaxed(&s->serials[phase]) != 1)
            return "not exactly one process was told serial in a phase";
    return NULL;
}

/* One dies by its own hand, and the others, who wait for it, are killed. */
static inline void processes_work_without_one(struct scenario_thread *t)
{
    struct barrier_shared *s = processes_shared(t->round);
    for (unsigned phase = 0; phase < t->round->steps; phase++) {
        if (t->index == s->missing && phase == s->last)
            raise(SIGKILL);
        ct_u32_store_relaxed(&s->coming[t->index], phase + 1);
        processes_meet(t);
        ct_u32_store_relaxed(&s->passed[t->index], phase + 1);
    }
}

static inline void processes_actor_without_one(struct scenario_thread *t)
{
    processes_play(t, KILLED, processes_work_without_one);
}

static inline const char *processes_verdict_without_one(struct scenario_round *r)
{
    struct barrier_shared *s = processes_shared(r);
    for (unsigned i = 0; i < r->threads; i++)
        for (unsigned k = 0; k < r->threads; k++)
            if (ct_u32_load_relaxed(&s->passed[i]) > ct_u32_load_relaxed(&s->coming[k]))
                return "a process went on although one had died before it came";
    return NULL;
}

#endif
