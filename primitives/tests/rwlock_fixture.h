// SPDX-License-Identifier: MIT
/* rwlock_fixture.h - what tests of reader-writer locks are made with: a guarded lock with nodes,
   operations that also check errno, and other threads that come, stay until told, and leave. */
#ifndef CONTRACT_RWLOCK_FIXTURE_H
#define CONTRACT_RWLOCK_FIXTURE_H

#include "contract.h"

#include <contend/rwlock.h>
#include <contend/wait.h>

#include <pthread.h>
#include <semaphore.h>

enum rwlock_offers {
    RWLOCK_DESTROY = 1 << 0,
    RWLOCK_TRY = 1 << 1,
    RWLOCK_TIMED = 1 << 2,
    RWLOCK_OWN = 1 << 3,     /* not a peer: what only our header promises */
    RWLOCK_READERS = 1 << 4, /* the preferences */
    RWLOCK_WRITERS = 1 << 5,
    RWLOCK_PHASES = 1 << 6,
};

#define RWLOCK_FILL 0xa5
#define RWLOCK_ERRNO 4242 /* must still be there after every operation */
#define RWLOCK_MS UINT64_C(1000000)
#define RWLOCK_SETTLE_NS (20 * RWLOCK_MS) /* time to fall asleep, or to do what must not be done */

/* A lock between guards, aligned as its table says and no better, and nodes. */
struct rwlock_fixture {
    const struct ct_rwlock_ops *ops;
    unsigned char *memory, *rw, *nodes;
    size_t node_stride_bytes;
    unsigned node_count;
};

struct rwlock_fixture rwlock_fixture_make(const void *ops, unsigned nodes); /* initialised */
void rwlock_fixture_free(struct rwlock_fixture *f); /* destroyed, guards checked */
void rwlock_fixture_init(struct rwlock_fixture *f);
void rwlock_fixture_destroy(struct rwlock_fixture *f);
void *rwlock_node(const struct rwlock_fixture *f, unsigned index);

void rwlock_rdlock(struct rwlock_fixture *f, unsigned node);
void rwlock_rdunlock(struct rwlock_fixture *f, unsigned node);
void rwlock_wrlock(struct rwlock_fixture *f);
void rwlock_wrunlock(struct rwlock_fixture *f);
bool rwlock_tryrdlock(struct rwlock_fixture *f, unsigned node);
bool rwlock_trywrlock(struct rwlock_fixture *f);
int rwlock_timedrdlock(struct rwlock_fixture *f, unsigned node, uint64_t deadline_ns);
int rwlock_timedwrlock(struct rwlock_fixture *f, uint64_t deadline_ns);

/* A thread that comes to read or write, and stays until visitor_leave. */
struct visitor {
    struct rwlock_fixture *f;
    unsigned node; /* of a reader */
    bool writes;
    uint64_t deadline_ns; /* 0: without */
    uint64_t *shared;     /* what a writer adds 1 to, inside; NULL: nothing */
    pthread_t thread;
    sem_t let_go;
    struct ct_u32 inside;
    int error;
    bool errno_kept; /* checked by visitor_leave: checks belong to the main thread */
};

void visitor_come(struct visitor *v);
bool visitor_inside(const struct visitor *v);
void visitor_await(const struct visitor *v);  /* until it is inside */
void visitor_leave(struct visitor *v);        /* and is joined; it must have been inside */
int visitor_give_up(struct visitor *v);       /* joined, whether it was inside or not: its error */
void visitor_signal(const struct visitor *v); /* SIGUSR1 */

void rwlock_pass_ns(uint64_t ns);
void rwlock_settle(void);

extern const struct contract_test rwlock_preference_tests[];

#endif
