// SPDX-License-Identifier: MIT
/* queue.h - what the kinds of queue share: items are numbers from 1, popped once and in order. */
#ifndef GENMC_QUEUE_H
#define GENMC_QUEUE_H

#include <contend/cpu.h>

#include <assert.h>
#include <stdint.h>

enum { ITEMS_MAX = 4 };

static const struct ct_queue_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() queue;
static unsigned popped[ITEMS_MAX + 1]; /* by one thread each, else it is a race */

static void setup(uint32_t capacity)
{
    assert(ops->init(&queue, capacity, sizeof(uint64_t)) == 0);
}

static void push(uint64_t item)
{
    assert(ops->push(&queue, &item, sizeof item, CT_FOREVER) == 0);
}

static uint64_t pop(void)
{
    uint64_t item = 0;
    assert(ops->pop(&queue, &item, sizeof item, CT_FOREVER) == 0);
    assert(item >= 1 && item <= ITEMS_MAX);
    popped[item]++;
    return item;
}

/* Until it is closed and empty; how many there were. */
static unsigned drain(void)
{
    for (unsigned items = 0;; items++) {
        uint64_t item = 0;
        if (ops->pop(&queue, &item, sizeof item, CT_FOREVER) != 0)
            return items;
        assert(item == items + 1);
    }
}

static void verdict(unsigned items)
{
    uint64_t item;
    for (unsigned i = 1; i <= items; i++)
        assert(popped[i] == 1);
    assert(ops->size(&queue) == 0);
    assert(ops->try_pop(&queue, &item, sizeof item) != 0);
    ops->destroy(&queue);
}

#endif
