// SPDX-License-Identifier: MIT
/* condition_special.c - what takes too long to reach: the number that a condition gives to its signals runs
   over, while threads wait that saw it before. */
#include "condition_fixture.h"

#include <contend/condition/futex-seq.h>
#include <contend/condition/spin.h>

static void seq_wraps(struct meeting *g, const struct ct_u32 *seq)
{
    struct attendee a[CONDITION_WAITERS];
    for (unsigned i = 0; i < CONDITION_WAITERS; i++) {
        a[i] = (struct attendee){.g = g, .thread = i + 1, .until_go = true};
        attendee_start(&a[i]);
    }
    for (unsigned i = 0; i < CONDITION_WAITERS; i++) /* for nothing: they look, and wait again */
        meeting_signal(g);
    CONTRACT(meeting_returned(g) == 0);
    CONTRACT(ct_u32_load_relaxed(seq) < CONDITION_WAITERS);
    meeting_lock(g);
    g->go = true;
    meeting_broadcast(g);
    meeting_unlock(g);
    for (unsigned i = 0; i < CONDITION_WAITERS; i++)
        attendee_join(&a[i]);
    CONTRACT(g->returned == CONDITION_WAITERS);
    meeting_unmake(g);
}

static void test_futex_seq_wraps(const void *ops)
{
    struct meeting g = meeting_make(ops, meeting_mutex(ops));
    struct ct_condition_futex_seq *c = (struct ct_condition_futex_seq *)(void *)g.c;
    ct_u32_store_relaxed(&c->seq, UINT32_MAX - 1);
    seq_wraps(&g, &c->seq);
}

static void test_spin_wraps(const void *ops)
{
    struct meeting g = meeting_make(ops, meeting_mutex(ops));
    struct ct_condition_spin *c = (struct ct_condition_spin *)(void *)g.c;
    ct_u32_store_relaxed(&c->seq, UINT32_MAX - 1);
    seq_wraps(&g, &c->seq);
}

const struct contract_test condition_special_tests[] = {
    {"the number of signals runs over", 0, "futex-seq", test_futex_seq_wraps},
    {"the number of signals runs over", 0, "spin", test_spin_wraps},
    {NULL, 0, NULL, NULL},
};
