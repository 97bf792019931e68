// SPDX-License-Identifier: MIT
/* stress_output.h - what contend stress accepts, shows and records. */
#ifndef CLI_STRESS_OUTPUT_H
#define CLI_STRESS_OUTPUT_H

#include "cli/store.h"
#include "stress/campaign.h"
#include "support/terminal.h"

/* Names that nobody has end the program with exit 2 and what there is. */
void stress_check_names(const struct campaign_options *o);

/* Scenarios, perturbations and controls with their one sentence. */
void stress_list(void);

/* One table for all who played; the rest of a failure is below it. */
void stress_table(const struct campaign *c);

/* The scenarios that need what the player does not offer. */
void stress_cell_skipped(struct table *t, const struct campaign_player *p);

/* The same as one JSON document with every case. */
void stress_json(const struct campaign *c);

/* The player's cases that ran. */
void stress_record(struct store *s, int64_t run, const struct campaign_player *p);

#endif
