// SPDX-License-Identifier: MIT
/* mutex_processes.h - the mutex scenarios between processes: words in shared memory, and owners that are
   killed while they hold. */
#ifndef STRESS_MUTEX_PROCESSES_H
#define STRESS_MUTEX_PROCESSES_H

#include "stress/processes.h"
#include "stress/words.h"

#include <contend/atomic.h>
#include <contend/mutex.h>

enum { DEATHS = 8 /* one use in so many ends its process */ };

struct mutex_shared {
    struct words words;
    struct ct_u32 holder; /* actor + 1; 0: nobody is inside, or nobody has said so yet */
};

static inline void processes_setup(struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    processes_begin(r, sizeof(struct mutex_shared));
    o->init(r->object);
}

static inline struct mutex_shared *processes_shared(const struct scenario_round *r)
{
    return processes_shared_by(r);
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
        scenario_did(t);
    }
}

static inline void processes_actor(struct scenario_thread *t)
{
    processes_play(t, LIVES, processes_work);
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
        scenario_did(t);
    }
}

static inline void processes_actor_robust(struct scenario_thread *t)
{
    processes_play(t, rng_next(&t->rng) & 1 ? KILLED : LIVES, processes_work_until_death);
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
