// SPDX-License-Identifier: MIT
/* task.h - what thread pools are made with: futures, tasks, and applying one to an array. */
#ifndef CONTEND_TASK_H
#define CONTEND_TASK_H

#include <contend/poll.h>
#include <contend/thread_pool.h>

#include <string.h>

/* A task's way: PENDING -> RUNNING -> DONE, or PENDING -> CANCELLED -> DONE when the pool has come
   across it: until DONE the pool knows the future's address. Zeroed memory may be submitted. */
enum ct_future_phase {
    CT_FUTURE_PENDING = 1,
    CT_FUTURE_RUNNING,
    CT_FUTURE_CANCELLED,
    CT_FUTURE_DONE,
    CT_FUTURE_PHASE = 7,
    CT_FUTURE_SLEEPERS = 8, /* added to a phase: somebody may sleep on it */
};

struct ct_future {
    struct ct_u32 state;
    struct ct_u32 unread; /* it failed, and nobody asked yet */
    int failure;
    void *value;
};

static inline void ct_future_begin(struct ct_future *f)
{
    ct_u32_store_relaxed(&f->state, CT_FUTURE_PENDING);
    ct_u32_store_relaxed(&f->unread, 0);
}

/* From PENDING to another phase; whoever succeeds is the only one. */
static inline bool ct_future_claim(struct ct_future *f, enum ct_future_phase next)
{
    uint32_t seen = CT_FUTURE_PENDING; /* a guess */
    while ((seen & CT_FUTURE_PHASE) == CT_FUTURE_PENDING)
        if (ct_u32_cas_relaxed(&f->state, &seen, next | (seen & CT_FUTURE_SLEEPERS)))
            return true;
    return false;
}

/* The last touch: the future may be gone when it is woken for. */
static inline void ct_future_finish(struct ct_future *f, int failure, void *value)
{
    f->failure = failure;
    f->value = value;
    if (ct_u32_exchange_release(&f->state, CT_FUTURE_DONE) & CT_FUTURE_SLEEPERS)
        ct_wake(&f->state, CT_WAKE_ALL);
}

static inline bool ct_future_done(const struct ct_future *f)
{
    /* pairs with finish */
    return ct_u32_load_acquire(&f->state) == CT_FUTURE_DONE;
}

/* Looks on, then sleeps; out of line. */
__attribute__((noinline, unused)) static int ct_future_timedwait(struct ct_future *f,
                                                                 uint64_t deadline_ns)
{
    struct ct_poll poll = CT_POLL_START;
    int error = 0;
    do {
        if (ct_future_done(f))
            return 0;
    } while (ct_poll_more(&poll));
    while (error == 0 && !ct_future_done(f)) {
        uint32_t seen = ct_u32_load_relaxed(&f->state);
        if (seen == CT_FUTURE_DONE)
            continue;
        if (seen & CT_FUTURE_SLEEPERS ||
            ct_u32_cas_relaxed(&f->state, &seen, seen | CT_FUTURE_SLEEPERS))
            error = ct_wait(&f->state, seen | CT_FUTURE_SLEEPERS, deadline_ns);
    }
    return ct_future_done(f) ? 0 : error;
}

/* A task as it lies in a pool. */
struct ct_task {
    ct_task_function *function;
    void *argument;
    struct ct_future *future; /* NULL: nobody will ask */
};

/* What shutdown tells. */
struct ct_task_tally {
    struct ct_u64 dropped, failed;
};

static inline void ct_task_tally_init(struct ct_task_tally *t)
{
    ct_u64_store_relaxed(&t->dropped, 0);
    ct_u64_store_relaxed(&t->failed, 0);
}

static inline struct ct_thread_pool_rest ct_task_rest(const struct ct_task_tally *t)
{
    struct ct_thread_pool_rest rest = {ct_u64_load_relaxed(&t->dropped),
                                       ct_u64_load_relaxed(&t->failed)};
    return rest;
}

static inline void ct_task_run(const struct ct_task *task, struct ct_task_tally *tally)
{
    struct ct_future *f = task->future;
    void *value = NULL;
    if (f && !ct_future_claim(f, CT_FUTURE_RUNNING)) {
        ct_future_finish(f, ECANCELED, NULL);
        return;
    }
    int failure = task->function(task->argument, &value);
    if (failure)
        ct_u64_add_relaxed(&tally->failed, 1);
    if (!f)
        return;
    if (failure)
        ct_u32_store_relaxed(&f->unread, 1);
    ct_future_finish(f, failure, value);
}

/* Instead of running it. */
static inline void ct_task_drop(const struct ct_task *task, struct ct_task_tally *tally)
{
    if (!task->future || ct_future_claim(task->future, CT_FUTURE_CANCELLED))
        ct_u64_add_relaxed(&tally->dropped, 1);
    if (task->future)
        ct_future_finish(task->future, ECANCELED, NULL);
}

static inline int ct_task_result(struct ct_future *f, void **value, struct ct_task_tally *tally)
{
    if (value)
        *value = f->value;
    if (f->failure && ct_u32_load_relaxed(&f->unread) && ct_u32_exchange_relaxed(&f->unread, 0))
        ct_u64_sub_relaxed(&tally->failed, 1);
    return f->failure;
}

/* The caller and helpers take items one after the other: long and short ones even out. The futures lie
   on the caller's stack, so it stays until each helper has had its turn. */
#define CT_MAP_HELPERS_MAX 32

struct ct_map {
    ct_task_function *function;
    char *items;
    size_t item_bytes, count;
    struct ct_u64 next, failed;
};

static inline int ct_map_take_part(void *argument, void **value)
{
    struct ct_map *m = (struct ct_map *)argument;
    uint64_t i;
    (void)value;
    while ((i = ct_u64_add_relaxed(&m->next, 1)) < m->count) {
        void *ignored = NULL;
        if (m->function(m->items + i * m->item_bytes, &ignored) != 0)
            ct_u64_add_relaxed(&m->failed, 1);
    }
    return 0;
}

/* map for a pool with these functions and so many workers. */
static inline int ct_map_run(struct ct_map *m, void *p, unsigned workers,
                             int (*submit)(void *p, struct ct_future *future,
                                           ct_task_function *function, void *argument),
                             void (*wait)(void *p, struct ct_future *future), size_t *failed)
{
    struct ct_future helpers[CT_MAP_HELPERS_MAX];
    unsigned wanted = workers < CT_MAP_HELPERS_MAX ? workers : CT_MAP_HELPERS_MAX, got = 0;
    int error = m->function ? 0 : EINVAL;
    if (wanted == 0)
        wanted = 1; /* asks whether shutdown has begun */
    while (error == 0 && got < wanted) {
        error = submit(p, &helpers[got], ct_map_take_part, m);
        got += error == 0;
    }
    if (got > 0)
        ct_map_take_part(m, NULL);
    for (unsigned i = 0; i < got; i++)
        wait(p, &helpers[i]);
    *failed = ct_u64_load_relaxed(&m->failed);
    return got > 0 ? 0 : error;
}

/* The typed map of a pool that counts its workers in this cell; before CT_THREAD_POOL_ADAPT. */
#define CT_THREAD_POOL_MAP(id, workers)                                                            \
    CT_THREAD_POOL_INLINE int ct_thread_pool_##id##_op_submit(                                     \
        void *p, struct ct_future *future, ct_task_function *function, void *argument);            \
    static inline void ct_thread_pool_##id##_op_wait(void *p, struct ct_future *future);           \
    static inline int ct_thread_pool_##id##_map(struct ct_thread_pool_##id *p,                     \
                                                ct_task_function *function, void *items,           \
                                                size_t item_bytes, size_t count, size_t *failed)   \
    {                                                                                              \
        struct ct_map m = {function, (char *)items, item_bytes, count, CT_CELL(0), CT_CELL(0)};    \
        return ct_map_run(&m, p, ct_u32_load_relaxed(&workers), ct_thread_pool_##id##_op_submit,   \
                          ct_thread_pool_##id##_op_wait, failed);                                  \
    }

#endif
