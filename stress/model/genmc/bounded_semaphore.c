// SPDX-License-Identifier: MIT
/* As a semaphore, and never more permits than the maximum. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

static const struct ct_bounded_semaphore_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() semaphore;
static unsigned uses, accepted[3];

static void permit_setup(void)
{
    ops->init(&semaphore, 1, 1);
}

static void permit_actor(unsigned thread)
{
    (void)thread;
    ops->wait(&semaphore);
    uses++;
    assert(ops->post(&semaphore, 1) == 0);
}

/* A release too many is told, and changes nothing. */
static void permit_verdict(void)
{
    assert(ops->post(&semaphore, 1) == EOVERFLOW);
    assert(ops->value(&semaphore) == 1);
}

enum { permit_threads = 2 };

enum { three_threads = 3 };
#define three_setup permit_setup
#define three_actor permit_actor
#define three_verdict permit_verdict

/* Room for one, and two who post. */
enum { room_threads = 2 };
static void room_setup(void)
{
    ops->init(&semaphore, 0, 1);
}
static void room_actor(unsigned thread)
{
    accepted[thread] = ops->post(&semaphore, 1) == 0;
}
static void room_verdict(void)
{
    assert(accepted[0] + accepted[1] == 1);
    assert(ops->value(&semaphore) == 1);
}

/* Beside a post that is refused nobody finds a permit more than there are. */
enum { refused_threads = 2 };
static unsigned taken;
static void refused_setup(void)
{
    ops->init(&semaphore, 1, 1);
}
static void refused_actor(unsigned thread)
{
    if (thread == 0) {
        accepted[thread] = ops->post(&semaphore, 1) == 0;
    } else {
        taken += ops->trywait(&semaphore);
        taken += ops->trywait(&semaphore);
    }
}
static void refused_verdict(void)
{
    assert(taken + ops->value(&semaphore) == 1 + accepted[0]);
    assert(taken <= 1 + accepted[0]);
}

#include "stress/model/genmc/program.h"
