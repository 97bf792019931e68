// SPDX-License-Identifier: MIT
/* soak.h - contend soak from within. A soak is a sequence of slices, each one case in a process of its
 * own for half a second or so. Slice n follows from the soak's seed and n alone: passes over all cases, each
 * in another order, with thread counts and seeds drawn; so a soak that was killed goes on where it was. */
#ifndef CLI_SOAK_H
#define CLI_SOAK_H

#include "cli/store_soak.h"
#include "stress/campaign.h"
#include "support/leak.h"
#include "support/noise.h"
#include "support/terminal.h"

struct soak_case {
    const struct campaign_player *player;
    const struct stress_case *c;
    struct store_soak_case total; /* of its slices */
};

struct soak {
    struct store_soak asked; /* and how far it is */
    uint64_t seed, log_ns;   /* log_ns: between lines where there is no terminal */
    struct store *store;
    const char *store_path;
    int64_t run;

    struct campaign *campaign, *controls; /* who plays, and who must be caught */
    struct soak_case *cases;
    size_t count;

    uint64_t start_ns, elapsed_before_ns;
    uint64_t operations, wait_ns_max;
    double share_least; /* permille, NaN: not measured yet */

    struct stress_result *result; /* shared with the process that plays the slice */
    pid_t child;                  /* 0: none is looked at */
    int reports;                  /* what it says on stderr */
    bool slice_starved;           /* it had no CPU */
    unsigned starved;             /* slices and controls that were not judged */
    struct leak_watch child_watch, own_watch;
    bool own_leak; /* found, and said */
    struct leak_look own_first, own_last;

    uint64_t control_ns; /* when the last one was injected, or the start */
    struct progress progress;
    uint64_t show_next_ns, sample_next_ns, log_next_ns;
    char now[128]; /* what runs */
};

/* soak_plan.c */

/* Who plays and who must be caught; what the store knows of this run is counted. */
void soak_plan(struct soak *s, const char *const *impls);
/* The next slice: which case, and the case as it is played this time. */
struct soak_case *soak_next(const struct soak *s, struct stress_case *slice);
/* The control that is injected next. */
struct campaign_player *soak_next_control(const struct soak *s, uint64_t *seed);
/* Is one due before the next slice? */
bool soak_control_due(const struct soak *s);

/* soak_play.c */

void soak_play_slice(struct soak *s);
void soak_play_control(struct soak *s);
/* Did others, hypervisors among them, have more than half of the CPUs? Not asked of less than a second. */
bool soak_crowded(const struct noise_snapshot *before, const struct noise_snapshot *after,
                  unsigned cpus);
/* Has this process itself begun to leak? */
void soak_check_own(struct soak *s);
/* Scenarios that have run all their cases and yet saw nothing. */
void soak_check_vacuous(struct soak *s);

/* soak_status.c */

uint64_t soak_elapsed_ns(const struct soak *s);
bool soak_interrupted(const struct soak *s);
/* Every few ms: looks at processes, status line, samples. */
void soak_tick(void *soak);
void soak_status_start(struct soak *s);
void soak_status_end(struct soak *s);

/* soak_report.c */

void soak_report(struct soak *s);

#endif
