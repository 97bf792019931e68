// SPDX-License-Identifier: MIT
/* std-lock - std::lock over std::mutex, C++'s own.
 *
 * Idea      Waits for one lock, tries the others, backs off; in libstdc++ it then waits for the one that
 *           was in the way.
 * Source    ISO C++, [thread.lock.algorithm]; libstdc++, <mutex>
 * Choose    in C++.
 *
 * std::lock takes its locks as separate arguments: std-lock.cc has an instance for each count. What a
 * thread holds is kept as for back-off-pthread, which C++ leaves to std::scoped_lock.
 */
#ifndef CONTEND_PEERS_ORDERED_STD_LOCK_H
#define CONTEND_PEERS_ORDERED_STD_LOCK_H

#include <contend/ordered_over.h>

#include <pthread.h>

/* Storage for a std::mutex: std-lock.cc asserts size and alignment. */
struct ct_ordered_std_lock {
    pthread_mutex_t storage;
};

void ct_ordered_std_lock_init(struct ct_ordered_std_lock *lock);
void ct_ordered_std_lock_destroy(struct ct_ordered_std_lock *lock);
void ct_ordered_std_lock_lock_all(void *const *locks, unsigned count);
void ct_ordered_std_lock_unlock(void *lock);

static inline int ct_ordered_std_lock_acquire(struct ct_ordered_thread *thread, void *const *locks,
                                              unsigned count, struct ct_ordered_conflict *conflict)
{
    int error = ct_ordered_list(thread, locks, count, conflict);
    if (error != 0)
        return error;
    ct_ordered_std_lock_lock_all(locks, count);
    thread->count += count;
    return 0;
}

static inline int ct_ordered_std_lock_release(struct ct_ordered_thread *thread, void *const *locks,
                                              unsigned count)
{
    uint32_t found;
    int error = ct_ordered_find(thread, locks, count, &found);
    if (error != 0)
        return error;
    for (unsigned i = count; i > 0; i--)
        ct_ordered_std_lock_unlock(locks[i - 1]);
    ct_ordered_forget(thread, found);
    return 0;
}

CT_ORDERED_ADAPT(std_lock)
CT_ORDERED_ADAPT_DESTROY(std_lock)

static const struct ct_ordered_ops ct_ordered_std_lock_ops = {
    .impl = {CT_ORDERED_IMPL(std_lock, "std-lock"), .summary = "std::lock over std::mutex",
             .source = "ISO C++, libstdc++", .package = CT_PACKAGE_stdcxx,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    CT_ORDERED_REQUIRED(std_lock),
    .destroy = ct_ordered_std_lock_op_destroy,
};

#endif
