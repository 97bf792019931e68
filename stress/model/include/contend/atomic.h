// SPDX-License-Identifier: MIT
/* atomic.h under the model: the native header's cells and operations; each is a call into the engine
   that says where it stands. Macros, because only they know their caller's line. */
#ifndef CONTEND_ATOMIC_H
#define CONTEND_ATOMIC_H

#include <contend/cpu.h>

#include <model/seam.h>

/* clang-format off */
struct ct_u32 { uint32_t raw; };
struct ct_u64 { uint64_t raw; };
struct ct_ptr { void *raw; };
/* clang-format on */

#define CT_CELL(x)                                                                                 \
    {                                                                                              \
        (x)                                                                                        \
    }

/* The address of a cell, which must be one of that type. */
#define CT_MODEL_CELL(cell, c) ct_model_##cell(c)

#define CT_MODEL_TYPED(cell, type, integer)                                                        \
    static inline void *ct_model_##cell(const struct ct_##cell *c)                                 \
    {                                                                                              \
        return (void *)(uintptr_t)&c->raw;                                                         \
    }                                                                                              \
    static inline type ct_model_##cell##_load(const struct ct_##cell *c, enum model_order order,   \
                                              const char *site)                                    \
    {                                                                                              \
        return (type)(integer)model_load(&c->raw, sizeof c->raw, order, site);                     \
    }                                                                                              \
    static inline void ct_model_##cell##_store(struct ct_##cell *c, type x,                        \
                                               enum model_order order, const char *site)           \
    {                                                                                              \
        model_store(&c->raw, sizeof c->raw, (integer)x, order, site);                              \
    }                                                                                              \
    static inline type ct_model_##cell##_rmw(struct ct_##cell *c, enum model_rmw how, type x,      \
                                             enum model_order order, const char *site)             \
    {                                                                                              \
        return (type)(integer)model_rmw(&c->raw, sizeof c->raw, how, (integer)x, order, site);     \
    }                                                                                              \
    static inline bool ct_model_##cell##_cas(struct ct_##cell *c, type *seen, type x,              \
                                             enum model_order order, const char *site)             \
    {                                                                                              \
        uint64_t old = (integer)*seen;                                                             \
        bool done = model_cas(&c->raw, sizeof c->raw, &old, (integer)x, order, site);              \
        *seen = (type)(integer)old;                                                                \
        return done;                                                                               \
    }
CT_MODEL_TYPED(u32, uint32_t, uint32_t)
CT_MODEL_TYPED(u64, uint64_t, uint64_t)
CT_MODEL_TYPED(ptr, void *, uintptr_t)

#define CT_MODEL_LOAD(cell, c, order) ct_model_##cell##_load(c, MODEL_##order, MODEL_SITE)
#define CT_MODEL_STORE(cell, c, x, order) ct_model_##cell##_store(c, x, MODEL_##order, MODEL_SITE)
#define CT_MODEL_RMW(cell, how, c, x, order)                                                       \
    ct_model_##cell##_rmw(c, MODEL_##how, x, MODEL_##order, MODEL_SITE)
#define CT_MODEL_CAS(cell, c, seen, x, order)                                                      \
    ct_model_##cell##_cas(c, seen, x, MODEL_##order, MODEL_SITE)

/* clang-format off */
#define ct_u32_load_relaxed(c) CT_MODEL_LOAD(u32, c, RELAXED)
#define ct_u32_load_acquire(c) CT_MODEL_LOAD(u32, c, ACQUIRE)
#define ct_u32_load_seq_cst(c) CT_MODEL_LOAD(u32, c, SEQ_CST)
#define ct_u32_store_relaxed(c, x) CT_MODEL_STORE(u32, c, x, RELAXED)
#define ct_u32_store_release(c, x) CT_MODEL_STORE(u32, c, x, RELEASE)
#define ct_u32_store_seq_cst(c, x) CT_MODEL_STORE(u32, c, x, SEQ_CST)
#define ct_u32_exchange_relaxed(c, x) CT_MODEL_RMW(u32, EXCHANGE, c, x, RELAXED)
#define ct_u32_exchange_acquire(c, x) CT_MODEL_RMW(u32, EXCHANGE, c, x, ACQUIRE)
#define ct_u32_exchange_release(c, x) CT_MODEL_RMW(u32, EXCHANGE, c, x, RELEASE)
#define ct_u32_exchange_acqrel(c, x) CT_MODEL_RMW(u32, EXCHANGE, c, x, ACQREL)
#define ct_u32_exchange_seq_cst(c, x) CT_MODEL_RMW(u32, EXCHANGE, c, x, SEQ_CST)
#define ct_u32_add_relaxed(c, x) CT_MODEL_RMW(u32, ADD, c, x, RELAXED)
#define ct_u32_add_acquire(c, x) CT_MODEL_RMW(u32, ADD, c, x, ACQUIRE)
#define ct_u32_add_release(c, x) CT_MODEL_RMW(u32, ADD, c, x, RELEASE)
#define ct_u32_add_acqrel(c, x) CT_MODEL_RMW(u32, ADD, c, x, ACQREL)
#define ct_u32_add_seq_cst(c, x) CT_MODEL_RMW(u32, ADD, c, x, SEQ_CST)
#define ct_u32_sub_relaxed(c, x) CT_MODEL_RMW(u32, SUB, c, x, RELAXED)
#define ct_u32_sub_acquire(c, x) CT_MODEL_RMW(u32, SUB, c, x, ACQUIRE)
#define ct_u32_sub_release(c, x) CT_MODEL_RMW(u32, SUB, c, x, RELEASE)
#define ct_u32_sub_acqrel(c, x) CT_MODEL_RMW(u32, SUB, c, x, ACQREL)
#define ct_u32_sub_seq_cst(c, x) CT_MODEL_RMW(u32, SUB, c, x, SEQ_CST)
#define ct_u32_or_relaxed(c, x) CT_MODEL_RMW(u32, OR, c, x, RELAXED)
#define ct_u32_or_acquire(c, x) CT_MODEL_RMW(u32, OR, c, x, ACQUIRE)
#define ct_u32_or_release(c, x) CT_MODEL_RMW(u32, OR, c, x, RELEASE)
#define ct_u32_or_acqrel(c, x) CT_MODEL_RMW(u32, OR, c, x, ACQREL)
#define ct_u32_or_seq_cst(c, x) CT_MODEL_RMW(u32, OR, c, x, SEQ_CST)
#define ct_u32_and_relaxed(c, x) CT_MODEL_RMW(u32, AND, c, x, RELAXED)
#define ct_u32_and_acquire(c, x) CT_MODEL_RMW(u32, AND, c, x, ACQUIRE)
#define ct_u32_and_release(c, x) CT_MODEL_RMW(u32, AND, c, x, RELEASE)
#define ct_u32_and_acqrel(c, x) CT_MODEL_RMW(u32, AND, c, x, ACQREL)
#define ct_u32_and_seq_cst(c, x) CT_MODEL_RMW(u32, AND, c, x, SEQ_CST)
#define ct_u32_cas_relaxed(c, seen, x) CT_MODEL_CAS(u32, c, seen, x, RELAXED)
#define ct_u32_cas_acquire(c, seen, x) CT_MODEL_CAS(u32, c, seen, x, ACQUIRE)
#define ct_u32_cas_release(c, seen, x) CT_MODEL_CAS(u32, c, seen, x, RELEASE)
#define ct_u32_cas_acqrel(c, seen, x) CT_MODEL_CAS(u32, c, seen, x, ACQREL)
#define ct_u32_cas_seq_cst(c, seen, x) CT_MODEL_CAS(u32, c, seen, x, SEQ_CST)

#define ct_u64_load_relaxed(c) CT_MODEL_LOAD(u64, c, RELAXED)
#define ct_u64_load_acquire(c) CT_MODEL_LOAD(u64, c, ACQUIRE)
#define ct_u64_load_seq_cst(c) CT_MODEL_LOAD(u64, c, SEQ_CST)
#define ct_u64_store_relaxed(c, x) CT_MODEL_STORE(u64, c, x, RELAXED)
#define ct_u64_store_release(c, x) CT_MODEL_STORE(u64, c, x, RELEASE)
#define ct_u64_store_seq_cst(c, x) CT_MODEL_STORE(u64, c, x, SEQ_CST)
#define ct_u64_exchange_relaxed(c, x) CT_MODEL_RMW(u64, EXCHANGE, c, x, RELAXED)
#define ct_u64_exchange_acquire(c, x) CT_MODEL_RMW(u64, EXCHANGE, c, x, ACQUIRE)
#define ct_u64_exchange_release(c, x) CT_MODEL_RMW(u64, EXCHANGE, c, x, RELEASE)
#define ct_u64_exchange_acqrel(c, x) CT_MODEL_RMW(u64, EXCHANGE, c, x, ACQREL)
#define ct_u64_exchange_seq_cst(c, x) CT_MODEL_RMW(u64, EXCHANGE, c, x, SEQ_CST)
#define ct_u64_add_relaxed(c, x) CT_MODEL_RMW(u64, ADD, c, x, RELAXED)
#define ct_u64_add_acquire(c, x) CT_MODEL_RMW(u64, ADD, c, x, ACQUIRE)
#define ct_u64_add_release(c, x) CT_MODEL_RMW(u64, ADD, c, x, RELEASE)
#define ct_u64_add_acqrel(c, x) CT_MODEL_RMW(u64, ADD, c, x, ACQREL)
#define ct_u64_add_seq_cst(c, x) CT_MODEL_RMW(u64, ADD, c, x, SEQ_CST)
#define ct_u64_sub_relaxed(c, x) CT_MODEL_RMW(u64, SUB, c, x, RELAXED)
#define ct_u64_sub_acquire(c, x) CT_MODEL_RMW(u64, SUB, c, x, ACQUIRE)
#define ct_u64_sub_release(c, x) CT_MODEL_RMW(u64, SUB, c, x, RELEASE)
#define ct_u64_sub_acqrel(c, x) CT_MODEL_RMW(u64, SUB, c, x, ACQREL)
#define ct_u64_sub_seq_cst(c, x) CT_MODEL_RMW(u64, SUB, c, x, SEQ_CST)
#define ct_u64_or_relaxed(c, x) CT_MODEL_RMW(u64, OR, c, x, RELAXED)
#define ct_u64_or_acquire(c, x) CT_MODEL_RMW(u64, OR, c, x, ACQUIRE)
#define ct_u64_or_release(c, x) CT_MODEL_RMW(u64, OR, c, x, RELEASE)
#define ct_u64_or_acqrel(c, x) CT_MODEL_RMW(u64, OR, c, x, ACQREL)
#define ct_u64_or_seq_cst(c, x) CT_MODEL_RMW(u64, OR, c, x, SEQ_CST)
#define ct_u64_and_relaxed(c, x) CT_MODEL_RMW(u64, AND, c, x, RELAXED)
#define ct_u64_and_acquire(c, x) CT_MODEL_RMW(u64, AND, c, x, ACQUIRE)
#define ct_u64_and_release(c, x) CT_MODEL_RMW(u64, AND, c, x, RELEASE)
#define ct_u64_and_acqrel(c, x) CT_MODEL_RMW(u64, AND, c, x, ACQREL)
#define ct_u64_and_seq_cst(c, x) CT_MODEL_RMW(u64, AND, c, x, SEQ_CST)
#define ct_u64_cas_relaxed(c, seen, x) CT_MODEL_CAS(u64, c, seen, x, RELAXED)
#define ct_u64_cas_acquire(c, seen, x) CT_MODEL_CAS(u64, c, seen, x, ACQUIRE)
#define ct_u64_cas_release(c, seen, x) CT_MODEL_CAS(u64, c, seen, x, RELEASE)
#define ct_u64_cas_acqrel(c, seen, x) CT_MODEL_CAS(u64, c, seen, x, ACQREL)
#define ct_u64_cas_seq_cst(c, seen, x) CT_MODEL_CAS(u64, c, seen, x, SEQ_CST)

#define ct_ptr_load_relaxed(c) CT_MODEL_LOAD(ptr, c, RELAXED)
#define ct_ptr_load_acquire(c) CT_MODEL_LOAD(ptr, c, ACQUIRE)
#define ct_ptr_load_seq_cst(c) CT_MODEL_LOAD(ptr, c, SEQ_CST)
#define ct_ptr_store_relaxed(c, x) CT_MODEL_STORE(ptr, c, x, RELAXED)
#define ct_ptr_store_release(c, x) CT_MODEL_STORE(ptr, c, x, RELEASE)
#define ct_ptr_store_seq_cst(c, x) CT_MODEL_STORE(ptr, c, x, SEQ_CST)
#define ct_ptr_exchange_relaxed(c, x) CT_MODEL_RMW(ptr, EXCHANGE, c, x, RELAXED)
#define ct_ptr_exchange_acquire(c, x) CT_MODEL_RMW(ptr, EXCHANGE, c, x, ACQUIRE)
#define ct_ptr_exchange_release(c, x) CT_MODEL_RMW(ptr, EXCHANGE, c, x, RELEASE)
#define ct_ptr_exchange_acqrel(c, x) CT_MODEL_RMW(ptr, EXCHANGE, c, x, ACQREL)
#define ct_ptr_exchange_seq_cst(c, x) CT_MODEL_RMW(ptr, EXCHANGE, c, x, SEQ_CST)
#define ct_ptr_cas_relaxed(c, seen, x) CT_MODEL_CAS(ptr, c, seen, x, RELAXED)
#define ct_ptr_cas_acquire(c, seen, x) CT_MODEL_CAS(ptr, c, seen, x, ACQUIRE)
#define ct_ptr_cas_release(c, seen, x) CT_MODEL_CAS(ptr, c, seen, x, RELEASE)
#define ct_ptr_cas_acqrel(c, seen, x) CT_MODEL_CAS(ptr, c, seen, x, ACQREL)
#define ct_ptr_cas_seq_cst(c, seen, x) CT_MODEL_CAS(ptr, c, seen, x, SEQ_CST)

/* clang-format on */

#define ct_u32_rseq_cmpstore_release(c, expect, x)                                                 \
    model_rseq_cmpstore(CT_MODEL_CELL(u32, c), expect, x, MODEL_SITE)

/* Code between two visible operations runs as one piece, so there is nothing to keep apart. */
#define ct_compiler_barrier() ((void)0)

#endif
