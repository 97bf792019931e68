// SPDX-License-Identifier: MIT
/* event_fixture.h - what tests of events are made with: an event between fences, operations that also
   check errno, and a second thread that waits. */
#ifndef CONTRACT_EVENT_FIXTURE_H
#define CONTRACT_EVENT_FIXTURE_H

#include "fenced.h"

#include <contend/event.h>

#include <pthread.h>

enum { EVENT_WAITERS = 3 };

struct event_subject {
    const struct ct_event_ops *ops;
    struct fenced fenced;
    void *e;
};

void event_begin(struct event_subject *s, bool auto_reset);
void event_end(struct event_subject *s);
struct event_subject event_make(const void *ops, bool auto_reset);
void event_unmake(struct event_subject *s);
void event_set(struct event_subject *s);
void event_clear(struct event_subject *s);
void event_wait_for(struct event_subject *s);
int event_timedwait(struct event_subject *s, uint64_t deadline_ns);
bool event_is_set(const struct event_subject *s);

/* A thread that waits once. */
struct event_waiter {
    struct event_subject *s;
    uint64_t deadline_ns; /* 0: wait, not timedwait */
    uint64_t *shared;     /* what it reads once let through; NULL: nothing */
    uint64_t found;
    pthread_t thread;
    struct ct_u32 done;
    int error;
    bool errno_kept; /* checked by join: checks belong to the main thread */
};

void event_start(struct event_waiter *w);
void event_start_all(struct event_waiter *w, struct event_subject *s);
void event_join(struct event_waiter *w);
unsigned event_done(const struct event_waiter *w, unsigned count);
void event_await(const struct event_waiter *w, unsigned count, unsigned wanted);

/* Of single implementations (event_special.c); ends with {NULL}. */
extern const struct contract_test event_special_tests[];

#endif
