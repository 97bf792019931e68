// SPDX-License-Identifier: MIT
/* rmutex_over.h - makes a recursive mutex out of any mutex.
 *
 * Idea      Beside the mutex stand its owner's thread id, written by the owner alone, and how often it
 *           locked. A thread that finds its own id is the owner: nobody else writes that id, and it
 *           erased it itself before it last let go. So to lock again takes no locked instruction.
 * Use       CT_RMUTEX_OVER(id, mutex), then CT_RMUTEX_OVER_TRY and CT_RMUTEX_OVER_TIMED where the mutex
 *           offers those, define struct ct_rmutex_<id>, its functions and their adapters; the table
 *           follows with CT_RMUTEX_IMPL, CT_RMUTEX_REQUIRED and CT_RMUTEX_DEPTH.
 * Source    POSIX.1-2024, PTHREAD_MUTEX_RECURSIVE: an owner and a count beside the lock.
 * State     inner          the mutex
 *           claim.owner    0 | the id of the thread that holds inner; changed only while it does
 *           claim.depth    the owner's; means nothing without one
 * Order     inner's alone: a thread finds its own id only where it wrote it itself, so the owner may be
 *           relaxed, and the depth is plain.
 * Lifetime  inner's: the claim is not touched once inner's unlock has begun.
 */
#ifndef CONTEND_RMUTEX_OVER_H
#define CONTEND_RMUTEX_OVER_H

#include <contend/rmutex.h>
#include <contend/wait.h>

struct ct_rmutex_claim {
    struct ct_u32 owner;
    uint32_t depth;
};

static inline void ct_rmutex_claim_set(struct ct_rmutex_claim *c, uint32_t owner, uint32_t depth)
{
    ct_u32_store_relaxed(&c->owner, owner);
    c->depth = depth;
}

/* How deep the caller holds it; 0: it does not. */
static inline uint32_t ct_rmutex_claim_depth(const struct ct_rmutex_claim *c)
{
    return ct_u32_load_relaxed(&c->owner) == ct_thread_id() ? c->depth : 0;
}

/* Given its depth, not 0, makes it deeper by one. */
static inline int ct_rmutex_claim_deepen(struct ct_rmutex_claim *c, uint32_t depth)
{
    if (depth == CT_RMUTEX_DEPTH_MAX)
        return EAGAIN;
    c->depth = depth + 1;
    return 0;
}

#define CT_RMUTEX_OVER(id, mutex)                                                                  \
    struct ct_rmutex_##id {                                                                        \
        struct ct_mutex_##mutex inner;                                                             \
        struct ct_rmutex_claim claim;                                                              \
    };                                                                                             \
    static inline void ct_rmutex_##id##_init(struct ct_rmutex_##id *m)                             \
    {                                                                                              \
        ct_mutex_##mutex##_op_init(&m->inner);                                                     \
        ct_rmutex_claim_set(&m->claim, 0, 0);                                                      \
    }                                                                                              \
    static inline uint32_t ct_rmutex_##id##_owner(const struct ct_rmutex_##id *m)                  \
    {                                                                                              \
        return ct_u32_load_relaxed(&m->claim.owner);                                               \
    }                                                                                              \
    static inline uint32_t ct_rmutex_##id##_depth(const struct ct_rmutex_##id *m)                  \
    {                                                                                              \
        return ct_rmutex_claim_depth(&m->claim);                                                   \
    }                                                                                              \
    static inline void ct_rmutex_##id##_restore(struct ct_rmutex_##id *m, void *node,              \
                                                uint32_t depth)                                    \
    {                                                                                              \
        ct_mutex_##mutex##_op_lock(&m->inner, node);                                               \
        ct_rmutex_claim_set(&m->claim, ct_thread_id(), depth);                                     \
    }                                                                                              \
    static inline void ct_rmutex_##id##_let_go(struct ct_rmutex_##id *m, void *node)               \
    {                                                                                              \
        ct_rmutex_claim_set(&m->claim, 0, 0);                                                      \
        ct_mutex_##mutex##_op_unlock(&m->inner, node);                                             \
    }                                                                                              \
    static inline uint32_t ct_rmutex_##id##_release_all(struct ct_rmutex_##id *m, void *node)      \
    {                                                                                              \
        uint32_t depth = ct_rmutex_claim_depth(&m->claim);                                         \
        if (depth != 0)                                                                            \
            ct_rmutex_##id##_let_go(m, node);                                                      \
        return depth;                                                                              \
    }                                                                                              \
    static inline int ct_rmutex_##id##_lock(struct ct_rmutex_##id *m, void *node)                  \
    {                                                                                              \
        uint32_t depth = ct_rmutex_claim_depth(&m->claim);                                         \
        if (depth != 0)                                                                            \
            return ct_rmutex_claim_deepen(&m->claim, depth);                                       \
        ct_rmutex_##id##_restore(m, node, 1);                                                      \
        return 0;                                                                                  \
    }                                                                                              \
    static inline int ct_rmutex_##id##_unlock(struct ct_rmutex_##id *m, void *node)                \
    {                                                                                              \
        uint32_t depth = ct_rmutex_claim_depth(&m->claim);                                         \
        if (depth == 0)                                                                            \
            return EPERM;                                                                          \
        if (depth > 1)                                                                             \
            m->claim.depth = depth - 1;                                                            \
        else                                                                                       \
            ct_rmutex_##id##_let_go(m, node);                                                      \
        return 0;                                                                                  \
    }                                                                                              \
    CT_RMUTEX_ADAPT_NODE(id)

#define CT_RMUTEX_OVER_TRY(id, mutex)                                                              \
    static inline bool ct_rmutex_##id##_trylock(struct ct_rmutex_##id *m, void *node)              \
    {                                                                                              \
        uint32_t depth = ct_rmutex_claim_depth(&m->claim);                                         \
        if (depth != 0)                                                                            \
            return ct_rmutex_claim_deepen(&m->claim, depth) == 0;                                  \
        if (!ct_mutex_##mutex##_op_trylock(&m->inner, node))                                       \
            return false;                                                                          \
        ct_rmutex_claim_set(&m->claim, ct_thread_id(), 1);                                         \
        return true;                                                                               \
    }                                                                                              \
    CT_RMUTEX_ADAPT_NODE_TRY(id)

#define CT_RMUTEX_OVER_TIMED(id, mutex)                                                            \
    static inline int ct_rmutex_##id##_timedlock(struct ct_rmutex_##id *m, void *node,             \
                                                 uint64_t deadline_ns)                             \
    {                                                                                              \
        uint32_t depth = ct_rmutex_claim_depth(&m->claim);                                         \
        if (depth != 0)                                                                            \
            return ct_rmutex_claim_deepen(&m->claim, depth);                                       \
        int error = ct_mutex_##mutex##_op_timedlock(&m->inner, node, deadline_ns);                 \
        if (error == 0)                                                                            \
            ct_rmutex_claim_set(&m->claim, ct_thread_id(), 1);                                     \
        return error;                                                                              \
    }                                                                                              \
    CT_RMUTEX_ADAPT_NODE_TIMED(id)

#endif
