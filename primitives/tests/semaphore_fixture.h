// SPDX-License-Identifier: MIT
/* semaphore_fixture.h - what tests of semaphores are made with: a guarded semaphore, operations that
   also check errno, and a second thread that waits or posts. */
#ifndef CONTRACT_SEMAPHORE_FIXTURE_H
#define CONTRACT_SEMAPHORE_FIXTURE_H

#include "contract.h"

#include <contend/semaphore.h>
#include <contend/wait.h>

#include <pthread.h>

enum { SEMAPHORE_DESTROY = 1, SEMAPHORE_TIMEDWAIT = 2, SEMAPHORE_PSHARED = 4 };

#define SEMAPHORE_FILL 0xa5
#define SEMAPHORE_ERRNO 4242 /* must still be there after every operation */
#define MS UINT64_C(1000000)

/* A semaphore between guards, aligned as its table says and no better. */
struct guarded {
    const struct ct_semaphore_ops *ops;
    unsigned char *memory, *s;
};

struct guarded guarded_make(const void *ops, uint32_t value); /* initialised */
void guarded_unmake(struct guarded *g);                       /* destroyed, guards checked */
void guarded_init(struct guarded *g, uint32_t value);
void guarded_destroy(struct guarded *g);

void guarded_wait(struct guarded *g);
bool guarded_trywait(struct guarded *g);
int guarded_timedwait(struct guarded *g, uint64_t deadline_ns);
int guarded_post(struct guarded *g, uint32_t n);
uint32_t guarded_value(const struct guarded *g);

/* A thread that waits once. */
struct waiter {
    struct guarded *g;
    uint64_t deadline_ns; /* 0: wait, not timedwait */
    uint64_t *shared;     /* what it adds 1 to, once let through; NULL: nothing */
    pthread_t thread;
    struct ct_u32 done;
    int error;
    bool errno_kept; /* checked by waiter_join: checks belong to the main thread */
};

void waiter_start(struct waiter *w);
void waiter_join(struct waiter *w);
unsigned waiters_done(const struct waiter *w, unsigned count);
void waiters_await(const struct waiter *w, unsigned count, unsigned wanted);

/* A thread that posts one permit after a delay. */
struct poster {
    struct guarded *g;
    uint64_t delay_ns;
    pthread_t thread;
    int error;
};

void poster_start(struct poster *p);
void poster_join(struct poster *p);

void pass_ns(uint64_t ns);

#endif
