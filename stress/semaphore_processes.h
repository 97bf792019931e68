// SPDX-License-Identifier: MIT
/* semaphore_processes.h - the semaphore scenarios between processes: words in shared memory, processes
   that die with a permit, and such as are killed while they wait for one. */
#ifndef STRESS_SEMAPHORE_PROCESSES_H
#define STRESS_SEMAPHORE_PROCESSES_H

#include "stress/processes.h"
#include "stress/words.h"

#include <contend/atomic.h>
#include <contend/semaphore.h>

struct semaphore_shared {
    struct words words;
    uint32_t permits;     /* that init gave */
    struct ct_u32 inside; /* processes with a permit, the dead among them */
    struct ct_u32 dead;   /* of those killed while they waited */
};

static inline struct semaphore_shared *processes_shared(const struct scenario_round *r)
{
    return processes_shared_by(r);
}

static inline void processes_start_with(struct scenario_round *r, uint32_t permits)
{
    const struct ct_semaphore_ops *o = r->ops;
    struct semaphore_shared *s = processes_begin(r, sizeof *s);
    s->permits = permits;
    o->init(r->object, permits);
}

static inline const char *processes_verdict_left(struct scenario_round *r, uint32_t permits)
{
    const struct ct_semaphore_ops *o = r->ops;
    return o->value(r->object) == permits
               ? NULL
               : "the permits left are not those that living processes gave back";
}

static inline void processes_take(struct scenario_thread *t)
{
    const struct ct_semaphore_ops *o = t->round->ops;
    t->contended += o->value(t->round->object) == 0;
    o->wait(t->round->object);
}

static inline void processes_give(const struct scenario_round *r)
{
    const struct ct_semaphore_ops *o = r->ops;
    o->post(r->object, 1);
}

/* One permit. */

static inline void processes_setup(struct scenario_round *r)
{
    processes_start_with(r, 1);
}

static inline void processes_work(struct scenario_thread *t)
{
    for (unsigned i = 0; i < t->round->steps; i++) {
        processes_take(t);
        words_use(&processes_shared(t->round)->words, t);
        processes_give(t->round);
        scenario_did(t);
    }
}

static inline void processes_actor(struct scenario_thread *t)
{
    processes_play(t, LIVES, processes_work);
}

static inline const char *processes_verdict(struct scenario_round *r)
{
    if (!words_complete(&processes_shared(r)->words, r))
        return "updates made with the only permit were lost between processes";
    return processes_verdict_left(r, 1);
}

/* Some die by their own hand with a permit each, and one permit more than that is there. */

static inline void processes_setup_deaths(struct scenario_round *r)
{
    processes_start_with(r, 1 + (uint32_t)rng_below(&r->actors[0].rng, r->threads));
}

static inline void processes_work_or_die(struct scenario_thread *t)
{
    struct semaphore_shared *s = processes_shared(t->round);
    bool doomed = t->index + 1 < s->permits;
    unsigned last = doomed ? (unsigned)rng_below(&t->rng, t->round->steps) : t->round->steps;
    for (unsigned i = 0; i < t->round->steps; i++) {
        processes_take(t);
        if (ct_u32_add_relaxed(&s->inside, 1) >= s->permits)
            scenario_broken(t, "more processes were inside, dead or alive, than there are permits");
        scenario_point(t, POINT_HOLDING);
        if (i == last)
            raise(SIGKILL);
        ct_u32_sub_relaxed(&s->inside, 1);
        processes_give(t->round);
        scenario_did(t);
    }
}

static inline void processes_actor_deaths(struct scenario_thread *t)
{
    processes_play(t, LIVES, processes_work_or_die);
}

static inline const char *processes_verdict_deaths(struct scenario_round *r)
{
    const struct semaphore_shared *s = processes_shared(r);
    if (ct_u32_load_relaxed(&s->inside) + 1 != s->permits)
        return "who died is not who was to die";
    return processes_verdict_left(r, 1);
}

/* Odd ones are killed while they wait, before there is any permit. Then the first posts one for each of
   the others, who have waited all the while. */

static inline void processes_setup_sleepers(struct scenario_round *r)
{
    processes_start_with(r, 0);
}

static inline void processes_wait(struct scenario_thread *t)
{
    processes_take(t);
}

static inline void processes_actor_sleepers(struct scenario_thread *t)
{
    struct semaphore_shared *s = processes_shared(t->round);
    bool doomed = t->index % 2 != 0;
    if (t->index != 0) {
        processes_play(t, doomed ? KILLED : LIVES, processes_wait);
        if (doomed)
            ct_u32_add_release(&s->dead, 1);
        return;
    }
    while (ct_u32_load_acquire(&s->dead) != t->round->threads / 2)
        scenario_point(t, POINT_TURN);
    for (unsigned i = 2; i < t->round->threads; i += 2) {
        scenario_point(t, POINT_HOLDING);
        processes_give(t->round);
        scenario_did(t);
    }
    processes_settle(t->round);
}

static inline const char *processes_verdict_sleepers(struct scenario_round *r)
{
    return processes_verdict_left(r, 0);
}

#endif
