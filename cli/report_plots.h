// SPDX-License-Identifier: MIT
/* report_plots.h - what the data of several pictures have in common. */
#ifndef CLI_REPORT_PLOTS_H
#define CLI_REPORT_PLOTS_H

#include "cli/report_figures.h"

/* One implementation that a picture shows by name. */
struct plot_pick {
    const char *impl;
    size_t hue;
    bool strong; /* the reference or the best */
};

/* Whom to show: the featured that are usable in one of the groups, and must (NULL: nobody) in any
   case, instead of the least of them if need be. */
size_t plot_pick(const struct figure_subject *subject, const struct view_group *groups,
                 size_t group_count, const struct case_summary *best,
                 const struct case_summary *must, struct plot_pick picks[VIEW_FEATURED]);

bool plot_picked(const struct plot_pick *picks, size_t n, const char *impl);

/* Tells the script the linetype and weight of each line. */
void plot_lines(struct sheet *s, const struct plot_pick *picks, size_t n);

/* Usable cases of a group, best throughput first, at most SHEET_ROWS_MAX with the reference among
   them; *left_out: how many more there are. */
size_t plot_rows(const struct figure_subject *subject, const struct case_summary *rows[],
                 size_t *left_out);

/* The picture's subtitle: what was run, detail (NULL: none), the machine and the day. */
char *plot_conditions(const struct figure_subject *subject, const struct view_group *group,
                      const char *detail);

/* "futex leads at 2 threads: 3.7× pthread", or that it does not. Free it. */
char *plot_leader(const struct figure_subject *subject, const struct view_group *group);

/* The detail, and how many rows there was no room for. Free it. */
char *plot_left_out_note(const char *detail, size_t left_out);

struct text plot_spell_number(double value);

/* Pictures with lines or points: their height without titles, and what their margins leave of it. */
enum { PLOT_LINES_PX = 300, PLOT_LINES_INNER_PX = 222 };

/* Widens [0] to [1] to a value, if it can stand on a logarithmic axis. */
void plot_range_add(double range[2], double value);

/* The longest waits of an implementation's cases; longest_ns: of all, plot_waiters finds it. */
struct plot_waiter {
    const char *name;
    const double *waits_ns;
    size_t wait_count;
    double longest_ns;
};
/* A row for each that waited at all, in an order of its own; takes over conditions, to be freed with the
   figure. False: nobody waited. */
bool plot_waiters(struct sheet *s, struct plot_waiter *waiters, size_t n, char *conditions);

#endif
