// SPDX-License-Identifier: MIT
/* mutex_fixture.h - what tests of mutexes are made with: a guarded mutex, operations that also check
   errno, and a second thread. */
#ifndef CONTRACT_MUTEX_FIXTURE_H
#define CONTRACT_MUTEX_FIXTURE_H

#include "contract.h"

#include <contend/mutex.h>
#include <contend/wait.h>

#include <pthread.h>
#include <semaphore.h>

enum {
    MUTEX_DESTROY = 1,
    MUTEX_TRYLOCK = 2,
    MUTEX_TIMEDLOCK = 4,
    MUTEX_PSHARED = 8,
    MUTEX_ROBUST = 16,
};

#define FIXTURE_FILL 0xa5
#define FIXTURE_ERRNO 4242 /* must still be there after every operation */
#define MS UINT64_C(1000000)

/* A mutex between guards, aligned as its table says and no better. */
struct fixture {
    const struct ct_mutex_ops *ops;
    unsigned char *memory, *m;
    void *node, *other_node; /* the main thread's, and the second thread's */
};

struct fixture fixture_make(const void *ops); /* initialised */
void fixture_free(struct fixture *f);         /* destroyed, guards checked */
void fixture_init(struct fixture *f);
void fixture_destroy(struct fixture *f);

void fixture_lock(struct fixture *f, void *node);
void fixture_unlock(struct fixture *f, void *node);
bool fixture_trylock(struct fixture *f, void *node);
int fixture_timedlock(struct fixture *f, void *node, uint64_t deadline_ns);

/* Another thread locks and unlocks. */
void fixture_other_thread_pair(struct fixture *f);

/* Does another thread's trylock get it? It gives it back. */
bool fixture_other_thread_gets(struct fixture *f);

/* A thread that locks with other_node, posts has, waits for let_go, unlocks. */
struct holder {
    struct fixture *f;
    pthread_t thread;
    sem_t has, let_go;
    uint64_t delay_ns; /* before unlock, once told */
    uint64_t *counter; /* what it adds 1 to while holding; NULL: nothing */
    uint64_t found;    /* what that was before */
    bool errno_kept;   /* checked by holder_finish: checks belong to the main thread */
};

void holder_start(struct holder *h, struct fixture *f); /* it is on its way to lock */
void holder_await(struct holder *h);                    /* it holds the mutex */
void holder_finish(struct holder *h);                   /* it has unlocked and is gone */

void sleep_ns(uint64_t ns);

/* Tests between processes, for those with the trait (mutex_shared.c). */
void test_shared_excludes(const void *ops);
void test_shared_owner_dies(const void *ops);
void test_shared_not_mended(const void *ops);
void test_shared_cannot_tell(const void *ops);

/* Tests of single implementations; ends with {NULL}. */
extern const struct contract_test mutex_special_tests[];

#endif
