// SPDX-License-Identifier: MIT
/* timer_call.h - what every timer has in common: its function, the call that may be under way, and
 * cancels that wait for that to return. Under a lock of its service.
 *
 * State     caller    the thread that runs the function; 0: it is not running
 *           awaited   a cancel waits for its return; until then a start is cancelled at once: stopped
 *           stops     calls in which that happened and of which no cancel has told yet
 *           returns   changes when the function returns and is awaited: what cancels sleep on
 * Order     The lock orders all; the function's effects are ordered before a cancel by it.
 */
#ifndef CONTEND_TIMER_CALL_H
#define CONTEND_TIMER_CALL_H

#include <contend/timer.h>
#include <contend/timer_lock.h>

#include <pthread.h>
#include <signal.h>

struct ct_timer_call {
    ct_timer_function *function;
    void *argument;
    uint32_t caller, stops;
    bool awaited, stopped;
    struct ct_u32 returns;
};

static inline void ct_timer_call_init(struct ct_timer_call *c, ct_timer_function *function,
                                      void *argument)
{
    c->function = function;
    c->argument = argument;
    c->caller = c->stops = 0;
    c->awaited = c->stopped = false;
    ct_u32_store_relaxed(&c->returns, 0);
}

/* Call the function, without the lock meanwhile. */
static inline void ct_timer_call_run(struct ct_timer_call *c, struct ct_timer_lock *lock,
                                     uint64_t late_ns)
{
    c->caller = ct_thread_id();
    ct_timer_lock_give(lock);
    c->function(c->argument, late_ns);
    ct_timer_lock_take(lock);
    c->caller = 0;
    if (!c->awaited)
        return;
    c->stops += c->stopped;
    c->awaited = c->stopped = false;
    ct_u32_store_relaxed(&c->returns, ct_u32_load_relaxed(&c->returns) + 1);
    ct_wake(&c->returns, CT_WAKE_ALL);
}

/* May a start arm the timer? If not, it is as if a cancel had followed at once. */
static inline bool ct_timer_call_may_start(struct ct_timer_call *c)
{
    c->stopped |= c->awaited;
    return !c->awaited;
}

/* A cancel, which has disarmed the timer, waits for the function's return; true: it stopped a start
   meanwhile. */
static inline bool ct_timer_call_await(struct ct_timer_call *c, struct ct_timer_lock *lock)
{
    if (c->caller == 0 || c->caller == ct_thread_id())
        return false;
    uint32_t seen = ct_u32_load_relaxed(&c->returns);
    c->awaited = true;
    do {
        ct_timer_lock_give(lock);
        ct_wait(&c->returns, seen, CT_FOREVER);
        ct_timer_lock_take(lock);
    } while (ct_u32_load_relaxed(&c->returns) == seen);
    bool stopped = c->stops > 0;
    c->stops -= stopped;
    return stopped;
}

/* A thread that blocks all signals; 0 or EAGAIN. */
static inline int ct_timer_thread(pthread_t *thread, void *(*start)(void *argument), void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, NULL, start, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 ? 0 : EAGAIN;
}

#endif
