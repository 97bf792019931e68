// SPDX-License-Identifier: MIT
/* perturb.h - what disturbs the threads under test: rows, each crossed with every scenario. A new one
   is a row and a function in perturb.c. */
#ifndef STRESS_PERTURB_H
#define STRESS_PERTURB_H

#include "stress/scenario.h"

#include <contend/atomic.h>

#include <pthread.h>
#include <sched.h>

/* What a perturbation sees of one thread under test. */
struct perturb_worker {
    CT_APART struct ct_u32 tid; /* 0: not running */
    struct ct_u64 slept;        /* sleeps that the perturbation itself caused */
    struct ct_u64 points;       /* passed */
    struct rng rng;             /* the worker's own, seeded from (seed, round, index) */
    /* By its signal handler alone: the points passed when it was last kept, and the CPU time of its own
       from which on it may be kept again without having passed another. */
    uint64_t kept_points, keep_cpu_ns;
};

struct perturb_field;

struct perturb {
    const char *name, *what, *how_often;
    unsigned factor; /* threads for each one asked for */
    bool unpinned;
    bool delayed;  /* on the build whose accesses are delayed, delays.h */
    bool everyday; /* among those that run when none is named */
    /* By the worker at its scenario points; NULL: nothing. */
    void (*point)(struct perturb_field *f, struct perturb_worker *w, enum scenario_point where);
    /* By a thread of its own, again and again with random gaps of gap_ns on average; NULL: none. */
    void (*stroke)(struct perturb_field *f, struct rng *rng);
    uint64_t gap_ns;
};
extern const struct perturb perturbs[]; /* ends with name NULL */

struct perturb_words {
    const unsigned char *start;
    size_t bytes;
};

/* One run's state. The runner fills in the first part. */
struct perturb_field {
    const struct perturb *perturb;
    uint64_t seed;
    unsigned threads;
    struct perturb_worker *workers;
    struct ct_ptr object; /* moves with the round */
    size_t object_bytes;
    bool shared; /* processes may sleep on its words, not only threads */
    struct perturb_words nodes;

    CT_APART struct ct_u32 ended;
    struct ct_u32 *paused; /* workers wait at their points, also those in processes of their own */
    bool has_thread;
    pthread_t thread;
    struct ct_u32 tid; /* of that thread; 0: none */
    cpu_set_t cpus;    /* that the process may use */
    unsigned victim;   /* of this round, stopped once in the delayed build; threads: nobody */
};

void perturb_begin(struct perturb_field *f);
void perturb_end(struct perturb_field *f);

/* Alone, before a round. */
void perturb_plan(struct perturb_field *f, uint64_t round);

/* By each worker when a round begins for it. */
void perturb_round(struct perturb_field *f, unsigned index);

/* By each worker when it starts and ends. */
void perturb_enter(struct perturb_field *f, unsigned index);
void perturb_leave(struct perturb_field *f, unsigned index);

static inline void perturb_point(struct perturb_field *f, unsigned index, enum scenario_point where)
{
    struct perturb_worker *w = &f->workers[index];
    ct_u64_store_relaxed(&w->points, ct_u64_load_relaxed(&w->points) + 1);
    if (f->perturb->point)
        f->perturb->point(f, w, where);
}

/* Pass the time without sleeping, so that others may run: up to until_ns. */
void perturb_linger(uint64_t until_ns);

/* Sleep, counted as the perturbation's and not as the implementation's. */
void perturb_nap(struct perturb_worker *w, uint64_t ns);

#endif
