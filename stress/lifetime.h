// SPDX-License-Identifier: MIT
/* lifetime.h - what destroy scenarios of every kind share: an actor destroys the object while others may
   still be on their way out of it. In every other round its memory is freed (for AddressSanitizer), else
   overwritten, so that a late write shows. */
#ifndef STRESS_LIFETIME_H
#define STRESS_LIFETIME_H

#include "stress/scenario.h"
#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

enum { LIFETIME_POISON = 0xa5 };

/* Part of the state of every scenario of such a kind: release asks it. */
struct lifetime {
    bool on_heap; /* the object is memory of this round's own */
    bool gone;    /* an actor destroyed it */
};

/* In setup, before the object is initialised. */
static inline void lifetime_begin(struct lifetime *l, struct scenario_round *r)
{
    const struct ct_impl *impl = r->ops;
    l->on_heap = rng_next(&r->actors[0].rng) & 1;
    if (l->on_heap)
        r->object = must_alloc_aligned(impl->align_bytes, impl->size_bytes);
}

/* In the actor that is allowed to. */
static inline void lifetime_end(struct lifetime *l, struct scenario_round *r,
                                void (*destroy)(void *object))
{
    const struct ct_impl *impl = r->ops;
    if (destroy)
        destroy(r->object);
    l->gone = true;
    if (l->on_heap)
        free(r->object);
    else
        memset(r->object, LIFETIME_POISON, impl->size_bytes);
}

static inline const char *lifetime_verdict(const struct lifetime *l, const struct scenario_round *r)
{
    const struct ct_impl *impl = r->ops;
    if (!l->gone)
        return "nobody was the last";
    const unsigned char *bytes = r->object;
    for (size_t i = 0; !l->on_heap && i < impl->size_bytes; i++) {
        if (bytes[i] != LIFETIME_POISON)
            return "somebody on the way out wrote to the object after it was destroyed";
    }
    return NULL;
}

/* In release, of every scenario. */
static inline void lifetime_release(struct lifetime *l, struct scenario_round *r,
                                    void (*destroy)(void *object))
{
    if (l->gone)
        return;
    if (destroy)
        destroy(r->object);
    if (l->on_heap)
        free(r->object);
}

#endif
