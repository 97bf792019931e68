// SPDX-License-Identifier: MIT
/* barrier_fixture.h - what tests of barriers are made with: a guarded barrier with its nodes, operations
   that also check errno, and parties that come in threads of their own. */
#ifndef CONTRACT_BARRIER_FIXTURE_H
#define CONTRACT_BARRIER_FIXTURE_H

#include "contract.h"

#include <contend/barrier.h>
#include <contend/wait.h>

#include <pthread.h>

enum {
    BARRIER_DESTROY = 1,
    BARRIER_TIMEDWAIT = 2,
    BARRIER_ABORT = 4,
    BARRIER_PSHARED = 8, /* a trait, not an operation */
    BARRIER_PARTIES_MAX = 9,
};

#define BARRIER_FILL 0xa5
#define BARRIER_ERRNO 4242 /* must still be there after every operation */

/* A barrier between guards, aligned as its table says and no better, and its nodes. */
struct barrier_fixture {
    const struct ct_barrier_ops *ops;
    unsigned char *memory, *b, *nodes;
    uint32_t parties;
};

struct barrier_fixture barrier_make(const void *ops, uint32_t parties); /* initialised */
void barrier_unmake(struct barrier_fixture *f); /* destroyed, guards checked */
int barrier_init(struct barrier_fixture *f, uint32_t parties);
void barrier_destroy(struct barrier_fixture *f);
int barrier_wait(struct barrier_fixture *f, uint32_t index);
int barrier_timedwait(struct barrier_fixture *f, uint32_t index, uint64_t deadline_ns);
void barrier_abort(struct barrier_fixture *f);
void barrier_reset(struct barrier_fixture *f);

/* One of the parties, in a thread of its own: comes phases times, or until it is told an error. Before
   each phase it writes to its place, after it reads those of all, and then all come once more before the
   next: so a phase counts two waits. */
struct party {
    struct barrier_fixture *f;
    uint32_t index, phases;
    uint64_t deadline_ns; /* 0: wait, not timedwait */
    uint32_t *written;    /* [parties]; NULL: only waits, once for each phase */
    pthread_t thread;
    struct ct_u32 came; /* the thread's id, once it is about to wait */
    struct ct_u32 done;
    uint32_t serials, mixed; /* waits told serial; phases in which it saw another's place wrong */
    int result;              /* of the last wait */
    bool errno_kept;         /* checked by party_join: checks belong to the main thread */
};

void party_run(struct party *p); /* in this thread */
void party_start(struct party *p);
void party_join(struct party *p);
bool party_done(const struct party *p);
/* Returns when a party that comes once waits: it sleeps, or has spun for a while; or is done. */
void party_settle(const struct party *p);

/* Parties 0 to count - 1 in threads of their own, each as like says. */
void parties_start(struct party *p, struct barrier_fixture *f, uint32_t count, struct party like);
/* Joins them; returns how many waits were told that they are the serial one. */
uint32_t parties_join(struct party *p, uint32_t count, bool broken);
/* All parties but the last index in threads of their own, that one here. */
void barrier_run_phases(struct barrier_fixture *f, uint32_t phases);

extern const struct contract_test barrier_special_tests[];

#endif
