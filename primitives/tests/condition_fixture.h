// SPDX-License-Identifier: MIT
/* condition_fixture.h - what tests of conditions are made with: a guarded condition and a mutex, operations
   that also check errno, and threads that wait. */
#ifndef CONTRACT_CONDITION_FIXTURE_H
#define CONTRACT_CONDITION_FIXTURE_H

#include "contract.h"

#include <contend/condition.h>
#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>

enum { CONDITION_WAITERS = 3 };

/* A condition between guards, aligned as its table says and no better, the mutex that it is used with, a
   node of that mutex for each thread, and what the mutex guards. */
struct meeting {
    const struct ct_condition_ops *ops;
    const struct ct_mutex_ops *mutex_ops;
    unsigned char *memory, *c, *mutex, *nodes;
    size_t node_stride_bytes;
    unsigned waited, returned; /* threads that went into a wait so far, and that came back */
    bool go;                   /* what waiters with a predicate wait for */
};

struct meeting meeting_make(const struct ct_condition_ops *ops, const struct ct_mutex_ops *mutex);
void meeting_unmake(struct meeting *g); /* destroyed, guards checked */
void meeting_init(struct meeting *g);   /* the condition again, in the same memory */
void meeting_destroy(struct meeting *g);

/* The mutex that the condition's table names. */
const struct ct_mutex_ops *meeting_mutex(const struct ct_condition_ops *ops);

/* By thread: 0 is the main one, the others are waiters'. */
struct ct_held meeting_held(const struct meeting *g, unsigned thread);
void meeting_lock(struct meeting *g);
void meeting_unlock(struct meeting *g);
int meeting_timedwait(struct meeting *g, uint64_t deadline_ns);
void meeting_signal(struct meeting *g);
void meeting_signal_many(struct meeting *g, uint32_t n);
void meeting_broadcast(struct meeting *g);

/* A thread that locks, waits once, or until go, and unlocks. */
struct attendee {
    struct meeting *g;
    unsigned thread;      /* 1 .. CONDITION_WAITERS */
    bool until_go;        /* looks again; else waits once, whatever woke it */
    uint64_t deadline_ns; /* 0: wait, not timedwait */
    unsigned order;       /* it was the n-th to return, from 1 */
    pthread_t id;
    int error;
    bool errno_kept; /* checked by attendee_join: checks belong to the main thread */
};

void attendee_start(struct attendee *a); /* returns when it waits */
void attendee_join(struct attendee *a);

/* How many have returned, after time to do what must not be done; or as soon as there are so many. */
unsigned meeting_returned(struct meeting *g);
void meeting_await(struct meeting *g, unsigned returned);

/* With recursive mutexes, for those that take any mutex (condition_rmutex.c). */
void condition_test_rmutex(const void *ops);

/* Of single implementations (condition_special.c); ends with {NULL}. */
extern const struct contract_test condition_special_tests[];

#endif
