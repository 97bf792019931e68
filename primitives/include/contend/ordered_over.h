// SPDX-License-Identifier: MIT
/* ordered_over.h - makes ordered acquisition out of any mutex without a node, in two ways.
 *
 * Idea      By address: all threads take their locks in one order, that of addresses, so that no circle
 *           of waiters can close. The order must hold for all that a thread has at a time: so it keeps
 *           a list, ascending, and who wants something that is not later is told so at once.
 *           Back off: wait for one lock while holding none, only try the others; if one of them is
 *           held, give all back, and wait for that one first: it is what the others are in need of
 *           (persistent), after the CPU went to whoever has it (polite). Needs no order, but a thread
 *           that holds locks already cannot give those back: so it may not acquire.
 * Use       CT_ORDERED_OVER(id, mutex), then CT_ORDERED_BY_ADDRESS or CT_ORDERED_BACK_OFF, with
 *           CT_ORDERED_..._TIMED where the mutex has a timed lock and CT_ORDERED_DESTROY where it has a
 *           destroy, define struct ct_ordered_<id>, its functions and their adapters.
 * Source    by address: Havender, "Avoiding deadlock in multitasking systems", IBM Systems Journal 7(2),
 *           1968; Dijkstra's philosophers (EWD 310) with numbered forks. Back off: Hinnant, "Dining
 *           Philosophers Rebooted", 2013, "smart & polite"; C++'s std::lock.
 * State     a lock    the mutex
 *           a thread  the locks it holds: by address ascending, else as they came
 * Order     the mutex's.
 * Lifetime  the mutex's.
 */
#ifndef CONTEND_ORDERED_OVER_H
#define CONTEND_ORDERED_OVER_H

#include <contend/ordered.h>
#include <contend/wait.h>

static inline int ct_ordered_conflict_is(struct ct_ordered_conflict *conflict, void *held,
                                         void *wanted)
{
    if (conflict)
        *conflict = (struct ct_ordered_conflict){held, wanted};
    return EDEADLK;
}

/* Puts the locks behind those that the thread holds, by address; they do not count yet. */
static inline int ct_ordered_sort(struct ct_ordered_thread *t, void *const *locks, unsigned count,
                                  struct ct_ordered_conflict *conflict)
{
    void **wanted = t->held + t->count;
    if (count > CT_ORDERED_HELD_MAX - t->count)
        return EAGAIN;
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;
        for (; at > 0 && (uintptr_t)wanted[at - 1] > (uintptr_t)locks[i]; at--)
            wanted[at] = wanted[at - 1];
        if (at > 0 && wanted[at - 1] == locks[i])
            return EINVAL;
        wanted[at] = locks[i];
    }
    if (count != 0 && t->count != 0 && (uintptr_t)wanted[0] <= (uintptr_t)wanted[-1])
        return ct_ordered_conflict_is(conflict, wanted[-1], wanted[0]);
    return 0;
}

/* Puts the locks where those stand that the thread holds, as they are; it may hold none. */
static inline int ct_ordered_list(struct ct_ordered_thread *t, void *const *locks, unsigned count,
                                  struct ct_ordered_conflict *conflict)
{
    if (count > CT_ORDERED_HELD_MAX - t->count)
        return EAGAIN;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < i; k++)
            if (locks[k] == locks[i])
                return EINVAL;
    }
    if (count != 0 && t->count != 0)
        return ct_ordered_conflict_is(conflict, t->held[t->count - 1], locks[0]);
    for (unsigned i = 0; i < count; i++)
        t->held[i] = locks[i];
    return 0;
}

/* Which of the locks that the thread holds these are, a bit for each. */
static inline int ct_ordered_find(const struct ct_ordered_thread *t, void *const *locks,
                                  unsigned count, uint32_t *found)
{
    *found = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned at = 0;
        while (at < t->count && t->held[at] != locks[i])
            at++;
        if (at == t->count)
            return EPERM;
        if (*found >> at & 1)
            return EINVAL;
        *found |= UINT32_C(1) << at;
    }
    return 0;
}

static inline void ct_ordered_forget(struct ct_ordered_thread *t, uint32_t found)
{
    unsigned kept = 0;
    for (unsigned at = 0; at < t->count; at++) {
        if (!(found >> at & 1))
            t->held[kept++] = t->held[at];
    }
    t->count = kept;
}

#define CT_ORDERED_OVER(id, mutex)                                                                 \
    struct ct_ordered_##id {                                                                       \
        struct ct_mutex_##mutex inner;                                                             \
    };                                                                                             \
    static inline void ct_ordered_##id##_init(struct ct_ordered_##id *lock)                        \
    {                                                                                              \
        ct_mutex_##mutex##_op_init(&lock->inner);                                                  \
    }                                                                                              \
    static inline void ct_ordered_##id##_unlock(void *lock)                                        \
    {                                                                                              \
        ct_mutex_##mutex##_op_unlock(&((struct ct_ordered_##id *)lock)->inner, NULL);              \
    }                                                                                              \
    static inline int ct_ordered_##id##_release(struct ct_ordered_thread *thread,                  \
                                                void *const *locks, unsigned count)                \
    {                                                                                              \
        uint32_t found;                                                                            \
        int error = ct_ordered_find(thread, locks, count, &found);                                 \
        if (error != 0)                                                                            \
            return error;                                                                          \
        for (unsigned i = count; i > 0; i--)                                                       \
            ct_ordered_##id##_unlock(locks[i - 1]);                                                \
        ct_ordered_forget(thread, found);                                                          \
        return 0;                                                                                  \
    }

#define CT_ORDERED_DESTROY(id, mutex)                                                              \
    static inline void ct_ordered_##id##_destroy(struct ct_ordered_##id *lock)                     \
    {                                                                                              \
        ct_mutex_##mutex##_op_destroy(&lock->inner);                                               \
    }                                                                                              \
    CT_ORDERED_ADAPT_DESTROY(id)

#define CT_ORDERED_BY_ADDRESS(id, mutex)                                                           \
    CT_ORDERED_INLINE int ct_ordered_##id##_acquire(struct ct_ordered_thread *thread,              \
                                                    void *const *locks, unsigned count,            \
                                                    struct ct_ordered_conflict *conflict)          \
    {                                                                                              \
        int error = ct_ordered_sort(thread, locks, count, conflict);                               \
        if (error != 0)                                                                            \
            return error;                                                                          \
        for (; count > 0; count--, thread->count++) {                                              \
            struct ct_ordered_##id *lock = (struct ct_ordered_##id *)thread->held[thread->count];  \
            ct_mutex_##mutex##_op_lock(&lock->inner, NULL);                                        \
        }                                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    CT_ORDERED_ADAPT(id)

#define CT_ORDERED_BY_ADDRESS_TIMED(id, mutex)                                                     \
    static inline int ct_ordered_##id##_timedacquire(                                              \
        struct ct_ordered_thread *thread, void *const *locks, unsigned count,                      \
        uint64_t deadline_ns, struct ct_ordered_conflict *conflict)                                \
    {                                                                                              \
        unsigned before = thread->count;                                                           \
        int error = ct_ordered_sort(thread, locks, count, conflict);                               \
        if (error != 0)                                                                            \
            return error;                                                                          \
        for (; count > 0; count--, thread->count++) {                                              \
            struct ct_ordered_##id *lock = (struct ct_ordered_##id *)thread->held[thread->count];  \
            error = ct_mutex_##mutex##_op_timedlock(&lock->inner, NULL, deadline_ns);              \
            if (error != 0)                                                                        \
                break;                                                                             \
        }                                                                                          \
        while (error != 0 && thread->count > before)                                               \
            ct_ordered_##id##_unlock(thread->held[--thread->count]);                               \
        return error;                                                                              \
    }                                                                                              \
    CT_ORDERED_ADAPT_TIMED(id)

/* Having locked the first of the listed, tries those behind it, round to the start; else frees all and
   returns which was held. */
#define CT_ORDERED_BACK_OFF(id, mutex)                                                             \
    static inline bool ct_ordered_##id##_try_rest(struct ct_ordered_thread *thread,                \
                                                  unsigned count, unsigned *first)                 \
    {                                                                                              \
        unsigned got = 1, at = *first;                                                             \
        for (; got < count; got++) {                                                               \
            at = at + 1 == count ? 0 : at + 1;                                                     \
            struct ct_ordered_##id *lock = (struct ct_ordered_##id *)thread->held[at];             \
            if (!ct_mutex_##mutex##_op_trylock(&lock->inner, NULL))                                \
                break;                                                                             \
        }                                                                                          \
        if (got == count) {                                                                        \
            thread->count = count;                                                                 \
            return true;                                                                           \
        }                                                                                          \
        *first = at;                                                                               \
        for (; got > 0; got--) {                                                                   \
            at = at == 0 ? count - 1 : at - 1;                                                     \
            ct_ordered_##id##_unlock(thread->held[at]);                                            \
        }                                                                                          \
        return false;                                                                              \
    }                                                                                              \
    __attribute__((noinline)) static void ct_ordered_##id##_persist(                               \
        struct ct_ordered_thread *thread, unsigned count, unsigned first)                          \
    {                                                                                              \
        struct ct_ordered_##id *lock;                                                              \
        do {                                                                                       \
            ct_yield();                                                                            \
            lock = (struct ct_ordered_##id *)thread->held[first];                                  \
            ct_mutex_##mutex##_op_lock(&lock->inner, NULL);                                        \
        } while (!ct_ordered_##id##_try_rest(thread, count, &first));                              \
    }                                                                                              \
    CT_ORDERED_INLINE int ct_ordered_##id##_acquire(struct ct_ordered_thread *thread,              \
                                                    void *const *locks, unsigned count,            \
                                                    struct ct_ordered_conflict *conflict)          \
    {                                                                                              \
        unsigned first = 0;                                                                        \
        int error = ct_ordered_list(thread, locks, count, conflict);                               \
        if (error != 0 || count == 0)                                                              \
            return error;                                                                          \
        struct ct_ordered_##id *lock = (struct ct_ordered_##id *)thread->held[0];                  \
        ct_mutex_##mutex##_op_lock(&lock->inner, NULL);                                            \
        if (!ct_ordered_##id##_try_rest(thread, count, &first))                                    \
            ct_ordered_##id##_persist(thread, count, first);                                       \
        return 0;                                                                                  \
    }                                                                                              \
    CT_ORDERED_ADAPT(id)

#define CT_ORDERED_BACK_OFF_TIMED(id, mutex)                                                       \
    static inline int ct_ordered_##id##_timedacquire(                                              \
        struct ct_ordered_thread *thread, void *const *locks, unsigned count,                      \
        uint64_t deadline_ns, struct ct_ordered_conflict *conflict)                                \
    {                                                                                              \
        unsigned first = 0;                                                                        \
        int error = ct_ordered_list(thread, locks, count, conflict);                               \
        if (error != 0 || count == 0)                                                              \
            return error;                                                                          \
        for (;;) {                                                                                 \
            struct ct_ordered_##id *lock = (struct ct_ordered_##id *)thread->held[first];          \
            error = ct_mutex_##mutex##_op_timedlock(&lock->inner, NULL, deadline_ns);              \
            if (error != 0 || ct_ordered_##id##_try_rest(thread, count, &first))                   \
                return error;                                                                      \
            if (ct_now_ns() >= deadline_ns)                                                        \
                return ETIMEDOUT;                                                                  \
            ct_yield();                                                                            \
        }                                                                                          \
    }                                                                                              \
    CT_ORDERED_ADAPT_TIMED(id)

#endif
