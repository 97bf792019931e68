// SPDX-License-Identifier: MIT
/* unmade-twice - tls thread-local, broken.
 *
 * Mistake: the end of a thread clears its copy of an entry, not the entry, and goes over the table again.
 * Breaks:  a value is unmade exactly once.
 */
#ifndef STRESS_BROKEN_THREAD_LOCAL_UNMADE_TWICE_H
#define STRESS_BROKEN_THREAD_LOCAL_UNMADE_TWICE_H

#include <contend/thread_local.h>
#include <contend/wait.h>

#include <pthread.h>

enum {
    CT_THREAD_LOCAL_UNMADE_TWICE_OBJECTS = 64,
    CT_THREAD_LOCAL_UNMADE_TWICE_KEY_BEING_MADE = 1,
    CT_THREAD_LOCAL_UNMADE_TWICE_KEY_FIRST = 2,
};

struct ct_thread_local_unmade_twice_entry {
    uint64_t serial;
    void *value;
    ct_thread_local_unmake *unmake;
};

struct ct_thread_local_unmade_twice_table {
    struct ct_thread_local_unmade_twice_entry entry[CT_THREAD_LOCAL_UNMADE_TWICE_OBJECTS];
    bool noted; /* the key knows of this thread */
};

struct ct_thread_local_unmade_twice {
    uint64_t serial;
    uint32_t place;
    ct_thread_local_make *make;
    ct_thread_local_unmake *unmake;
    void *context;
};

__attribute__((weak)) _Thread_local struct ct_thread_local_unmade_twice_table
    ct_thread_local_unmade_twice_table;
__attribute__((
    weak)) struct ct_u64 ct_thread_local_unmade_twice_owners[CT_THREAD_LOCAL_UNMADE_TWICE_OBJECTS];
__attribute__((weak)) struct ct_u64 ct_thread_local_unmade_twice_serials;
__attribute__((weak)) struct ct_u32 ct_thread_local_unmade_twice_key;

/* At a thread's end. What unmaking makes anew is found in a further round; what other keys' destructors
   make after that notes the thread again, and libc calls this again. */
static inline void ct_thread_local_unmade_twice_end(void *table)
{
    struct ct_thread_local_unmade_twice_table *t =
        (struct ct_thread_local_unmade_twice_table *)table;
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (uint32_t i = 0; i < CT_THREAD_LOCAL_UNMADE_TWICE_OBJECTS; i++) {
            struct ct_thread_local_unmade_twice_entry e = t->entry[i];
            if (!e.value || !e.unmake ||
                ct_u64_load_acquire(&ct_thread_local_unmade_twice_owners[i]) != e.serial)
                continue;
            e.unmake(e.value);
            e.value = NULL; /* the mistake */
            again = true;
        }
    }
    t->noted = false;
}

/* The key of all objects, made by whoever comes first; 0 or an error. */
static inline int ct_thread_local_unmade_twice_make_key(void)
{
    uint32_t seen = 0;
    if (ct_u32_cas_acquire(&ct_thread_local_unmade_twice_key, &seen,
                           CT_THREAD_LOCAL_UNMADE_TWICE_KEY_BEING_MADE)) {
        pthread_key_t key;
        int error = pthread_key_create(&key, ct_thread_local_unmade_twice_end);
        ct_u32_store_release(&ct_thread_local_unmade_twice_key,
                             error ? 0 : key + CT_THREAD_LOCAL_UNMADE_TWICE_KEY_FIRST);
        return error;
    }
    while ((seen = ct_u32_load_acquire(&ct_thread_local_unmade_twice_key)) ==
           CT_THREAD_LOCAL_UNMADE_TWICE_KEY_BEING_MADE)
        ct_yield();
    return seen == 0 ? EAGAIN : 0;
}

static inline int ct_thread_local_unmade_twice_init(struct ct_thread_local_unmade_twice *o,
                                                    ct_thread_local_make *make,
                                                    ct_thread_local_unmake *unmake, void *context)
{
    int error = ct_thread_local_unmade_twice_make_key();
    if (error != 0)
        return error;
    o->serial = ct_u64_add_relaxed(&ct_thread_local_unmade_twice_serials, 1) + 1;
    o->make = make;
    o->unmake = unmake;
    o->context = context;
    for (o->place = 0; o->place < CT_THREAD_LOCAL_UNMADE_TWICE_OBJECTS; o->place++) {
        uint64_t free = 0;
        if (ct_u64_cas_acquire(&ct_thread_local_unmade_twice_owners[o->place], &free, o->serial))
            return 0;
    }
    return EAGAIN;
}

static inline void ct_thread_local_unmade_twice_destroy(struct ct_thread_local_unmade_twice *o)
{
    ct_u64_store_release(&ct_thread_local_unmade_twice_owners[o->place], 0); /* pairs with init */
}

static inline void *ct_thread_local_unmade_twice_value(const struct ct_thread_local_unmade_twice *o)
{
    const struct ct_thread_local_unmade_twice_entry *e =
        &ct_thread_local_unmade_twice_table.entry[o->place];
    return e->serial == o->serial ? e->value : NULL;
}

static inline int ct_thread_local_unmade_twice_set(struct ct_thread_local_unmade_twice *o,
                                                   void *value)
{
    struct ct_thread_local_unmade_twice_table *t = &ct_thread_local_unmade_twice_table;
    if (!t->noted) {
        uint32_t key = ct_u32_load_acquire(&ct_thread_local_unmade_twice_key);
        int error = pthread_setspecific(key - CT_THREAD_LOCAL_UNMADE_TWICE_KEY_FIRST, t);
        if (error != 0)
            return error;
        t->noted = true;
    }
    t->entry[o->place] = (struct ct_thread_local_unmade_twice_entry){o->serial, value, o->unmake};
    return 0;
}

static inline int ct_thread_local_unmade_twice_open(struct ct_thread_local_unmade_twice *o,
                                                    void *value)
{
    return ct_thread_local_unmade_twice_value(o) ? EEXIST
                                                 : ct_thread_local_unmade_twice_set(o, value);
}

__attribute__((noinline)) static void *
ct_thread_local_unmade_twice_first(struct ct_thread_local_unmade_twice *o)
{
    void *value = o->make ? o->make(o->context) : NULL;
    if (!value || ct_thread_local_unmade_twice_set(o, value) == 0)
        return value;
    if (o->unmake)
        o->unmake(value);
    return NULL;
}

static inline void *ct_thread_local_unmade_twice_get(struct ct_thread_local_unmade_twice *o)
{
    void *value = ct_thread_local_unmade_twice_value(o);
    return value ? value : ct_thread_local_unmade_twice_first(o);
}

CT_THREAD_LOCAL_ADAPT(unmade_twice)

static const struct ct_thread_local_ops ct_thread_local_unmade_twice_ops = {
    .impl = {CT_THREAD_LOCAL_IMPL(unmade_twice, "unmade-twice"),
             .summary = "broken: unmakes again what it has unmade",
             .source = "tls, clearing a copy"},
    CT_THREAD_LOCAL_REQUIRED(unmade_twice),
};

#endif
