// SPDX-License-Identifier: MIT
/* team.h - pinned threads that start together. */
#ifndef SUPPORT_TEAM_H
#define SUPPORT_TEAM_H

#include "support/place.h"

#include <stdbool.h>

struct team;

/* What one member does, once the gate is open; context is its own. */
typedef void team_body(void *context);

/* What the kernel counted of one member, from the last 50 us before the start to its body's end. */
struct team_usage {
    unsigned long long cpu_ns;
    unsigned long long run_delay_ns; /* runnable, but waiting for a CPU; 0 if the kernel */
    bool have_run_delay;             /* does not say (/proc/thread-self/schedstat) */
    unsigned long long voluntary_switches, involuntary_switches;
    int cpu_first, cpu_last; /* where it ran at the gate and at the end */
};

/* Create and bind threads members; member i runs on plan[i] with contexts[i]. Returns when all stand
   at the gate. Fails the program if a thread cannot be made or bound. */
struct team *team_gather(const struct place *place, const struct place_cpu *plan, unsigned threads,
                         team_body *body, void *const contexts[]);

/* Open the gate, once: members wake up, yield until all are awake, and spin only for the last 50 us
   until a common start. Returns at that start. */
void team_go(struct team *team);

/* Wait for every body to return; usage[i] (may be NULL) is filled. Frees the team.
   Requires team_go. */
void team_join(struct team *team, struct team_usage *usage);

#endif
