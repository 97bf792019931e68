// SPDX-License-Identifier: MIT
/* queue.h - what the kinds of queue share: items are numbers from 1, popped once and in order. */
#ifndef GENMC_QUEUE_H
#define GENMC_QUEUE_H

#include <contend/wait.h>

#include <assert.h>
#include <stdint.h>

enum { ITEMS_MAX = 4, THREADS_MAX = 3 };

static const struct ct_queue_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() queue;
static uint64_t in[THREADS_MAX],
    out[THREADS_MAX];                  /* not on stacks: GenMC 0.11 mistakes those reused */
static unsigned popped[ITEMS_MAX + 1]; /* by one thread each, else it is a race */

static void setup(uint32_t capacity)
{
    assert(ops->init(&queue, capacity, sizeof(uint64_t)) == 0);
}

/* Controls need not offer the calls that block. */
static int wait_to_push(uint64_t *item)
{
    if (ops->push)
        return ops->push(&queue, item, sizeof *item, CT_FOREVER);
    int error;
    while ((error = ops->try_push(&queue, item, sizeof *item)) == EAGAIN)
        ct_pause();
    return error;
}

static int wait_to_pop(uint64_t *item)
{
    if (ops->pop)
        return ops->pop(&queue, item, sizeof *item, CT_FOREVER);
    int error;
    while ((error = ops->try_pop(&queue, item, sizeof *item)) == EAGAIN)
        ct_pause();
    return error;
}

static void push(unsigned thread, uint64_t item)
{
    in[thread] = item;
    assert(wait_to_push(&in[thread]) == 0);
}

static uint64_t pop(unsigned thread)
{
    assert(wait_to_pop(&out[thread]) == 0);
    assert(out[thread] >= 1 && out[thread] <= ITEMS_MAX);
    popped[out[thread]]++;
    return out[thread];
}

/* Until it is closed and empty; how many there were. */
static unsigned drain(unsigned thread)
{
    for (unsigned items = 0;; items++) {
        if (wait_to_pop(&out[thread]) != 0)
            return items;
        assert(out[thread] == items + 1);
    }
}

static void verdict(unsigned items)
{
    for (unsigned i = 1; i <= items; i++)
        assert(popped[i] == 1);
    assert(ops->size(&queue) == 0);
    assert(ops->try_pop(&queue, &out[0], sizeof out[0]) != 0);
    ops->destroy(&queue);
}

#endif
