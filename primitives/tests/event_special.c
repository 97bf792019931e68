// SPDX-License-Identifier: MIT
/* event_special.c - what takes too long to reach: the number of phases that an event counts in its word runs
   over, beside the marks that share the word. */
#include "event_fixture.h"

#include <contend/event/futex-cpu.h>
#include <contend/event/futex.h>
#include <contend/event/spin.h>

enum { PHASES = 4 };

/* The word before it runs over: clear, with all bits of the count, and the kind of reset. */
static void last_phase(struct ct_u32 *word, uint32_t count, uint32_t set)
{
    ct_u32_store_relaxed(word, ct_u32_load_relaxed(word) | (count & ~set));
}

static void count_wraps(const void *ops, uint32_t count, uint32_t set)
{
    for (int auto_reset = 0; auto_reset < 2; auto_reset++) {
        struct event_subject s = event_make(ops, auto_reset);
        struct ct_u32 *word = s.e; /* the first member of each */
        last_phase(word, count, set);
        CONTRACT(!event_is_set(&s));
        for (int phase = 0; phase < PHASES; phase++) {
            struct event_waiter w = {.s = &s};
            CONTRACT(event_timedwait(&s, 0) == ETIMEDOUT);
            event_start(&w);
            event_set(&s);
            event_join(&w);
            CONTRACT(event_is_set(&s) == !auto_reset);
            event_clear(&s);
            CONTRACT(!event_is_set(&s));
        }
        CONTRACT((ct_u32_load_relaxed(word) & count) < 2 * (PHASES + 1));
        event_set(&s);
        event_wait_for(&s);
        CONTRACT(event_is_set(&s) == !auto_reset); /* still of the kind that it was made */
        event_unmake(&s);
    }
}

static void test_futex_wraps(const void *ops)
{
    count_wraps(ops, CT_EVENT_FUTEX_COUNT, CT_EVENT_FUTEX_SET);
}

static void test_futex_cpu_wraps(const void *ops)
{
    count_wraps(ops, CT_EVENT_FUTEX_CPU_COUNT, CT_EVENT_FUTEX_CPU_SET);
}

static void test_spin_wraps(const void *ops)
{
    count_wraps(ops, CT_EVENT_SPIN_COUNT, CT_EVENT_SPIN_SET);
}

const struct contract_test event_special_tests[] = {
    {"the number of phases runs over", 0, "futex", test_futex_wraps},
    {"the number of phases runs over", 0, "futex-cpu", test_futex_cpu_wraps},
    {"the number of phases runs over", 0, "spin", test_spin_wraps},
    {NULL, 0, NULL, NULL},
};
