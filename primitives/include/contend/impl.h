// SPDX-License-Identifier: MIT
/* impl.h - what every implementation of every kind says about itself. */
#ifndef CONTEND_IMPL_H
#define CONTEND_IMPL_H

#include <stddef.h>

enum ct_trait {
    CT_REFERENCE = 1 << 0, /* what the others of its kind are compared with */
    CT_FIFO = 1 << 1,      /* served in the order of arrival */
    CT_SPINS = 1 << 2,     /* waiters never sleep: for threads <= CPUs */
    CT_PARKS = 1 << 3,     /* waiters sleep in the kernel */
    CT_TIMED = 1 << 4,     /* has timed operations */
    CT_PI = 1 << 5,        /* a waiter lends its priority to the owner */
    CT_OPAQUE = 1 << 6,    /* code that the model checker cannot see into */
    CT_LATE = 1 << 7, /* unlock or post reads the object when others may have it: see its header */
    CT_PEER = 1 << 8, /* another project's, measured beside ours */
    CT_PSHARED = 1 << 9,    /* works between processes that share its memory */
    CT_ROBUST = 1 << 10,    /* tells who comes next that the owner died */
    CT_THREADS = 1 << 11,   /* has threads of its own: the model checker runs none */
    CT_UNORDERED = 1 << 12, /* a queue: first in, first out for each producer only */
    CT_INEXACT = 1 << 13,   /* a try may be refused for a call that is under way */
    CT_DEFECTIVE = 1 << 14, /* a peer known to break its contract: see its header */
};

struct ct_impl {
    const char *kind, *name;
    const char *summary; /* at most 60 characters: goes into captions */
    const char *source;  /* paper, section, or the library's name */
    const char *package; /* a peer's package and version; NULL for our own */
    size_t size_bytes, align_bytes;
    size_t node_bytes; /* owned by the caller, one per thread per object held; 0: none */
    unsigned traits;   /* enum ct_trait, or-ed */
};

/* Traits by name, for people and programs; ends with {0, NULL}. */
struct ct_trait_name {
    enum ct_trait trait;
    const char *name;
};
extern const struct ct_trait_name ct_trait_names[];

/* Every implementation in this build, in the order of impls.def; ends with NULL. Each is the first
   member of its kind's ops table: a struct ct_<kind>_ops lies at the same address. */
extern const struct ct_impl *const ct_impls[];

#endif
