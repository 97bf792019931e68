// SPDX-License-Identifier: MIT
/* any_mutex.h - a mutex of whatever implementation, for scenarios of kinds that are used with one: named by
   the implementation under test, or another one each round. */
#ifndef STRESS_ANY_MUTEX_H
#define STRESS_ANY_MUTEX_H

#include "support/rng.h"

#include "contend_impls.h"

#include <string.h>

enum { ANY_MUTEX_NODES = 3, ANY_MUTEX_NODE_BYTES = 64 };

#define ANY_MUTEX_ROW(kind, id, field) &ct_mutex_##id##_ops,
static const struct ct_mutex_ops *const any_mutexes[] = {CT_IMPLS_mutex(ANY_MUTEX_ROW)};
enum { ANY_MUTEXES = sizeof any_mutexes / sizeof *any_mutexes };

#define ANY_MUTEX_MEMBER(kind, id, field) struct ct_mutex_##id id;
struct any_mutex {
    const struct ct_mutex_ops *ops;
    union {
        CT_IMPLS_mutex(ANY_MUTEX_MEMBER)
    } object;
    uint64_t node[ANY_MUTEX_NODES][ANY_MUTEX_NODE_BYTES / sizeof(uint64_t)];
};

/* The one of that name, or the first of all. */
static inline const struct ct_mutex_ops *any_mutex_named(const char *name)
{
    for (unsigned i = 0; i < ANY_MUTEXES; i++)
        if (name && strcmp(name, any_mutexes[i]->impl.name) == 0)
            return any_mutexes[i];
    return any_mutexes[0];
}

/* One that the checkers see into: with nodes, for ANY_MUTEX_NODES threads at most, or one without that
   bears more threads than CPUs. */
static inline const struct ct_mutex_ops *any_mutex_drawn(struct rng *rng, bool nodes)
{
    const struct ct_mutex_ops *fit[ANY_MUTEXES] = {any_mutexes[0]};
    unsigned count = 0;
    for (unsigned i = 0; i < ANY_MUTEXES; i++) {
        const struct ct_impl *impl = &any_mutexes[i]->impl;
        bool fits = nodes ? impl->node_bytes != 0 && impl->node_bytes <= ANY_MUTEX_NODE_BYTES
                          : impl->node_bytes == 0 && (impl->traits & CT_PARKS);
        if (fits && !(impl->traits & CT_OPAQUE))
            fit[count++] = any_mutexes[i];
    }
    return fit[count ? rng_below(rng, count) : 0];
}

static inline struct ct_held any_mutex_held(struct any_mutex *m, unsigned thread)
{
    bool node = m->ops->impl.node_bytes != 0;
    return (struct ct_held){m->ops, &m->object, node ? m->node[thread] : NULL};
}

#endif
