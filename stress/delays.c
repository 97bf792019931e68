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
    STOP_NS_MAX = 2 * 1000 * 1000,
    STOP_SCALES = 5,
    ACCESSES_MIN = 16, /* in a round of which nothing is known */
};

_Thread_local uint32_t delays_left;

static struct ct_u64 seed_of_all = CT_CELL(0);
static struct ct_u64 strangers = CT_CELL(0);

static _Thread_local struct {
    struct rng *rng; /* NULL: not known yet */
    struct ct_u64 *slept;
    struct rng stranger;
    struct ct_u64 stranger_slept;
    uint64_t accesses; /* in this round, when delays_left will have run out */
    uint64_t stop_at;  /* the access before which the thread is stopped; 0: none */
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

static void nap(uint64_t ns_max)
{
    struct timespec t = {0, (long)(1 + rng_below(self.rng, ns_max))};
    nanosleep(&t, NULL);
}

/* How many accesses until the next strike. */
static void next_after(uint64_t gap)
{
    if (self.stop_at > self.accesses && self.stop_at - self.accesses <= gap)
        gap = self.stop_at - self.accesses - 1;
    delays_left = (uint32_t)gap;
    self.accesses += gap + 1;
}

void delays_round(bool victim)
{
    uint64_t before = self.accesses - delays_left;
    self.accesses = self.stop_at = 0;
    if (victim)
        self.stop_at = 1 + rng_below(self.rng, before > ACCESSES_MIN ? before : ACCESSES_MIN);
    next_after(delays_left);
}

void delays_strike(void)
{
    bool slept = true;
    if (!self.rng) {
        self.stranger = rng_seeded(ct_u64_load_relaxed(&seed_of_all),
                                   UINT64_MAX - 1 - ct_u64_add_relaxed(&strangers, 1));
        delays_enter(&self.stranger, &self.stranger_slept);
    }
    if (self.stop_at != 0 && self.accesses == self.stop_at)
        nap(STOP_NS_MAX >> rng_below(self.rng, STOP_SCALES));
    else
        slept = delays_pass(self.rng);
    if (slept)
        ct_u64_store_relaxed(self.slept, ct_u64_load_relaxed(self.slept) + 1);
    next_after(rng_below(self.rng, UINT64_C(2) << rng_below(self.rng, GAP_SCALES)));
}
