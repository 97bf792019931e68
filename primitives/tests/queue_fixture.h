// SPDX-License-Identifier: MIT
/* queue_fixture.h - what tests of all kinds of queue are made with: a guarded queue of words, operations
   that also check errno, a second thread, and the tests that hold for every kind. */
#ifndef CONTRACT_QUEUE_FIXTURE_H
#define CONTRACT_QUEUE_FIXTURE_H

#include "contract.h"

#include <contend/queue.h>
#include <contend/wait.h>

#include <pthread.h>

enum { QUEUE_BLOCKING = 1, QUEUE_MANY = 2, QUEUE_CLOSE = 4, QUEUE_JOIN = 8, QUEUE_SIZE = 16 };

#define QUEUE_FILL 0xa5
#define QUEUE_ERRNO 4242 /* must still be there after every operation */
#define MS UINT64_C(1000000)
#define LONG_NS (5 * CT_NS_PER_S) /* far beyond any delay but being stuck */
#define SETTLE_NS (10 * MS)       /* time to do what must not be done */

/* A queue between guards, aligned as its table says and no better. */
struct guarded {
    const struct ct_queue_ops *ops;
    unsigned char *memory, *q;
    size_t item_bytes;
};

struct guarded queue_unready(const void *ops);                 /* init is still to come */
struct guarded queue_make(const void *ops, uint32_t capacity); /* of words */
void queue_free(struct guarded *g);                            /* not destroyed, guards checked */
void queue_unmake(struct guarded *g);                          /* destroyed, guards checked */
int queue_init(struct guarded *g, uint32_t capacity, size_t item_bytes);

int queue_try_push(struct guarded *g, uint64_t word);
int queue_try_pop(struct guarded *g, uint64_t *word);
int queue_push(struct guarded *g, uint64_t word, uint64_t deadline_ns);
int queue_pop(struct guarded *g, uint64_t *word, uint64_t deadline_ns);
bool queue_holds(struct guarded *g, size_t items); /* by its size, where it offers that */
uint32_t queue_fill(struct guarded *g);            /* words 1 .. until full or FILL_MAX; how many */
enum { FILL_MAX = 1000 };

bool queue_bounded(const struct guarded *g);
bool queue_is_peer(const struct guarded *g);

/* A thread that makes one call. */
struct caller {
    struct guarded *g;
    enum { CALL_PUSH, CALL_POP, CALL_JOIN } call;
    uint64_t deadline_ns;
    uint64_t word;    /* pushed, or popped */
    uint64_t *shared; /* what it adds 1 to after the call; NULL: nothing */
    pthread_t thread;
    struct ct_u32 done;
    int error;
    bool errno_kept;
};

void queue_caller_start(struct caller *c);
bool queue_caller_done(const struct caller *c);
int queue_caller_join(struct caller *c); /* what the call returned */

void queue_pass_ns(uint64_t ns);

/* Of queue_waiting.c, in the table below. */
void queue_test_deadline_does_not_matter(const void *ops);
void queue_test_times_out(const void *ops);
void queue_test_pop_waits(const void *ops);
void queue_test_push_waits(const void *ops);
void queue_test_signals(const void *ops);
void queue_test_shows_writes(const void *ops);
void queue_test_close(const void *ops);
void queue_test_close_when_full(const void *ops);
void queue_test_close_lets_pop_go(const void *ops);
void queue_test_join(const void *ops);
void queue_test_join_waits(const void *ops);

unsigned queue_offers(const void *ops);
extern const struct contract_operation queue_operations[];
extern const struct contract_test queue_tests[]; /* hold for every kind; end with {NULL} */
#define QUEUE_REQUIRED "init destroy try_push try_pop capacity"

#endif
