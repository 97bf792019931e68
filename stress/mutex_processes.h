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

struct mutex_processes {
    struct mutex_shared *shared; /* NULL: another scenario */
    struct scenario_thread *twins;
    size_t bytes;
};

static inline void processes_begin(struct mutex_processes *p, struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    size_t twins = apart(sizeof *p->shared);
    size_t object = twins + apart(r->threads * sizeof *p->twins);
    p->bytes = object + o->impl.size_bytes;
    p->shared = processes_map(p->bytes);
    p->twins = (struct scenario_thread *)(void *)((char *)p->shared + twins);
    r->object = (char *)p->shared + object;
    o->init(r->object);
}

/* In release, of every scenario. */
static inline void processes_end(struct mutex_processes *p)
{
    if (p->shared)
        munmap(p->shared, p->bytes);
}

/* The owner's part that is the same for those who may die. */
static inline void processes_enter(struct mutex_shared *s, struct scenario_thread *t)
{
    if (ct_u32_exchange_relaxed(&s->holder, t->index + 1) != 0)
        scenario_broken(t, "another process was inside, or died there and nobody was told");
}

static inline void processes_work(struct mutex_shared *s, struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    for (unsigned i = 0; i < t->round->steps; i++) {
        t->contended += ct_u32_load_relaxed(&s->holder) != 0;
        o->lock(t->round->object, NULL);
        processes_enter(s, t);
        words_use(&s->words, t);
        ct_u32_store_relaxed(&s->holder, 0);
        o->unlock(t->round->object, NULL);
    }
}

/* What a dead owner left is mended: words that are all alike. */
static inline void processes_mend(struct mutex_shared *s, struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    for (unsigned i = 0; i < WORDS; i++)
        cell_write(&s->words.word[i], 0);
    ct_u32_store_relaxed(&s->holder, 0);
    if (o->consistent(t->round->object) != 0)
        scenario_broken(t, "what a dead owner left could not be declared mended");
    t->contended++; /* here: a death that the next owner was told of */
}

static inline void processes_lock_robust(struct mutex_shared *s, struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    int error = o->lock_robust(t->round->object, NULL);
    if (error == EOWNERDEAD)
        processes_mend(s, t);
    else if (error != 0)
        scenario_broken(t, "a robust lock failed, and not because its owner died");
    processes_enter(s, t);
}

static inline void processes_work_until_death(struct mutex_shared *s, struct scenario_thread *t)
{
    const struct ct_mutex_ops *o = t->round->ops;
    for (unsigned i = 0; i < t->round->steps; i++) {
        processes_lock_robust(s, t);
        words_use(&s->words, t);
        if (rng_below(&t->rng, DEATHS) == 0) {
            cell_write(&s->words.word[0], UINT64_MAX);
            raise(SIGKILL);
        }
        ct_u32_store_relaxed(&s->holder, 0);
        o->unlock(t->round->object, NULL);
    }
}

/* When all processes are gone, however they went, the mutex can be had. */
static inline const char *processes_verdict_robust(struct mutex_shared *s, struct scenario_round *r)
{
    const struct ct_mutex_ops *o = r->ops;
    processes_lock_robust(s, &r->actors[0]);
    for (unsigned i = 1; i < WORDS; i++)
        if (cell_read(&s->words.word[i]) != cell_read(&s->words.word[0]))
            return "what a dead owner left was given to the next as if it were whole";
    ct_u32_store_relaxed(&s->holder, 0);
    o->unlock(r->object, NULL);
    return r->actors[0].failure;
}

#endif
