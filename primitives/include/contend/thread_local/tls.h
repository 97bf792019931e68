// SPDX-License-Identifier: MIT
/* tls - a small table in the compiler's thread-local storage, a place in it for each object.
 *
 * Idea      A thread finds its table without a call, and its value there by the object's place. Places are
 *           used again by later objects, so an entry also says which object it is for: each has a serial
 *           number that no other ever has, and a thread need not be told when one is destroyed. One POSIX
 *           key for all objects runs at a thread's end and unmakes what the table holds.
 * Source    Drepper, "ELF Handling For Thread-Local Storage", 2005; serial numbers against reuse as in
 *           glibc's pthread_getspecific.
 * State     owners[place]  serial number of the object that has the place; 0: free
 *           serials        serial numbers given out
 *           key            0 not made, 1 being made, else the key for thread ends, plus 2
 *           entry          in each thread, for each place: the value, its object's serial number, and how
 *                          to unmake it, so that a thread's end touches no object
 *           Weak, so that all files of a program which include this header share one of each.
 * Order     owners: destroy's release pairs with init's acquire, so what the old object was used for
 *           comes before. key: the maker's release pairs with the others' acquire.
 * Limits    CT_THREAD_LOCAL_TLS_OBJECTS objects at one time.
 * Choose    the default: a get is three loads and a comparison.
 */
#ifndef CONTEND_THREAD_LOCAL_TLS_H
#define CONTEND_THREAD_LOCAL_TLS_H

#include <contend/thread_local.h>
#include <contend/wait.h>

#include <pthread.h>

enum {
    CT_THREAD_LOCAL_TLS_OBJECTS = 64,
    CT_THREAD_LOCAL_TLS_KEY_BEING_MADE = 1,
    CT_THREAD_LOCAL_TLS_KEY_FIRST = 2,
};

struct ct_thread_local_tls_entry {
    uint64_t serial;
    void *value;
    ct_thread_local_unmake *unmake;
};

struct ct_thread_local_tls_table {
    struct ct_thread_local_tls_entry entry[CT_THREAD_LOCAL_TLS_OBJECTS];
    bool noted; /* the key knows of this thread */
};

struct ct_thread_local_tls {
    uint64_t serial;
    uint32_t place;
    ct_thread_local_make *make;
    ct_thread_local_unmake *unmake;
    void *context;
};

__attribute__((weak)) _Thread_local struct ct_thread_local_tls_table ct_thread_local_tls_table;
__attribute__((weak)) struct ct_u64 ct_thread_local_tls_owners[CT_THREAD_LOCAL_TLS_OBJECTS];
__attribute__((weak)) struct ct_u64 ct_thread_local_tls_serials;
__attribute__((weak)) struct ct_u32 ct_thread_local_tls_key;

/* At a thread's end. What unmaking makes anew is found in a further round; what other keys' destructors
   make after that notes the thread again, and libc calls this again. */
static inline void ct_thread_local_tls_end(void *table)
{
    struct ct_thread_local_tls_table *t = (struct ct_thread_local_tls_table *)table;
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        for (uint32_t i = 0; i < CT_THREAD_LOCAL_TLS_OBJECTS; i++) {
            struct ct_thread_local_tls_entry e = t->entry[i];
            t->entry[i].value = NULL;
            if (!e.value || !e.unmake ||
                ct_u64_load_acquire(&ct_thread_local_tls_owners[i]) != e.serial)
                continue;
            e.unmake(e.value);
            again = true;
        }
    }
    t->noted = false;
}

/* The key of all objects, made by whoever comes first; 0 or an error. */
static inline int ct_thread_local_tls_make_key(void)
{
    uint32_t seen = 0;
    if (ct_u32_cas_acquire(&ct_thread_local_tls_key, &seen, CT_THREAD_LOCAL_TLS_KEY_BEING_MADE)) {
        pthread_key_t key;
        int error = pthread_key_create(&key, ct_thread_local_tls_end);
        ct_u32_store_release(&ct_thread_local_tls_key,
                             error ? 0 : key + CT_THREAD_LOCAL_TLS_KEY_FIRST);
        return error;
    }
    while ((seen = ct_u32_load_acquire(&ct_thread_local_tls_key)) ==
           CT_THREAD_LOCAL_TLS_KEY_BEING_MADE)
        ct_yield();
    return seen == 0 ? EAGAIN : 0;
}

static inline int ct_thread_local_tls_init(struct ct_thread_local_tls *o,
                                           ct_thread_local_make *make,
                                           ct_thread_local_unmake *unmake, void *context)
{
    int error = ct_thread_local_tls_make_key();
    if (error != 0)
        return error;
    o->serial = ct_u64_add_relaxed(&ct_thread_local_tls_serials, 1) + 1;
    o->make = make;
    o->unmake = unmake;
    o->context = context;
    for (o->place = 0; o->place < CT_THREAD_LOCAL_TLS_OBJECTS; o->place++) {
        uint64_t free = 0;
        if (ct_u64_cas_acquire(&ct_thread_local_tls_owners[o->place], &free, o->serial))
            return 0;
    }
    return EAGAIN;
}

static inline void ct_thread_local_tls_destroy(struct ct_thread_local_tls *o)
{
    ct_u64_store_release(&ct_thread_local_tls_owners[o->place], 0); /* pairs with init */
}

static inline void *ct_thread_local_tls_value(const struct ct_thread_local_tls *o)
{
    const struct ct_thread_local_tls_entry *e = &ct_thread_local_tls_table.entry[o->place];
    return e->serial == o->serial ? e->value : NULL;
}

static inline int ct_thread_local_tls_set(struct ct_thread_local_tls *o, void *value)
{
    struct ct_thread_local_tls_table *t = &ct_thread_local_tls_table;
    if (!t->noted) {
        uint32_t key = ct_u32_load_acquire(&ct_thread_local_tls_key);
        int error = pthread_setspecific(key - CT_THREAD_LOCAL_TLS_KEY_FIRST, t);
        if (error != 0)
            return error;
        t->noted = true;
    }
    t->entry[o->place] = (struct ct_thread_local_tls_entry){o->serial, value, o->unmake};
    return 0;
}

static inline int ct_thread_local_tls_open(struct ct_thread_local_tls *o, void *value)
{
    return ct_thread_local_tls_value(o) ? EEXIST : ct_thread_local_tls_set(o, value);
}

__attribute__((noinline)) static void *ct_thread_local_tls_first(struct ct_thread_local_tls *o)
{
    void *value = o->make ? o->make(o->context) : NULL;
    if (!value || ct_thread_local_tls_set(o, value) == 0)
        return value;
    if (o->unmake)
        o->unmake(value);
    return NULL;
}

static inline void *ct_thread_local_tls_get(struct ct_thread_local_tls *o)
{
    void *value = ct_thread_local_tls_value(o);
    return value ? value : ct_thread_local_tls_first(o);
}

CT_THREAD_LOCAL_ADAPT(tls)

static const struct ct_thread_local_ops ct_thread_local_tls_ops = {
    .impl = {CT_THREAD_LOCAL_IMPL(tls, "tls"),
             .summary = "a table in compiler TLS; one key for all thread ends",
             .source = "own; Drepper 2005 (ELF TLS)"},
    CT_THREAD_LOCAL_REQUIRED(tls),
};

#endif
