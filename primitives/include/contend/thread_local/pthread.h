// SPDX-License-Identifier: MIT
/* pthread - a POSIX key for each object: the reference that the others are compared with.
 *
 * Idea      Whatever libc does; in glibc a table in each thread, the first 32 keys without allocation.
 * Source    POSIX.1-2024, pthread_key_create.
 * State     key            libc's
 *           make, context  how a thread's value is made
 * Order     none between threads: each has its own.
 * Choose    more objects than tls has places for; a get is a call into libc.
 */
#ifndef CONTEND_THREAD_LOCAL_PTHREAD_H
#define CONTEND_THREAD_LOCAL_PTHREAD_H

#include <contend/thread_local.h>

#include <errno.h>
#include <pthread.h>

struct ct_thread_local_pthread {
    pthread_key_t key;
    ct_thread_local_make *make;
    ct_thread_local_unmake *unmake;
    void *context;
};

static inline int ct_thread_local_pthread_init(struct ct_thread_local_pthread *o,
                                               ct_thread_local_make *make,
                                               ct_thread_local_unmake *unmake, void *context)
{
    o->make = make;
    o->unmake = unmake;
    o->context = context;
    return pthread_key_create(&o->key, unmake);
}

static inline void ct_thread_local_pthread_destroy(struct ct_thread_local_pthread *o)
{
    pthread_key_delete(o->key);
}

static inline int ct_thread_local_pthread_set(struct ct_thread_local_pthread *o, void *value)
{
    return pthread_setspecific(o->key, value);
}

static inline int ct_thread_local_pthread_open(struct ct_thread_local_pthread *o, void *value)
{
    return pthread_getspecific(o->key) ? EEXIST : ct_thread_local_pthread_set(o, value);
}

__attribute__((noinline)) static void *
ct_thread_local_pthread_first(struct ct_thread_local_pthread *o)
{
    void *value = o->make ? o->make(o->context) : NULL;
    if (!value || ct_thread_local_pthread_set(o, value) == 0)
        return value;
    if (o->unmake)
        o->unmake(value);
    return NULL;
}

static inline void *ct_thread_local_pthread_get(struct ct_thread_local_pthread *o)
{
    void *value = pthread_getspecific(o->key);
    return value ? value : ct_thread_local_pthread_first(o);
}

CT_THREAD_LOCAL_ADAPT(pthread)

static const struct ct_thread_local_ops ct_thread_local_pthread_ops = {
    .impl = {CT_THREAD_LOCAL_IMPL(pthread, "pthread"), .summary = "a POSIX key for each object",
             .source = "POSIX.1-2024, pthread_key_create", .traits = CT_REFERENCE | CT_OPAQUE},
    CT_THREAD_LOCAL_REQUIRED(pthread),
};

#endif
