// SPDX-License-Identifier: MIT
/* Who waits for a condition is told of it, holds the mutex then, and sees what made it true. */
#include <contend/cpu.h>
#include <contend/mutex.h>

#include <assert.h>
#include <pthread.h>
#include <stdint.h>

static const struct ct_condition_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() condition;
static pthread_mutex_t mutex; /* GenMC's own */
static unsigned ready, woken;

static void lock(void *m, void *node)
{
    (void)node;
    pthread_mutex_lock(m);
}

static void unlock(void *m, void *node)
{
    (void)node;
    pthread_mutex_unlock(m);
}

static const struct ct_mutex_ops mutex_ops = {.lock = lock, .unlock = unlock};
static const struct ct_held held = {&mutex_ops, &mutex, NULL};

static void setup(void)
{
    __VERIFIER_assume(
        ops->any_mutex); /* else it needs its own, which a program of its kind checks */
    pthread_mutex_init(&mutex, NULL);
    ops->init(&condition);
}

static void waiter(void)
{
    pthread_mutex_lock(&mutex);
    while (!ready)
        ops->wait(&condition, &held);
    woken++;
    pthread_mutex_unlock(&mutex);
}

static void announce(void (*wake)(void *c))
{
    pthread_mutex_lock(&mutex);
    ready = 1;
    pthread_mutex_unlock(&mutex);
    wake(&condition);
}

enum { signal_threads = 2 };
#define signal_setup setup
static void signal_actor(unsigned thread)
{
    if (thread == 0)
        announce(ops->signal);
    else
        waiter();
}
static void signal_verdict(void)
{
    assert(woken == 1);
}

enum { broadcast_threads = 3 };
#define broadcast_setup setup
static void broadcast_actor(unsigned thread)
{
    if (thread == 0)
        announce(ops->broadcast);
    else
        waiter();
}
static void broadcast_verdict(void)
{
    assert(woken == 2);
}

#include "stress/model/genmc/program.h"
