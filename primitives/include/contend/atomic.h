// SPDX-License-Identifier: MIT
/* atomic.h - typed cells, the memory order in the name. The only file with <stdatomic.h>.
 *
 * A cell is a struct, so using one as a plain integer does not compile. Operations on it are
 *     ct_<cell>_<operation>_<order>      e.g. ct_u32_exchange_acquire, ct_ptr_load_relaxed
 * cells        u32 (can be waited on, wait.h), u64, ptr
 * operations   load, store; exchange, add, sub, or, and: return the old value (ptr: exchange only);
 *              cas: strong, true if *seen was there, else *seen becomes what was; a failed cas
 *              orders nothing (cas_acquire, cas_acqrel, cas_seq_cst: like a relaxed load)
 * orders       C11's: relaxed, acquire, release, acqrel, seq_cst. Primitives prefer ordered accesses
 *              to fences, which ThreadSanitizer does not understand.
 * Blocks: never. Errors: none.
 */
#ifndef CONTEND_ATOMIC_H
#define CONTEND_ATOMIC_H

#include <contend/cpu.h>

#include <stdatomic.h>

/* clang-format off */
struct ct_u32 { _Atomic(uint32_t) raw; };
struct ct_u64 { _Atomic(uint64_t) raw; };
struct ct_ptr { _Atomic(void *) raw; };
/* clang-format on */

/* Initial value, e.g. struct ct_u32 c = CT_CELL(0). */
#define CT_CELL(x)                                                                                 \
    {                                                                                              \
        (x)                                                                                        \
    }

#define CT_CELL_LOAD(cell, type, order, c11)                                                       \
    static inline type ct_##cell##_load_##order(const struct ct_##cell *c)                         \
    {                                                                                              \
        return atomic_load_explicit(&c->raw, c11);                                                 \
    }
#define CT_CELL_STORE(cell, type, order, c11)                                                      \
    static inline void ct_##cell##_store_##order(struct ct_##cell *c, type x)                      \
    {                                                                                              \
        atomic_store_explicit(&c->raw, x, c11);                                                    \
    }
#define CT_CELL_FETCH(cell, type, op, c11op, order, c11)                                           \
    static inline type ct_##cell##_##op##_##order(struct ct_##cell *c, type x)                     \
    {                                                                                              \
        return c11op(&c->raw, x, c11);                                                             \
    }
#define CT_CELL_CAS(cell, type, order, c11)                                                        \
    static inline bool ct_##cell##_cas_##order(struct ct_##cell *c, type *seen, type x)            \
    {                                                                                              \
        return atomic_compare_exchange_strong_explicit(&c->raw, seen, x, c11,                      \
                                                       memory_order_relaxed);                      \
    }

#define CT_CELL_EACH_ORDER(X, ...)                                                                 \
    X(__VA_ARGS__, relaxed, memory_order_relaxed)                                                  \
    X(__VA_ARGS__, acquire, memory_order_acquire)                                                  \
    X(__VA_ARGS__, release, memory_order_release)                                                  \
    X(__VA_ARGS__, acqrel, memory_order_acq_rel)                                                   \
    X(__VA_ARGS__, seq_cst, memory_order_seq_cst)

#define CT_CELL_COMMON(cell, type)                                                                 \
    CT_CELL_LOAD(cell, type, relaxed, memory_order_relaxed)                                        \
    CT_CELL_LOAD(cell, type, acquire, memory_order_acquire)                                        \
    CT_CELL_LOAD(cell, type, seq_cst, memory_order_seq_cst)                                        \
    CT_CELL_STORE(cell, type, relaxed, memory_order_relaxed)                                       \
    CT_CELL_STORE(cell, type, release, memory_order_release)                                       \
    CT_CELL_STORE(cell, type, seq_cst, memory_order_seq_cst)                                       \
    CT_CELL_EACH_ORDER(CT_CELL_FETCH, cell, type, exchange, atomic_exchange_explicit)              \
    CT_CELL_EACH_ORDER(CT_CELL_CAS, cell, type)

#define CT_CELL_ARITHMETIC(cell, type)                                                             \
    CT_CELL_EACH_ORDER(CT_CELL_FETCH, cell, type, add, atomic_fetch_add_explicit)                  \
    CT_CELL_EACH_ORDER(CT_CELL_FETCH, cell, type, sub, atomic_fetch_sub_explicit)                  \
    CT_CELL_EACH_ORDER(CT_CELL_FETCH, cell, type, or, atomic_fetch_or_explicit)                    \
    CT_CELL_EACH_ORDER(CT_CELL_FETCH, cell, type, and, atomic_fetch_and_explicit)

CT_CELL_COMMON(u32, uint32_t)
CT_CELL_ARITHMETIC(u32, uint32_t)
CT_CELL_COMMON(u64, uint64_t)
CT_CELL_ARITHMETIC(u64, uint64_t)
CT_CELL_COMMON(ptr, void *)

/* Restartable compare-and-store: stores x if the cell holds expect; false if it did not. Costs no
 * locked instruction, because it is atomic only against threads of the same CPU - and against a
 * thread that changed the cell with a cas and then returned from ct_membarrier_rseq (wait.h): after
 * that barrier either the store had already happened, or this operation sees the changed cell.
 * Requires ct_rseq_usable (wait.h). Order: a release store. */
static inline bool ct_u32_rseq_cmpstore_release(struct ct_u32 *c, uint32_t expect, uint32_t x)
{
    return ct_cpu_rseq_cmpstore_u32((uint32_t *)(void *)&c->raw, expect, x);
}

/* Keeps the compiler, not the processor, from moving accesses across it. */
static inline void ct_compiler_barrier(void)
{
    ct_cpu_compiler_barrier();
}

#endif
