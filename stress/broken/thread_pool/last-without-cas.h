// SPDX-License-Identifier: MIT
/* last-without-cas - work-stealing with a deque of indices, broken.
 *
 * Mistake: the owner takes the last task of its deque as it takes the others, without a compare-and-swap.
 * Breaks:  a thief takes it as well, and it runs twice.
 */
#ifndef STRESS_BROKEN_THREAD_POOL_LAST_WITHOUT_CAS_H
#define STRESS_BROKEN_THREAD_POOL_LAST_WITHOUT_CAS_H

#include <contend/workers.h>

enum { CT_THREAD_POOL_LAST_WITHOUT_CAS_SLOTS = 128 };

/* The first worker has a deque, all others take from the ring and steal from it. */
struct ct_thread_pool_last_without_cas {
    struct ct_task_ring ring;
    CT_APART struct ct_u64 top;
    CT_APART struct ct_u64 bottom;
    struct {
        struct ct_ptr function, argument, future;
    } slot[CT_THREAD_POOL_LAST_WITHOUT_CAS_SLOTS];
    CT_APART struct ct_workers workers;
};

static inline void ct_thread_pool_last_without_cas_fill(struct ct_thread_pool_last_without_cas *p)
{
    ct_task_ring_init(&p->ring);
    ct_u64_store_relaxed(&p->top, 0);
    ct_u64_store_relaxed(&p->bottom, 0);
}

static inline void ct_thread_pool_last_without_cas_close(struct ct_thread_pool_last_without_cas *p)
{
    ct_task_ring_close(&p->ring);
}

static inline void
ct_thread_pool_last_without_cas_read(const struct ct_thread_pool_last_without_cas *p, uint64_t i,
                                     struct ct_task *task)
{
    i %= CT_THREAD_POOL_LAST_WITHOUT_CAS_SLOTS;
    task->function = (ct_task_function *)(uintptr_t)ct_ptr_load_relaxed(&p->slot[i].function);
    task->argument = ct_ptr_load_relaxed(&p->slot[i].argument);
    task->future = (struct ct_future *)ct_ptr_load_relaxed(&p->slot[i].future);
}

static inline bool ct_thread_pool_last_without_cas_push(struct ct_thread_pool_last_without_cas *p,
                                                        const struct ct_task *task)
{
    uint64_t bottom = ct_u64_load_relaxed(&p->bottom);
    uint64_t i = bottom % CT_THREAD_POOL_LAST_WITHOUT_CAS_SLOTS;
    if (bottom - ct_u64_load_acquire(&p->top) >= CT_THREAD_POOL_LAST_WITHOUT_CAS_SLOTS)
        return false;
    ct_ptr_store_relaxed(&p->slot[i].function, (void *)(uintptr_t)task->function);
    ct_ptr_store_relaxed(&p->slot[i].argument, task->argument);
    ct_ptr_store_relaxed(&p->slot[i].future, task->future);
    ct_u64_store_release(&p->bottom, bottom + 1);
    return true;
}

static inline bool ct_thread_pool_last_without_cas_pop(struct ct_thread_pool_last_without_cas *p,
                                                       struct ct_task *task)
{
    uint64_t bottom = ct_u64_load_relaxed(&p->bottom);
    if (ct_u64_load_relaxed(&p->top) == bottom)
        return false;
    ct_u64_store_seq_cst(&p->bottom, bottom - 1);
    uint64_t top = ct_u64_load_seq_cst(&p->top);
    if (top < bottom - 1) {
        ct_thread_pool_last_without_cas_read(p, bottom - 1, task);
        return true;
    }
    bool last = top == bottom - 1;
    if (last) {
        ct_thread_pool_last_without_cas_read(p, top, task);
        ct_u64_store_relaxed(&p->top, top + 1); /* the mistake */
    }
    ct_u64_store_release(&p->bottom, bottom);
    return last;
}

static inline bool ct_thread_pool_last_without_cas_steal(struct ct_thread_pool_last_without_cas *p,
                                                         struct ct_task *task)
{
    uint64_t top = ct_u64_load_seq_cst(&p->top);
    if (top >= ct_u64_load_seq_cst(&p->bottom))
        return false;
    ct_thread_pool_last_without_cas_read(p, top, task);
    return ct_u64_cas_seq_cst(&p->top, &top, top + 1);
}

static inline bool ct_thread_pool_last_without_cas_take(void *pool, uint32_t self, void *taken)
{
    struct ct_thread_pool_last_without_cas *p = (struct ct_thread_pool_last_without_cas *)pool;
    struct ct_task *task = (struct ct_task *)taken;
    return (self == 0 && ct_thread_pool_last_without_cas_pop(p, task)) ||
           ct_task_ring_take(&p->ring, task) ||
           (self != 0 && ct_thread_pool_last_without_cas_steal(p, task));
}

static inline bool ct_thread_pool_last_without_cas_empty(void *pool)
{
    const struct ct_thread_pool_last_without_cas *p =
        (struct ct_thread_pool_last_without_cas *)pool;
    return ct_u64_load_acquire(&p->top) >= ct_u64_load_acquire(&p->bottom) &&
           ct_task_ring_empty(&p->ring);
}

static inline int ct_thread_pool_last_without_cas_submit(struct ct_thread_pool_last_without_cas *p,
                                                         struct ct_future *future,
                                                         ct_task_function *function, void *argument)
{
    const struct ct_task task = {function, argument, future};
    int error = 0;
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    if (ct_u32_load_relaxed(&p->workers.idle.closing) != CT_IDLE_OPEN)
        error = ECANCELED;
    else if (ct_crew_self(&p->workers.crew) != 0 || !ct_thread_pool_last_without_cas_push(p, &task))
        error = ct_workers_put(&p->workers, &p->ring, &task);
    if (error == 0)
        ct_idle_kick(&p->workers.idle);
    return error;
}

CT_WORKERS_POOL(last_without_cas)

static const struct ct_thread_pool_ops ct_thread_pool_last_without_cas_ops = {
    .impl = {CT_THREAD_POOL_IMPL(last_without_cas, "last-without-cas"),
             .summary = "broken: owner and thief both get the last task",
             .source = "Chase & Lev 2005", .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(last_without_cas),
};

#endif
