// SPDX-License-Identifier: MIT
/* Nobody goes on before all have come, everybody sees what all did, and one of them is told. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

enum { THREADS_MAX = 3, PHASES_MAX = 2, NODE_BYTES_MAX = 1024 };

static const struct ct_barrier_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() barrier;
static CT_APART unsigned char nodes[THREADS_MAX][NODE_BYTES_MAX];
static unsigned came[PHASES_MAX][THREADS_MAX], told[PHASES_MAX][THREADS_MAX];

static void setup(unsigned parties)
{
    assert(ops->impl.node_bytes <= NODE_BYTES_MAX);
    assert(ops->init(&barrier, parties, nodes) == 0);
}

static void phase(unsigned phase, unsigned thread, unsigned parties)
{
    came[phase][thread] = 1;
    told[phase][thread] = ops->wait(&barrier, thread) == CT_BARRIER_SERIAL;
    for (unsigned i = 0; i < parties; i++)
        assert(came[phase][i] == 1);
}

static void one_was_told(unsigned phase, unsigned parties)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < parties; i++)
        sum += told[phase][i];
    assert(sum == 1);
}

/* Used again at once. */
enum { phases_threads = 2 };
static void phases_setup(void)
{
    setup(phases_threads);
}
static void phases_actor(unsigned thread)
{
    phase(0, thread, phases_threads);
    phase(1, thread, phases_threads);
}
static void phases_verdict(void)
{
    one_was_told(0, phases_threads);
    one_was_told(1, phases_threads);
    if (ops->destroy)
        ops->destroy(&barrier);
}

enum { three_threads = 3 };
static void three_setup(void)
{
    setup(three_threads);
}
static void three_actor(unsigned thread)
{
    phase(0, thread, three_threads);
}
static void three_verdict(void)
{
    one_was_told(0, three_threads);
    if (ops->destroy)
        ops->destroy(&barrier);
}

#include "stress/model/genmc/program.h"
