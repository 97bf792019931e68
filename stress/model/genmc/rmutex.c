// SPDX-License-Identifier: MIT
/* One owner at a time, however deep, who sees what the owner before wrote. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

enum { THREADS_MAX = 3, NODE_BYTES_MAX = 1024 };

static const struct ct_rmutex_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() mutex;
static CT_APART unsigned char node[THREADS_MAX][NODE_BYTES_MAX];
static unsigned uses, did[THREADS_MAX];

static void setup(void)
{
    assert(ops->impl.node_bytes <= NODE_BYTES_MAX);
    ops->init(&mutex);
}

static void use(unsigned thread)
{
    uses++;
    did[thread]++;
}

static void unlock(unsigned thread)
{
    assert(ops->unlock(&mutex, node[thread]) == 0);
}

static void lock(unsigned thread)
{
    assert(ops->lock(&mutex, node[thread]) == 0);
}

static void verdict(void)
{
    assert(uses == did[0] + did[1] + did[2]);
}

/* Also after the first unlock. */
enum { deep_threads = 2 };
#define deep_setup setup
#define deep_verdict verdict
static void deep_actor(unsigned thread)
{
    lock(thread);
    lock(thread);
    use(thread);
    unlock(thread);
    use(thread);
    unlock(thread);
}

enum { three_threads = 3 };
#define three_setup setup
#define three_verdict verdict
static void three_actor(unsigned thread)
{
    lock(thread);
    use(thread);
    unlock(thread);
}

/* Who does not get it holds nothing. */
enum { trylock_threads = 2 };
#define trylock_setup setup
#define trylock_verdict verdict
static void trylock_actor(unsigned thread)
{
    if (thread == 0) {
        lock(thread);
    } else if (!ops->trylock || !ops->trylock(&mutex, node[thread])) {
        return;
    }
    use(thread);
    unlock(thread);
}

/* Given up wholly, taken back as deep as it was. */
enum { restore_threads = 2 };
#define restore_setup setup
#define restore_verdict verdict
static void restore_actor(unsigned thread)
{
    lock(thread);
    if (ops->release_all) {
        lock(thread);
        ops->restore(&mutex, node[thread], ops->release_all(&mutex, node[thread]));
        use(thread);
        unlock(thread);
        assert(ops->depth(&mutex) == 1);
    }
    use(thread);
    unlock(thread);
}

/* Whose it is not cannot unlock it. */
enum { stranger_threads = 2 };
#define stranger_setup setup
#define stranger_verdict verdict
static void stranger_actor(unsigned thread)
{
    if (thread == 1 && !ops->trusts) {
        assert(ops->unlock(&mutex, node[thread]) != 0);
    }
    lock(thread);
    use(thread);
    unlock(thread);
}

#include "stress/model/genmc/program.h"
