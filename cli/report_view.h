// SPDX-License-Identifier: MIT
/* report_view.h - a summary ordered for reading: kind, then panel (workload and placement), then group
   (one thread count of it), then case. */
#ifndef CLI_REPORT_VIEW_H
#define CLI_REPORT_VIEW_H

#include "cli/summary.h"

#define VIEW_NONE SIZE_MAX
#define VIEW_CLIFF 0.5      /* less than this of the reference's throughput is worth a warning */
enum { VIEW_FEATURED = 7 }; /* the lines that one picture can carry */
enum { VIEW_SWEEP_MIN = 3 };

struct view_group {
    size_t first, count; /* cases, usable or not */
    unsigned threads;
    bool oversubscribed;
    const struct case_summary *reference, *best, *second; /* NULL: none that is usable */
    double margin;
    bool decided;
    size_t pack; /* best, and those that may be as good: see view_in_pack */
};

struct view_panel {
    const struct case_summary *head; /* any case: names workload, placement, question, times */
    const struct view_group *groups; /* threads rising */
    size_t group_count;
    const struct view_group *within; /* the most threads that have a CPU each; NULL: none */
    const struct view_group *beyond; /* the most threads that have not; NULL: none */
    bool
        asks_time; /* the question's answer is a time, not a rate: "What does ... cost", "How long" */
};

/* Panels whose names differ in the number at their end only: what that number does. */
struct view_sweep {
    const struct view_panel *panels;
    size_t count;
    unsigned threads; /* measured in each of them: the most that are, a CPU each if possible */
};

struct view_kind {
    const char *name;
    const char *reference; /* NULL: the run did not include it */
    const struct view_panel *panels;
    size_t panel_count;
    struct view_sweep sweep; /* the longest one; count 0: none of at least VIEW_SWEEP_MIN */
    const char **impls;      /* all, in plan order */
    size_t impl_count;
    const char
        *featured[VIEW_FEATURED]; /* whom pictures show, and in which colour; the reference is
                                            always number 0, whether it was run or not */
};

struct view {
    const struct summary *summary;
    unsigned cpus; /* 0: unknown */
    struct view_kind *kinds;
    size_t kind_count;
    struct view_panel *panels;
    struct view_group *groups;
    size_t panel_count, group_count;
    size_t clean_cases;
    bool *in_pack; /* [case_count] */
};

struct view *view_make(const struct summary *summary);
void view_free(struct view *view);

/* report_standing.c, for view_make: what a kind's panels ask, and its sweep. */
void view_read_questions(struct view_kind *kind, struct view_panel *panels);

/* Has results that may be shown: clean rounds, and it did not break its invariant. */
bool view_usable(const struct case_summary *c);

/* The case of an implementation in a group if it is usable, else NULL. */
const struct case_summary *view_case(const struct view *view, const struct view_group *group,
                                     const char *impl);

/* Is the case the best of its group, or may it be as good: not decided to be slower, and the interval
   of its ratio to the best reaches up to where a difference counts? */
bool view_in_pack(const struct view *view, const struct case_summary *c);

/* What answers the panel's question: ns from one operation to the next, or millions of them per second;
   ops: one of a case's throughputs. */
double view_answer(const struct view_panel *panel, double ops);
const char *view_unit(const struct view_panel *panel);

/* The number at the end of a workload's name; *stem: what stands before it. 0: none. */
unsigned view_suffix(const char *workload, size_t *stem);

/* The group of a panel with so many threads; NULL: none. */
const struct view_group *view_group_of(const struct view_panel *panel, unsigned threads);

/* Its place in featured, else VIEW_FEATURED. */
size_t view_hue(const struct view_kind *kind, const char *impl);

/* ratio of the case to the group's reference; NaN without one. */
double view_ratio(const struct case_summary *c);

/* Of all implementations measured in every group, the one whose worst ratio is best; NULL: none. */
struct view_floor {
    const char *impl;
    double ratio;
    const struct case_summary *where;
    size_t groups;
};
struct view_floor view_safest(const struct view *view, const struct view_kind *kind);

/* How an implementation fares over a kind's groups of one sort: where threads have a CPU each, or
   where they have not. */
struct view_standing {
    const char *impl;
    unsigned groups, compared; /* measured; with a ratio to the reference */
    unsigned pack, alone;      /* in front, decidedly or not; decidedly faster than all others */
    double geomean, low, high; /* of the ratios; NaN without any */
    const struct case_summary *worst; /* the lowest ratio; NULL without any */
};
/* [impl_count], in front most often first; free it. *groups: how many there are. */
struct view_standing *view_standings(const struct view *view, const struct view_kind *kind,
                                     bool oversubscribed, unsigned *groups);

#endif
