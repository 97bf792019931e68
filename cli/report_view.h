// SPDX-License-Identifier: MIT
/* report_view.h - a summary ordered for reading: kind, then panel (workload and placement), then group
   (one thread count of it), then case. */
#ifndef CLI_REPORT_VIEW_H
#define CLI_REPORT_VIEW_H

#include "cli/summary.h"

#define VIEW_NONE SIZE_MAX
enum { VIEW_FEATURED = 7 }; /* the lines that one picture can carry */

struct view_group {
    size_t first, count; /* cases, usable or not */
    unsigned threads;
    bool oversubscribed;
    const struct case_summary *reference, *best, *second; /* NULL: none that is usable */
    double margin;
    bool decided;
};

struct view_panel {
    const struct case_summary *head; /* any case: names workload, placement, question, times */
    const struct view_group *groups; /* threads rising */
    size_t group_count;
    const struct view_group *within; /* the most threads that have a CPU each; NULL: none */
    const struct view_group *beyond; /* the most threads that have not; NULL: none */
};

struct view_kind {
    const char *name;
    const char *reference; /* NULL: the run did not include it */
    const struct view_panel *panels;
    size_t panel_count;
    const char **impls; /* all, in plan order */
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
};

struct view *view_make(const struct summary *summary);
void view_free(struct view *view);

/* Has results that may be shown: clean rounds, and it did not break its invariant. */
bool view_usable(const struct case_summary *c);

/* The case of an implementation in a group if it is usable, else NULL. */
const struct case_summary *view_case(const struct view *view, const struct view_group *group,
                                     const char *impl);

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

#endif
