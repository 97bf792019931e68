// SPDX-License-Identifier: MIT
/* jobs.h - cases that know nothing of each other, in processes side by side, their output in order. */
#ifndef MODEL_JOBS_H
#define MODEL_JOBS_H

#include <stdio.h>

struct jobs {
    unsigned count, side_by_side;
    unsigned (*run)(unsigned job); /* in a process of its own; writes to stdout, returns how many
                                        failed */
    const char *(*name)(unsigned job);
    void (*output)(FILE *of_job); /* in this process, job after job: what it wrote */
};

/* Returns how many failed; a job that dies is one. */
unsigned jobs_run(const struct jobs *j);

#endif
