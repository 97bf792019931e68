// SPDX-License-Identifier: MIT
/* stress_matrix.h - contend stress --controls --seeds N: every control against every checker that this
   build has, so many times, and how long each took to catch it. */
#ifndef CLI_STRESS_MATRIX_H
#define CLI_STRESS_MATRIX_H

#include "cli/store.h"
#include "stress/campaign.h"

struct matrix_orders {
    struct campaign_options campaign; /* controls; the first of the seeds */
    unsigned seeds;
    struct store *store; /* NULL: not recorded */
    int64_t run;
    bool json;
    void (*begin)(struct campaign *c); /* before each campaign: whom an interrupt means */
};

/* Play, print, and return an enum exit_code: EXIT_CHECK_FAILED if with any seed a control survived
   hardware with and without delays, or the model, being named as its killer. */
int stress_matrix(const struct matrix_orders *orders);

#endif
