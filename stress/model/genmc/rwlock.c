// SPDX-License-Identifier: MIT
/* No reader beside a writer, one writer at a time, and who comes next sees what was written. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

enum { THREADS_MAX = 3, NODE_BYTES_MAX = 1024 };

static const struct ct_rwlock_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() rwlock;
static CT_APART unsigned char node[THREADS_MAX][NODE_BYTES_MAX];
static unsigned first, second, wrote[THREADS_MAX];

static void setup(void)
{
    assert(ops->impl.node_bytes <= NODE_BYTES_MAX);
    ops->init(&rwlock);
}

static void look_and_unlock(unsigned thread)
{
    assert(first == second);
    ops->rdunlock(&rwlock, node[thread]);
}

static void reader(unsigned thread)
{
    ops->rdlock(&rwlock, node[thread]);
    look_and_unlock(thread);
}

static void write_and_unlock(unsigned thread)
{
    first++;
    second++;
    wrote[thread]++;
    ops->wrunlock(&rwlock);
}

static void writer(unsigned thread)
{
    ops->wrlock(&rwlock);
    write_and_unlock(thread);
}

static void verdict(void)
{
    unsigned writes = wrote[0] + wrote[1] + wrote[2];
    assert(first == writes && second == writes);
    if (ops->destroy)
        ops->destroy(&rwlock);
}

enum { pair_threads = 2 };
#define pair_setup setup
#define pair_verdict verdict
static void pair_actor(unsigned thread)
{
    if (thread == 0)
        writer(thread);
    else
        reader(thread);
}

/* Each first writes, then reads. */
enum { both_threads = 2 };
#define both_setup setup
#define both_verdict verdict
static void both_actor(unsigned thread)
{
    writer(thread);
    reader(thread);
}

enum { two_readers_threads = 3 };
#define two_readers_setup setup
#define two_readers_actor pair_actor
#define two_readers_verdict verdict

/* Who does not get it holds nothing. */
enum { try_threads = 2 };
#define try_setup setup
#define try_verdict verdict
static void try_actor(unsigned thread)
{
    if (thread == 0)
        pair_actor(thread);
    else if (ops->tryrdlock && ops->tryrdlock(&rwlock, node[thread]))
        look_and_unlock(thread);
    else if (ops->trywrlock && ops->trywrlock(&rwlock))
        write_and_unlock(thread);
}

#include "stress/model/genmc/program.h"
