// SPDX-License-Identifier: MIT
/* report.h - one HTML page of a bench run: the answer, the pictures, the numbers, the method. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/report_proof.h"
#include "cli/summary.h"
#include "support/fail.h"

#include <stdbool.h>

struct report_options {
    const char *output;   /* the page; its directory exists */
    const char *copy;     /* a second place for the same page, or NULL */
    const char *data_dir; /* has plots/ and report/ */
    bool png, pdf;        /* also every picture by itself, beside the page */
};

/* Writes the page whole or not at all: EXIT_FINE; EXIT_UNRELIABLE if the run has cases but no clean trial;
   EXIT_NOTHING_MATCHED if neither it nor proof has anything to show;
   EXIT_ENVIRONMENT if gnuplot or a file is missing or fails. Says why on stderr. */
enum exit_code report_write(const struct summary *summary, const struct proof *proof,
                            const struct report_options *options);

#endif
