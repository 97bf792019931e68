// SPDX-License-Identifier: MIT
/* child.h - cases in a process of their own, so that a hang or a crash takes nothing else along. */
#ifndef STRESS_CHILD_H
#define STRESS_CHILD_H

#include "stress/runner.h"

#include <sys/types.h>

/* Memory that parent and children share; zeroed, never given back. */
void *child_shared(size_t bytes);

/* What *stop says. Of the child's own it only matters that it is not 0. */
enum child_stop {
    CHILD_GOES_ON,
    CHILD_STOPS, /* somebody wants its end, soon */
    CHILD_LATE,  /* the limit has passed */
};

struct child_orders {
    const struct stress_case *cases;
    struct stress_result *results; /* [count], shared; each end STRESS_NOT_RUN before */
    size_t count;
    const struct place *place;
    struct ct_u32 *stop; /* shared: enum child_stop; the child ends after its round */
    uint64_t share_ns;   /* shared out among the cases; once it is over each still gets one round;
                          0: each has its own duration */
    uint64_t limit_ns;   /* *stop is CHILD_LATE after so long; 0: never */
    bool *
        starved; /* where to say of a child that the limit stopped: threads of it could run and had no
                      CPU, or it ended when they had. NULL: nobody asks */
    bool quiet;                  /* reports on stderr are not wanted */
    int reports;                 /* a file that they go to instead of stderr; 0: none */
    pid_t *child;                /* where to say who plays, 0: nobody; NULL: nobody asks */
    void (*tick)(void *context); /* every few ms while waiting; NULL: nothing */
    void *context;
};

/* Play the cases in order until one fails or all are done, and wait for the end. A case during which
   the process died has become STRESS_FAILED, its failure saying how. True if none failed. */
bool child_play(const struct child_orders *orders);

/* What ThreadSanitizer's runtime is told to exit with after its first report (tsan_options.c). */
enum { CHILD_EXIT_TSAN = 66 };

#endif
