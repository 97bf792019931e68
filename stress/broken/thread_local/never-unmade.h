// SPDX-License-Identifier: MIT
/* never-unmade - pthread thread-local, broken.
 *
 * Mistake: the key is made without the function that unmakes.
 * Breaks:  a value is unmade at its thread's end.
 */
#ifndef STRESS_BROKEN_THREAD_LOCAL_NEVER_UNMADE_H
#define STRESS_BROKEN_THREAD_LOCAL_NEVER_UNMADE_H

#include <contend/thread_local.h>

#include <errno.h>
#include <pthread.h>

struct ct_thread_local_never_unmade {
    pthread_key_t key;
    ct_thread_local_make *make;
    ct_thread_local_unmake *unmake;
    void *context;
};

static inline int ct_thread_local_never_unmade_init(struct ct_thread_local_never_unmade *o,
                                                    ct_thread_local_make *make,
                                                    ct_thread_local_unmake *unmake, void *context)
{
    o->make = make;
    o->unmake = unmake;
    o->context = context;
    return pthread_key_create(&o->key, NULL) /* the mistake */;
}

static inline void ct_thread_local_never_unmade_destroy(struct ct_thread_local_never_unmade *o)
{
    pthread_key_delete(o->key);
}

static inline int ct_thread_local_never_unmade_set(struct ct_thread_local_never_unmade *o,
                                                   void *value)
{
    return pthread_setspecific(o->key, value);
}

static inline int ct_thread_local_never_unmade_open(struct ct_thread_local_never_unmade *o,
                                                    void *value)
{
    return pthread_getspecific(o->key) ? EEXIST : ct_thread_local_never_unmade_set(o, value);
}

__attribute__((noinline)) static void *
ct_thread_local_never_unmade_first(struct ct_thread_local_never_unmade *o)
{
    void *value = o->make ? o->make(o->context) : NULL;
    if (!value || ct_thread_local_never_unmade_set(o, value) == 0)
        return value;
    if (o->unmake)
        o->unmake(value);
    return NULL;
}

static inline void *ct_thread_local_never_unmade_get(struct ct_thread_local_never_unmade *o)
{
    void *value = pthread_getspecific(o->key);
    return value ? value : ct_thread_local_never_unmade_first(o);
}

CT_THREAD_LOCAL_ADAPT(never_unmade)

static const struct ct_thread_local_ops ct_thread_local_never_unmade_ops = {
    .impl = {CT_THREAD_LOCAL_IMPL(never_unmade, "never-unmade"),
             .summary = "broken: unmakes nothing at a thread's end",
             .source = "pthread without a destructor", .traits = CT_OPAQUE},
    CT_THREAD_LOCAL_REQUIRED(never_unmade),
};

#endif
