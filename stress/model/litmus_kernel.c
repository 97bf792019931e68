// SPDX-License-Identifier: MIT
/* What sleeping, waking, barriers, restartable stores and time may do, as wait.h promises it. */
#include "stress/model/litmus.h"

#include <contend/wait.h>

#define S litmus_state

/* A sleeper returns 0 whether woken, too late, or for no reason; 1 here stands for that. */
static uint32_t sleep_on(struct ct_u32 *c)
{
    return ct_wait(c, 0, CT_FOREVER) == 0;
}

static void sleeper_and_setter(unsigned thread)
{
    if (thread == 0) {
        S.r[0] = sleep_on(&S.x);
        S.r[1] = ct_u32_load_relaxed(&S.x);
    } else {
        ct_u32_store_relaxed(&S.x, 1);
        ct_wake(&S.x, 1);
    }
}

static bool woke_to_old_value(void)
{
    return S.r[0] == 1 && S.r[1] == 0;
}

static bool woke_to_new_value(void)
{
    return S.r[0] == 1 && S.r[1] == 1;
}

/* Two sleepers, one wake-up, then one for the other; who is first is not said. */
static void two_sleepers(unsigned thread)
{
    if (thread < 2) {
        ct_u32_add_relaxed(&S.turn, 1);
        sleep_on(&S.x);
        S.r[thread] = 1 + ct_u32_add_relaxed(&S.y, 1);
    } else {
        while (ct_u32_load_relaxed(&S.turn) != 2)
            ct_pause();
        ct_u32_store_relaxed(&S.x, 1);
        ct_wake(&S.x, 1);
        ct_wake(&S.x, 1);
    }
}

static bool first_sleeper_first(void)
{
    return S.r[0] == 1 && S.r[1] == 2;
}

static bool second_sleeper_first(void)
{
    return S.r[0] == 2 && S.r[1] == 1;
}

static void sleeper_with_deadline(unsigned thread)
{
    if (thread == 0) {
        uint64_t deadline_ns = ct_now_ns() + 1000;
        S.r[0] = ct_wait(&S.x, 0, deadline_ns) == ETIMEDOUT;
        S.r[1] = ct_now_ns() < deadline_ns;
    } else {
        ct_u32_store_relaxed(&S.x, 1);
        ct_wake(&S.x, 1);
    }
}

static bool timed_out(void)
{
    return S.r[0] == 1;
}

static bool timed_out_early(void)
{
    return S.r[0] == 1 && S.r[1] == 1;
}

static bool woken_in_time(void)
{
    return S.r[0] == 0 && S.r[1] == 1;
}

/* The other thread moves the sleeper from x to y without waking it, and wakes y. */
static void requeued(unsigned thread)
{
    if (thread == 0) {
        S.r[0] = sleep_on(&S.x);
        S.r[1] = ct_u32_load_relaxed(&S.y);
    } else {
        S.r[2] = ct_requeue(&S.x, 0, 0, &S.y);
        ct_u32_store_relaxed(&S.x, 1);
        ct_wake(&S.x, 1);
        ct_u32_store_relaxed(&S.y, 1);
        ct_wake(&S.y, 1);
    }
}

static bool woken_through_y(void)
{
    return S.r[0] == 1 && S.r[1] == 1 && S.r[2] == 1;
}

static void requeue_differs(unsigned thread)
{
    if (thread == 0)
        S.r[0] = ct_requeue(&S.x, 1, 1, &S.y);
}

static bool moved(void)
{
    return S.r[0] != 0;
}

/* The restartable unlock: may it overwrite the mark after the marking thread's barrier? */
#define MARKED_RSEQ(name, barrier)                                                                 \
    static void name(unsigned thread)                                                              \
    {                                                                                              \
        if (thread == 0) {                                                                         \
            ct_u32_rseq_cmpstore_release(&S.x, 0, 1);                                              \
        } else {                                                                                   \
            uint32_t seen = 0;                                                                     \
            S.r[0] = ct_u32_cas_relaxed(&S.x, &seen, 2);                                           \
            barrier;                                                                               \
            S.r[1] = ct_u32_load_relaxed(&S.x);                                                    \
        }                                                                                          \
    }
MARKED_RSEQ(marked_rseq, ct_membarrier_rseq())
MARKED_RSEQ(marked_plain, ct_membarrier())

static bool mark_overwritten_later(void)
{
    return S.r[0] == 1 && S.r[1] == 2 && S.x.raw == 1;
}

static bool mark_overwritten_before(void)
{
    return S.r[0] == 1 && S.r[1] == 1;
}

static void pi_lock_both(unsigned thread)
{
    S.r[thread] = ct_pi_lock(&S.x, CT_FOREVER) == 0 && ++S.inside == 1;
    (void)ct_u32_load_relaxed(&S.y);
    S.inside--;
    ct_pi_unlock(&S.x);
}

static bool not_both_alone(void)
{
    return S.r[0] != 1 || S.r[1] != 1;
}

static bool both_alone(void)
{
    return S.r[0] == 1 && S.r[1] == 1 && S.x.raw == 0;
}

static void pi_lock_twice(unsigned thread)
{
    if (thread == 0 && ct_pi_lock(&S.x, CT_FOREVER) == 0) {
        S.r[0] = ct_pi_lock(&S.x, CT_FOREVER) == EDEADLK;
        ct_pi_unlock(&S.x);
    }
}

static bool told_of_deadlock(void)
{
    return S.r[0] == 1;
}

static void pi_lock_with_deadline(unsigned thread)
{
    S.r[thread] = (uint32_t)ct_pi_lock(&S.x, thread ? CT_FOREVER : 1);
    if (S.r[thread] == 0)
        ct_pi_unlock(&S.x);
}

static bool pi_timed_out(void)
{
    return S.r[0] == ETIMEDOUT;
}

const struct litmus litmus_kernel[] = {
    {"sleep", "wakes, sees the new value", ALLOWED, 2, sleeper_and_setter, woke_to_new_value},
    {"sleep+spurious", "wakes, sees the old value", ALLOWED, 2, sleeper_and_setter,
     woke_to_old_value},
    {"wake-one", "first sleeper first", ALLOWED, 3, two_sleepers, first_sleeper_first},
    {"wake-one+other", "second sleeper first", ALLOWED, 3, two_sleepers, second_sleeper_first},
    {"deadline", "times out", ALLOWED, 2, sleeper_with_deadline, timed_out},
    {"deadline+woken", "woken in time", ALLOWED, 2, sleeper_with_deadline, woken_in_time},
    {"deadline+early", "times out early", FORBIDDEN, 2, sleeper_with_deadline, timed_out_early},
    {"requeue", "woken through the other cell", ALLOWED, 2, requeued, woken_through_y},
    {"requeue+differs", "moves although it differs", FORBIDDEN, 2, requeue_differs, moved},
    {"rseq+membarrier_rseq", "mark overwritten later", FORBIDDEN, 2, marked_rseq,
     mark_overwritten_later},
    {"rseq+membarrier_rseq+seen", "mark overwritten before", ALLOWED, 2, marked_rseq,
     mark_overwritten_before},
    {"rseq+membarrier", "mark overwritten later", ALLOWED, 2, marked_plain, mark_overwritten_later},
    {"pi", "both hold, each alone", ALLOWED, 2, pi_lock_both, both_alone},
    {"pi+exclusion", "not both alone", FORBIDDEN, 2, pi_lock_both, not_both_alone},
    {"pi+twice", "EDEADLK", ALLOWED, 2, pi_lock_twice, told_of_deadlock},
    {"pi+deadline", "times out", ALLOWED, 2, pi_lock_with_deadline, pi_timed_out},
    {NULL, NULL, ALLOWED, 0, NULL, NULL},
};
