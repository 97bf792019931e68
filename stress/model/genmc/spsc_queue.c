// SPDX-License-Identifier: MIT
/* One producer, one consumer: every item once, in order. */
#include "stress/model/genmc/queue.h"

/* More items than places. */
enum { order_threads = 2, ORDER_ITEMS = 3 };
static void order_setup(void)
{
    setup(2);
}
static void order_actor(unsigned thread)
{
    for (uint64_t i = 1; i <= ORDER_ITEMS; i++)
        if (thread == 0)
            push(thread, i);
        else
            assert(pop(thread) == i);
}
static void order_verdict(void)
{
    verdict(ORDER_ITEMS);
}

/* What was pushed before the close comes out. */
enum { close_threads = 2 };
#define close_setup order_setup
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

#include "stress/model/genmc/program.h"
