// SPDX-License-Identifier: MIT
/* one-for-all - pthread thread-local, broken.
 *
 * Mistake: the first value that any thread made is given to all.
 * Breaks:  each thread finds its own value.
 */
#ifndef STRESS_BROKEN_THREAD_LOCAL_ONE_FOR_ALL_H
#define STRESS_BROKEN_THREAD_LOCAL_ONE_FOR_ALL_H

#include <contend/thread_local.h>

#include <errno.h>
#include <pthread.h>

struct ct_thread_local_one_for_all {
    pthread_key_t key;
    ct_thread_local_make *make;
    ct_thread_local_unmake *unmake;
    void *context, *latest;
};

static inline int ct_thread_local_one_for_all_init(struct ct_thread_local_one_for_all *o,
                                                   ct_thread_local_make *make,
                                                   ct_thread_local_unmake *unmake, void *context)
{
    o->make = make;
    o->unmake = unmake;
    o->context = context;
    o->latest = NULL;
    return pthread_key_create(&o->key, unmake);
}

static inline void ct_thread_local_one_for_all_destroy(struct ct_thread_local_one_for_all *o)
{
    pthread_key_delete(o->key);
}

static inline int ct_thread_local_one_for_all_set(struct ct_thread_local_one_for_all *o,
                                                  void *value)
{
    o->latest = value;
    return pthread_setspecific(o->key, value);
}

static inline int ct_thread_local_one_for_all_open(struct ct_thread_local_one_for_all *o,
                                                   void *value)
{
    return pthread_getspecific(o->key) ? EEXIST : ct_thread_local_one_for_all_set(o, value);
}

__attribute__((noinline)) static void *
ct_thread_local_one_for_all_first(struct ct_thread_local_one_for_all *o)
{
    void *value = o->make ? o->make(o->context) : NULL;
    if (!value || ct_thread_local_one_for_all_set(o, value) == 0)
        return value;
    if (o->unmake)
        o->unmake(value);
    return NULL;
}

static inline void *ct_thread_local_one_for_all_get(struct ct_thread_local_one_for_all *o)
{
    void *value = o->latest; /* the mistake: not the thread's */
    return value ? value : ct_thread_local_one_for_all_first(o);
}

CT_THREAD_LOCAL_ADAPT(one_for_all)

static const struct ct_thread_local_ops ct_thread_local_one_for_all_ops = {
    .impl = {CT_THREAD_LOCAL_IMPL(one_for_all, "one-for-all"),
             .summary = "broken: gives all threads one value",
             .source = "pthread with a variable instead of its key", .traits = CT_OPAQUE},
    CT_THREAD_LOCAL_REQUIRED(one_for_all),
};

#endif
