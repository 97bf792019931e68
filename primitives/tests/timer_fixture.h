// SPDX-License-Identifier: MIT
/* timer_fixture.h - what tests of timers are made with: a service, and timers that note how they fired. */
#ifndef CONTRACT_TIMER_FIXTURE_H
#define CONTRACT_TIMER_FIXTURE_H

#include "contract.h"

#include <contend/timer.h>
#include <contend/wait.h>

#include <pthread.h>

#define MS UINT64_C(1000000)

struct service {
    const struct ct_timer_ops *ops;
    void *s;
};

/* A timer and what its function noted. */
struct shot {
    _Alignas(max_align_t) unsigned char node[CT_TIMER_NODE_BYTES_MAX];
    struct service *of;
    uint64_t deadline_ns;
    struct ct_u32 fired, early, entered, let_go;
    bool blocks, restarts, cancels, cancelled;
    uint64_t at_ns, late_ns;
    pthread_t thread;
};

struct service service_make(const void *ops, uint32_t timers, bool own_thread);
uint32_t service_unmake(struct service *service); /* shuts it down: what that returns */

void shot_open(struct service *service, struct shot *x);
void shot_close(struct shot *x);
int shot_start(struct shot *x, uint64_t deadline_ns);
bool shot_cancel(struct shot *x);
void shot_fire(void *shot, uint64_t late_ns); /* what every timer of a shot calls */

void nap(uint64_t ns);
/* Until it has fired so often; a timer that does not is caught by the alarm. */
void await(const struct shot *x, uint32_t times);

#endif
