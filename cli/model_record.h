// SPDX-License-Identifier: MIT
/* model_record.h - the rows that the model's program writes, on their way into the store. */
#ifndef CLI_MODEL_RECORD_H
#define CLI_MODEL_RECORD_H

#include <stdbool.h>

struct model_record;

/* store: its path; the run begins with the first row, so that a question for help leaves none. */
struct model_record *model_record_open(const char *store, int argc, char **argv);
const char *model_record_file(const struct model_record *r); /* what --record is given */

/* Store the rows written since; a line that is no row fails the program. */
void model_record_read(struct model_record *r);
void model_record_close(struct model_record *r, bool complete);

#endif
