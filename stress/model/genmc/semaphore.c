// SPDX-License-Identifier: MIT
/* As many inside as there are permits, none lost, and what was done before a post is seen after. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

static const struct ct_semaphore_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() semaphore;
static unsigned uses, did[3];

/* One permit: a mutex. */
static void permit_setup(void)
{
    ops->init(&semaphore, 1);
}

static void use_and_post(unsigned thread)
{
    uses++;
    did[thread]++;
    assert(ops->post(&semaphore, 1) == 0);
}

static void permit_actor(unsigned thread)
{
    ops->wait(&semaphore);
    use_and_post(thread);
}

static void permit_verdict(void)
{
    assert(uses == did[0] + did[1] + did[2]);
    assert(ops->value(&semaphore) == 1);
}

enum { permit_threads = 2 };

enum { again_threads = 2 };
#define again_setup permit_setup
#define again_verdict permit_verdict
static void again_actor(unsigned thread)
{
    permit_actor(thread);
    permit_actor(thread);
}

enum { three_threads = 3 };
#define three_setup permit_setup
#define three_actor permit_actor
#define three_verdict permit_verdict

enum { trywait_threads = 2 };
#define trywait_setup permit_setup
#define trywait_verdict permit_verdict
static void trywait_actor(unsigned thread)
{
    if (thread == 0)
        permit_actor(thread);
    else if (ops->trywait(&semaphore))
        use_and_post(thread);
}

/* A post of two lets both through. */
enum { batch_threads = 3 };
static void batch_setup(void)
{
    ops->init(&semaphore, 0);
}
static void batch_actor(unsigned thread)
{
    if (thread == 0) {
        uses = 1;
        assert(ops->post(&semaphore, 2) == 0);
    } else {
        ops->wait(&semaphore);
        assert(uses == 1);
    }
}
static void batch_verdict(void)
{
    assert(ops->value(&semaphore) == 0);
}

/* What does not fit is refused, and changes nothing. */
enum { overflow_threads = 2 };
static void overflow_setup(void)
{
    ops->init(&semaphore, CT_SEMAPHORE_VALUE_MAX - 1);
}
static void overflow_actor(unsigned thread)
{
    did[thread] = ops->post(&semaphore, 1) == 0;
}
static void overflow_verdict(void)
{
    assert(did[0] + did[1] == 1);
    assert(ops->value(&semaphore) == CT_SEMAPHORE_VALUE_MAX);
}

#include "stress/model/genmc/program.h"
