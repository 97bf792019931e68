// SPDX-License-Identifier: MIT
/* mutex_processes.h - the mutex scenarios between processes: words in shared memory, and owners that are
   killed while they hold. */
#ifndef STRESS_MUTEX_PROCESSES_H
#define STRESS_MUTEX_PROCESSES_H

#include "stress/processes.h"
#include "stress/words.h"
#include "support/apart.h"

#include <contend/atomic.h>
#include <contend/mutex.h>

enum { DEATHS = 8 /* one use in so many ends its process */ };

/* One mapping: this, then a twin of each actor, then the mutex. */
struct mutex_shared {
    struct words words;
    struct ct_u32 holder; /* actor + 1; 0: nobody is inside, or nobody has said so yet */
};

/* The start of the state of every mutex scenario. */
struct mutex_processes {
    struct mutex_shared *shared; /* NULL: another scenario */
    struct scenario_thread *twins;
    size_t bytes;
};

static inline void processes_setup(struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    struct mutex_processes *p = r->state;
    size_t twins = apart(sizeof *p->shared);
    size_t object = twins + apart(r->threads * sizeof *p->twins);
    p->bytes = object + o->impl.size_bytes;
    p->shared = processes_map(p->bytes);
    p->twins = (struct scenario_thread *)(void *)((char *)p->shared + twins);
    r->object = (char *)p->shared + object;
    o->init(r->object);
}

/* In release, of every scenario. */
static inline void processes_end(struct scenario_round *r)
{
    struct mutex_processes *p = r->state;
    if (p->shared)
        munmap(p->shared, p->bytes);
}

static inline struct mutex_shared *processes_shared(const struct scenario_round *r)
{
    return ((const struct mutex_processes *)r->state)->shared;
}

static inline void processes_enter(struct scenario_thread *t)
{
    if (ct_u32_exchange_relaxed(&processes_shared(t->round)->holder, t->index + 1) != 0)
        scenario_broken(t, "another process was inside, or died there and nobody was told");
}

static inline void processes_unlock(const struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    ct_u32_store_relaxed(&processes_shared(r)->holder, 0);
    o->unlock(r->object, NULL);
}

static inline void processes_work(struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    struct mutex_shared *s = processes_shared(t->round);
    for (unsigned i = 0; i < t->round->steps; i++) {
        t->contended += ct_u32_load_relaxed(&s->holder) != 0;
        o->lock(t->round->object, NULL);
        processes_enter(t);
        words_use(&s->words, t);
        processes_unlock(t->round);
    }
}

static inline void processes_actor(struct scenario_thread *t)
{
    struct mutex_processes *p = t->round->state;
    processes_play(t, LIVES, &p->twins[t->index], processes_work);
}

static inline const char *processes_verdict(struct scenario_round *r)
{
    return words_complete(&processes_shared(r)->words, r)
               ? NULL
               : "updates made while holding the mutex were lost between processes";
}

/* What a dead owner left is mended: words that are all alike. */
static inline void processes_mend(struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    struct mutex_shared *s = processes_shared(t->round);
    for (unsigned i = 0; i < WORDS; i++)
        cell_write(&s->words.word[i], 0);
    ct_u32_store_relaxed(&s->holder, 0);
    if (o->consistent(t->round->object) != 0)
        scenario_broken(t, "what a dead owner left could not be declared mended");
    t->contended++; /* here: a death that the next owner was told of */
}

static inline void processes_lock_robust(struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    int error = o->lock_robust(t->round->object, NULL);
    if (error == EOWNERDEAD)
        processes_mend(t);
    else if (error != 0)
        scenario_broken(t, "a robust lock failed, and not because its owner died");
    processes_enter(t);
}

static inline void processes_work_until_death(struct scenario_thread *t)
{
    struct mutex_shared *s = processes_shared(t->round);
    for (unsigned i = 0; i < t->round->steps; i++) {
        processes_lock_robust(t);
        words_use(&s->words, t);
        if (rng_below(&t->rng, DEATHS) == 0) {
            cell_write(&s->words.word[0], UINT64_MAX);
            raise(SIGKILL);
        }
        processes_unlock(t->round);
    }
}

static inline void processes_actor_robust(struct scenario_thread *t)
{
    struct mutex_processes *p = t->round->state;
    enum processes_fate fate = rng_next(&t->rng) & 1 ? KILLED : LIVES;
    processes_play(t, fate, &p->twins[t->index], processes_work_until_death);
}

/* When all processes are gone, however they went, the mutex can be had. */
static inline const char *processes_verdict_robust(struct scenario_round *r)
{
    const struct words *w = &processes_shared(r)->words;
    processes_lock_robust(&r->actors[0]);
    for (unsigned i = 1; i < WORDS; i++)
        if (cell_read(&w->word[i]) != cell_read(&w->word[0]))
            return "what a dead owner left was given to the next as if it were whole";
    processes_unlock(r);
    return r->actors[0].failure;
}

#endif
