// SPDX-License-Identifier: MIT
/* barrier_special.c - what takes too long to reach: the numbers that an implementation gives to phases run
   over. And what single implementations promise beyond the contract of contend/barrier.h. */
#include "barrier_fixture.h"

#include <contend/barrier/central.h>
#include <contend/barrier/dissemination.h>
#include <contend/barrier/futex-shared.h>
#include <contend/barrier/futex.h>
#include <contend/barrier/tree.h>

enum { PARTIES = 3 };

static void test_central_wraps(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, PARTIES);
    struct ct_barrier_central *b = (struct ct_barrier_central *)(void *)f.b;
    ct_u32_store_relaxed(&b->phase, UINT32_MAX - 2);
    barrier_run_phases(&f, PARTIES);
    CONTRACT(ct_u32_load_relaxed(&b->phase) == PARTIES);
    barrier_unmake(&f);
}

static void test_tree_wraps(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, PARTIES);
    struct ct_barrier_tree *b = (struct ct_barrier_tree *)(void *)f.b;
    ct_u32_store_relaxed(&b->phase, UINT32_MAX - 2);
    barrier_run_phases(&f, PARTIES);
    CONTRACT(ct_u32_load_relaxed(&b->phase) == PARTIES);
    barrier_unmake(&f);
}

static void test_dissemination_wraps_from(const void *ops, uint32_t phase)
{
    struct barrier_fixture f = barrier_make(ops, PARTIES);
    struct ct_barrier_dissemination_node *nodes =
        (struct ct_barrier_dissemination_node *)(void *)f.nodes;
    for (uint32_t i = 0; i < PARTIES; i++) {
        nodes[i].phase = phase;
        for (uint32_t r = 0; r < CT_BARRIER_DISSEMINATION_ROUNDS_MAX; r++)
            ct_u32_store_relaxed(&nodes[i].told[r], phase);
    }
    barrier_run_phases(&f, PARTIES);
    CONTRACT(nodes[0].phase == phase + 2 * PARTIES);
    barrier_unmake(&f);
}

static void test_dissemination_wraps(const void *ops)
{
    test_dissemination_wraps_from(ops, UINT32_MAX - 2);
    test_dissemination_wraps_from(ops, (uint32_t)INT32_MAX - 2);
}

static void test_futex_wraps(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, PARTIES);
    struct ct_barrier_futex *b = (struct ct_barrier_futex *)(void *)f.b;
    ct_u32_store_relaxed(&b->word, CT_BARRIER_FUTEX_PHASE - 2 * CT_BARRIER_FUTEX_PHASE_STEP);
    barrier_run_phases(&f, PARTIES);
    CONTRACT(ct_u32_load_relaxed(&b->word) == PARTIES * CT_BARRIER_FUTEX_PHASE_STEP);
    barrier_unmake(&f);
}

static void test_futex_shared_wraps(const void *ops)
{
    struct barrier_fixture f = barrier_make(ops, PARTIES);
    struct ct_barrier_futex_shared *b = (struct ct_barrier_futex_shared *)(void *)f.b;
    ct_u32_store_relaxed(&b->phase, 0 - 3 * CT_BARRIER_FUTEX_SHARED_PHASE_STEP);
    barrier_run_phases(&f, PARTIES);
    CONTRACT(ct_u32_load_relaxed(&b->phase) == 3 * CT_BARRIER_FUTEX_SHARED_PHASE_STEP);
    barrier_unmake(&f);
}

static void test_tree_arities(const void *ops)
{
    const uint32_t arities[] = {2, 3, BARRIER_PARTIES_MAX, CT_BARRIER_PARTIES_MAX};
    for (size_t i = 0; i < sizeof arities / sizeof *arities; i++)
        for (uint32_t parties = 1; parties <= BARRIER_PARTIES_MAX; parties += 2) {
            struct barrier_fixture f = barrier_make(ops, parties);
            CONTRACT(ct_barrier_tree_init_arity((struct ct_barrier_tree *)(void *)f.b, parties,
                                                (struct ct_barrier_tree_node *)(void *)f.nodes,
                                                arities[i]) == 0);
            barrier_run_phases(&f, 3);
            barrier_unmake(&f);
        }
}

const struct contract_test barrier_special_tests[] = {
    {"the phase's number runs over", 0, "central", test_central_wraps},
    {"the phase's number runs over", 0, "tree", test_tree_wraps},
    {"the phase's number runs over", 0, "dissemination", test_dissemination_wraps},
    {"the phase's number runs over", 0, "futex", test_futex_wraps},
    {"the phase's number runs over", 0, "futex-shared", test_futex_shared_wraps},
    {"groups of any size", 0, "tree", test_tree_arities},
    {NULL, 0, NULL, NULL},
};
