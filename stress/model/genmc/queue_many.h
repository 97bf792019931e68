// SPDX-License-Identifier: MIT
/* queue_many.h - many producers and consumers: every item once, and those of one producer in order. */
#ifndef GENMC_QUEUE_MANY_H
#define GENMC_QUEUE_MANY_H

#include "stress/model/genmc/queue.h"

static void once_setup(void)
{
    setup(CAPACITY);
}

/* Both push one and pop one. */
enum { both_threads = 2 };
#define both_setup once_setup
static void both_actor(unsigned thread)
{
    push(thread, thread + 1);
    pop(thread);
}
static void both_verdict(void)
{
    verdict(2);
}

/* One pushes two, the other pops them. */
enum { order_threads = 2 };
#define order_setup once_setup
#define order_verdict both_verdict
static void order_actor(unsigned thread)
{
    for (uint64_t i = 1; i <= 2; i++)
        if (thread == 0)
            push(thread, i);
        else
            assert(pop(thread) == i);
}

/* Two producers, one consumer. */
enum { producers_threads = 3 };
#define producers_setup once_setup
#define producers_verdict both_verdict
static void producers_actor(unsigned thread)
{
    if (thread == 2) {
        pop(thread);
        pop(thread);
    } else {
        push(thread, thread + 1);
    }
}

/* One producer, two consumers. */
enum { consumers_threads = 3 };
#define consumers_setup once_setup
#define consumers_verdict both_verdict
static void consumers_actor(unsigned thread)
{
    if (thread == 2) {
        push(thread, 1);
        push(thread, 2);
    } else {
        pop(thread);
    }
}

/* What was pushed before the close comes out. */
enum { close_threads = 2 };
#define close_setup once_setup
static void close_actor(unsigned thread)
{
    if (thread == 0) {
        push(thread, 1);
        ops->close(&queue);
    } else {
        assert(drain(thread) == 1);
    }
}
static void close_verdict(void)
{
    verdict(0);
}

#endif
