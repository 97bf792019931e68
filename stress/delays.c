// SPDX-License-Identifier: MIT
#include "stress/delays.h"

#include "support/clock.h"
#include "support/rng.h"

#include <contend/wait.h>

enum {
    /* Gaps are drawn from all scales alike, so that both a single access is delayed for long and several
       in a row for a little. */
    GAP_SCALES = 8,
    PAUSE_SCALES = 15,
    NAP_NS_MAX = 50 * 1000,
};

_Thread_local uint32_t delays_left;

static struct ct_u64 seed_of_all = CT_CELL(0);
static struct ct_u64 strangers = CT_CELL(0);

static _Thread_local struct {
    struct rng *rng; /* NULL: not known yet */
    struct ct_u64 *slept;
    struct rng stranger;
    struct ct_u64 stranger_slept;
} self;

void delays_seed(uint64_t seed)
{
    ct_u64_store_relaxed(&seed_of_all, seed);
    ct_u64_store_relaxed(&strangers, 0);
}

void delays_enter(struct rng *rng, struct ct_u64 *slept)
{
    self.rng = rng;
    self.slept = slept;
}

bool delays_pass(struct rng *rng)
{
    uint64_t draw = rng_below(rng, 64);
    if (draw == 0) {
        struct timespec t = {0, (long)(1 + rng_below(rng, NAP_NS_MAX))};
        nanosleep(&t, NULL);
        return true;
    }
    if (draw < 16)
        ct_yield();
    else
        ct_backoff_ns((uint32_t)rng_below(rng, UINT64_C(1) << rng_below(rng, PAUSE_SCALES)));
    return false;
}

void delays_strike(void)
{
    if (!self.rng) {
        self.stranger = rng_seeded(ct_u64_load_relaxed(&seed_of_all),
                                   UINT64_MAX - 1 - ct_u64_add_relaxed(&strangers, 1));
        delays_enter(&self.stranger, &self.stranger_slept);
    }
    delays_left = (uint32_t)rng_below(self.rng, UINT64_C(2) << rng_below(self.rng, GAP_SCALES));
    if (delays_pass(self.rng))
        ct_u64_store_relaxed(self.slept, ct_u64_load_relaxed(self.slept) + 1);
}
