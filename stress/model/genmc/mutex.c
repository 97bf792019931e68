// SPDX-License-Identifier: MIT
/* One holder at a time, who sees what the holder before wrote. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

enum { THREADS_MAX = 3, NODE_BYTES_MAX = 1024 };

static const struct ct_mutex_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() mutex;
static CT_APART unsigned char node[THREADS_MAX][NODE_BYTES_MAX];
static unsigned uses, did[THREADS_MAX];

static void setup(void)
{
    assert(ops->impl.node_bytes <= NODE_BYTES_MAX);
    ops->init(&mutex);
}

static void use_and_unlock(unsigned thread)
{
    uses++;
    did[thread]++;
    ops->unlock(&mutex, node[thread]);
}

static void actor(unsigned thread)
{
    ops->lock(&mutex, node[thread]);
    use_and_unlock(thread);
}

static void verdict(void)
{
    assert(uses == did[0] + did[1] + did[2]);
}

/* Twice, so that what unlock leaves behind is what the next lock starts from. */
enum { again_threads = 2 };
#define again_setup setup
#define again_verdict verdict
static void again_actor(unsigned thread)
{
    actor(thread);
    actor(thread);
}

/* Two wait. */
enum { three_threads = 3 };
#define three_setup setup
#define three_actor actor
#define three_verdict verdict

/* Who does not get it holds nothing. */
enum { trylock_threads = 2 };
#define trylock_setup setup
#define trylock_verdict verdict
static void trylock_actor(unsigned thread)
{
    if (thread == 0)
        actor(thread);
    else if (ops->trylock && ops->trylock(&mutex, node[thread]))
        use_and_unlock(thread);
}

#include "stress/model/genmc/program.h"
