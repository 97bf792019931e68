// SPDX-License-Identifier: MIT
/* work-stealing - a deque for each worker, and one ring for everybody else.
 *
 * Idea      What a task submits goes to its worker's own deque, and comes from there last in, first out:
 *           the data are still in its cache, and a tree of tasks is walked depth first on a flat stack.
 *           A worker that has none takes from the ring of outsiders, then steals the oldest, likely
 *           largest, task of a victim, from a random one on. The owner pays a sequentially
 *           consistent store for each task it takes, and a compare-and-swap only for the last one.
 * Full      A deque that is full passes on to the ring; where that is full too, the submitter runs the
 *           oldest task of the ring itself, and tries again.
 * Source    Chase & Lev, "Dynamic Circular Work-Stealing Deque", SPAA 2005; orders after Le, Pop, Cohen &
 *           Zappa Nardelli, "Correct and Efficient Work-Stealing for Weak Memory Models", PPoPP 2013,
 *           with sequentially consistent accesses in place of their fences.
 * State     deque    top: tasks stolen, or taken as the last one; bottom: tasks brought and not taken back;
 *                    task i, top <= i < bottom, is in slot i modulo their number
 *           ring     tasks of outsiders, oldest first (task_ring.h)
 *           workers  who serves, who sleeps, what is left (workers.h)
 * Order     bottom's stores release the slots, and a thief's load acquires them. Owner: store bottom, load
 *           top; thief: load top, load bottom, then compare-and-swap of top: all sequentially
 *           consistent, so that of an owner that saw top below its task, and a thief that saw top at it,
 *           the thief sees the new bottom. A slot may be overwritten while a thief reads it; then top has
 *           moved, and the thief forgets what it read.
 * Choose    for tasks that submit tasks and wait for them, and for many of unlike length. From one
 *           submitter outside it is the ring, plus a look at who is asking.
 */
#ifndef CONTEND_THREAD_POOL_WORK_STEALING_H
#define CONTEND_THREAD_POOL_WORK_STEALING_H

#include <contend/task_ring.h>
#include <contend/workers.h>

enum {
    CT_THREAD_POOL_WORK_STEALING_SLOTS = 128,
    CT_THREAD_POOL_WORK_STEALING_FAIR = 64, /* so often outsiders' tasks come first */
};

struct ct_thread_pool_work_stealing_deque {
    CT_APART struct ct_u64 top;
    CT_APART struct ct_u64 bottom;
    uint32_t random, turns; /* the owner's */
    struct {
        struct ct_ptr function, argument, future; /* cells: a thief may read what is overwritten */
    } slot[CT_THREAD_POOL_WORK_STEALING_SLOTS];
};

struct ct_thread_pool_work_stealing {
    struct ct_task_ring ring;
    CT_APART struct ct_workers workers;
    struct ct_thread_pool_work_stealing_deque deque[CT_THREAD_POOL_WORKERS_MAX];
};

static inline void ct_thread_pool_work_stealing_write(struct ct_thread_pool_work_stealing_deque *d,
                                                      uint64_t i, const struct ct_task *task)
{
    i %= CT_THREAD_POOL_WORK_STEALING_SLOTS;
    ct_ptr_store_relaxed(&d->slot[i].function, (void *)(uintptr_t)task->function);
    ct_ptr_store_relaxed(&d->slot[i].argument, task->argument);
    ct_ptr_store_relaxed(&d->slot[i].future, task->future);
}

static inline void
ct_thread_pool_work_stealing_read(const struct ct_thread_pool_work_stealing_deque *d, uint64_t i,
                                  struct ct_task *task)
{
    i %= CT_THREAD_POOL_WORK_STEALING_SLOTS;
    task->function = (ct_task_function *)(uintptr_t)ct_ptr_load_relaxed(&d->slot[i].function);
    task->argument = ct_ptr_load_relaxed(&d->slot[i].argument);
    task->future = (struct ct_future *)ct_ptr_load_relaxed(&d->slot[i].future);
}

/* By the owner; false: full. */
static inline bool ct_thread_pool_work_stealing_push(struct ct_thread_pool_work_stealing_deque *d,
                                                     const struct ct_task *task)
{
    uint64_t bottom = ct_u64_load_relaxed(&d->bottom);
    if (bottom - ct_u64_load_acquire(&d->top) >= CT_THREAD_POOL_WORK_STEALING_SLOTS)
        return false;
    ct_thread_pool_work_stealing_write(d, bottom, task);
    ct_u64_store_release(&d->bottom, bottom + 1); /* pairs with steal */
    return true;
}

/* By the owner: the youngest. */
static inline bool ct_thread_pool_work_stealing_pop(struct ct_thread_pool_work_stealing_deque *d,
                                                    struct ct_task *task)
{
    uint64_t bottom = ct_u64_load_relaxed(&d->bottom);
    if (ct_u64_load_relaxed(&d->top) == bottom) /* only the owner makes them differ */
        return false;
    ct_u64_store_seq_cst(&d->bottom, bottom - 1);
    uint64_t top = ct_u64_load_seq_cst(&d->top);
    if (top < bottom - 1) {
        ct_thread_pool_work_stealing_read(d, bottom - 1, task);
        return true;
    }
    bool last = top == bottom - 1;
    if (last) {
        ct_thread_pool_work_stealing_read(d, top, task);
        last = ct_u64_cas_seq_cst(&d->top, &top, top + 1); /* against thieves */
    }
    ct_u64_store_release(&d->bottom, bottom);
    return last;
}

/* By others: the oldest. */
static inline bool ct_thread_pool_work_stealing_steal(struct ct_thread_pool_work_stealing_deque *d,
                                                      struct ct_task *task)
{
    uint64_t top = ct_u64_load_seq_cst(&d->top);
    if (top >= ct_u64_load_seq_cst(&d->bottom)) /* pairs with push */
        return false;
    ct_thread_pool_work_stealing_read(d, top, task);
    return ct_u64_cas_seq_cst(&d->top, &top, top + 1);
}

static inline void ct_thread_pool_work_stealing_fill(struct ct_thread_pool_work_stealing *p)
{
    ct_task_ring_init(&p->ring);
    for (uint32_t i = 0; i < CT_THREAD_POOL_WORKERS_MAX; i++) {
        ct_u64_store_relaxed(&p->deque[i].top, 0);
        ct_u64_store_relaxed(&p->deque[i].bottom, 0);
        p->deque[i].random = i + 1;
        p->deque[i].turns = 0;
    }
}

static inline void ct_thread_pool_work_stealing_close(struct ct_thread_pool_work_stealing *p)
{
    ct_task_ring_close(&p->ring);
}

static inline uint32_t ct_thread_pool_work_stealing_draw(uint32_t *random)
{
    *random ^= *random << 13; /* Marsaglia, "Xorshift RNGs", 2003 */
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

__attribute__((noinline)) static bool
ct_thread_pool_work_stealing_rob(struct ct_thread_pool_work_stealing *p, uint32_t self,
                                 struct ct_task *task)
{
    uint32_t members = ct_u32_load_relaxed(&p->workers.crew.members);
    uint32_t first =
        self == CT_CREW_NOBODY ? 0 : ct_thread_pool_work_stealing_draw(&p->deque[self].random);
    for (uint32_t i = 0; i < members; i++) {
        uint32_t victim = (first % members + i) % members;
        if (victim != self && ct_thread_pool_work_stealing_steal(&p->deque[victim], task))
            return true;
    }
    return false;
}

static inline bool ct_thread_pool_work_stealing_take(void *pool, uint32_t self, void *taken)
{
    struct ct_thread_pool_work_stealing *p = (struct ct_thread_pool_work_stealing *)pool;
    struct ct_task *task = (struct ct_task *)taken;
    if (self != CT_CREW_NOBODY) {
        struct ct_thread_pool_work_stealing_deque *own = &p->deque[self];
        if (++own->turns % CT_THREAD_POOL_WORK_STEALING_FAIR == 0 &&
            ct_task_ring_take(&p->ring, task))
            return true;
        if (ct_thread_pool_work_stealing_pop(own, task))
            return true;
    }
    return ct_task_ring_take(&p->ring, task) || ct_thread_pool_work_stealing_rob(p, self, task);
}

static inline bool ct_thread_pool_work_stealing_empty(void *pool)
{
    const struct ct_thread_pool_work_stealing *p = (struct ct_thread_pool_work_stealing *)pool;
    uint32_t members = ct_u32_load_relaxed(&p->workers.crew.members);
    for (uint32_t i = 0; i < members; i++) {
        uint64_t top = ct_u64_load_acquire(&p->deque[i].top);
        if (top < ct_u64_load_acquire(&p->deque[i].bottom))
            return false;
    }
    return ct_task_ring_empty(&p->ring);
}

static inline int ct_thread_pool_work_stealing_submit(struct ct_thread_pool_work_stealing *p,
                                                      struct ct_future *future,
                                                      ct_task_function *function, void *argument)
{
    const struct ct_task task = {function, argument, future};
    uint32_t self = ct_crew_self(&p->workers.crew);
    int error = 0;
    if (!function)
        return EINVAL;
    if (future)
        ct_future_begin(future);
    if (self == CT_CREW_NOBODY)
        error = ct_workers_put(&p->workers, &p->ring, &task);
    else if (ct_u32_load_relaxed(&p->workers.idle.closing) != CT_IDLE_OPEN)
        error = ECANCELED;
    else if (!ct_thread_pool_work_stealing_push(&p->deque[self], &task))
        error = ct_workers_put(&p->workers, &p->ring, &task);
    if (error == 0)
        ct_idle_kick(&p->workers.idle);
    return error;
}

CT_WORKERS_POOL(work_stealing)

static const struct ct_thread_pool_ops ct_thread_pool_work_stealing_ops = {
    .impl = {CT_THREAD_POOL_IMPL(work_stealing, "work-stealing"),
             .summary = "a deque for each worker, who steal from each other",
             .source = "Chase & Lev 2005; Le et al. 2013", .traits = CT_PARKS | CT_TIMED},
    CT_WORKERS_POOL_OPS(work_stealing),
};

#endif
