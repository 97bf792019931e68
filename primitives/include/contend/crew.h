// SPDX-License-Identifier: MIT
/* crew.h - the threads that serve a thread pool: those it makes, and those that come to work; who they
 * are, and when all have gone. */
#ifndef CONTEND_CREW_H
#define CONTEND_CREW_H

#include <contend/thread_pool.h>
#include <contend/wait.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

enum { CT_CREW_SEATS = 2 * CT_THREAD_POOL_WORKERS_MAX };
#define CT_CREW_NOBODY UINT32_MAX

struct ct_crew {
    struct ct_u32 members; /* so far; each has its number */
    struct ct_u32 inside;  /* of those, not gone yet */
    struct ct_u64
        seat[CT_CREW_SEATS]; /* thread id and number + 1 at the id's hash or behind; 0: free */
    unsigned threads;
    pthread_t thread[CT_THREAD_POOL_WORKERS_MAX];
};

static inline void ct_crew_init(struct ct_crew *c)
{
    memset(c->seat, 0, sizeof c->seat);
    ct_u32_store_relaxed(&c->members, 0);
    ct_u32_store_relaxed(&c->inside, 0);
    c->threads = 0;
}

/* The caller's number, or CT_CREW_NOBODY. Only a thread itself writes its id, so it needs no order. */
static inline uint32_t ct_crew_self(const struct ct_crew *c)
{
    uint32_t id = ct_thread_id();
    for (uint32_t i = id;; i++) {
        uint64_t seat = ct_u64_load_relaxed(&c->seat[i % CT_CREW_SEATS]);
        if (seat >> 32 == id)
            return (uint32_t)seat - 1;
        if (seat == 0)
            return CT_CREW_NOBODY;
    }
}

/* The caller becomes a member; its number, or CT_CREW_NOBODY if there have been too many. */
static inline uint32_t ct_crew_enter(struct ct_crew *c)
{
    uint32_t id = ct_thread_id(), number = ct_u32_load_relaxed(&c->members);
    do {
        if (number == CT_THREAD_POOL_WORKERS_MAX)
            return CT_CREW_NOBODY;
    } while (!ct_u32_cas_relaxed(&c->members, &number, number + 1));
    ct_u32_add_relaxed(&c->inside, 1);
    for (uint32_t i = id;; i++) {
        uint64_t seen = 0;
        if (ct_u64_cas_relaxed(&c->seat[i % CT_CREW_SEATS], &seen,
                               (uint64_t)id << 32 | (number + 1)))
            return number;
    }
}

/* The member touches nothing of the pool any more. */
static inline void ct_crew_leave(struct ct_crew *c)
{
    if (ct_u32_sub_release(&c->inside, 1) == 1)
        ct_wake(&c->inside, CT_WAKE_ALL);
}

/* Make threads that run start(p), each on its CPU of cpus; 0, EINVAL or EAGAIN: how many there are now
   is in c->threads. */
static inline int ct_crew_start(struct ct_crew *c, unsigned workers, const cpu_set_t *cpus,
                                void *(*start)(void *p), void *p)
{
    int cpu = -1, error = 0;
    sigset_t all, before;
    pthread_attr_t attributes;
    if (workers > CT_THREAD_POOL_WORKERS_MAX || (cpus && CPU_COUNT(cpus) == 0))
        return EINVAL;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (error == 0 && c->threads < workers) {
        pthread_attr_init(&attributes);
        if (cpus) {
            cpu_set_t one;
            do {
                cpu = (cpu + 1) % CPU_SETSIZE;
            } while (!CPU_ISSET((size_t)cpu, cpus));
            CPU_ZERO(&one);
            CPU_SET((size_t)cpu, &one);
            error = pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
        }
        if (error == 0)
            error = pthread_create(&c->thread[c->threads], &attributes, start, p);
        pthread_attr_destroy(&attributes);
        c->threads += error == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == ENOMEM ? EAGAIN : error;
}

/* Until all members have left. */
static inline void ct_crew_join(struct ct_crew *c)
{
    uint32_t inside;
    while ((inside = ct_u32_load_acquire(&c->inside)) != 0) /* pairs with leave */
        ct_wait(&c->inside, inside, CT_FOREVER);
    for (; c->threads > 0; c->threads--)
        pthread_join(c->thread[c->threads - 1], NULL);
}

#endif
