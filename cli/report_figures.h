// SPDX-License-Identifier: MIT
/* report_figures.h - which pictures a report has, and their data. */
#ifndef CLI_REPORT_FIGURES_H
#define CLI_REPORT_FIGURES_H

#include "cli/report_proof.h"
#include "cli/report_sheet.h"

/* What one picture is about; panel, group: NULL where it is about all of them. Of a kind either what was
   measured, or what was proved, or how it was soaked; the others are NULL. */
struct figure_subject {
    const struct view *view;
    const struct view_kind *kind;
    const struct proof_kind *proof;
    const struct report_soak *soak; /* always there for pictures of a soak */
    const struct soak_kind *soaked; /* NULL: all kinds together */
    const struct view_panel *panel;
    const struct view_group *group;
    bool beyond; /* more threads than CPUs */
};

enum figure_scope {
    FIGURE_PER_PANEL,
    FIGURE_PER_GROUP, /* two of a panel: the most threads that have a CPU each, and the most */
    FIGURE_PER_SIDE,  /* the same two, all panels together */
    FIGURE_PER_KIND,
    FIGURE_PER_PROOF,  /* one for each kind that was stressed */
    FIGURE_PER_SOAK,   /* one for the soak */
    FIGURE_PER_SOAKED, /* one for each kind of it */
};

struct figure_section {
    const char *script, *heading, *reading; /* reading: how to read it */
    enum figure_scope scope;
    /* Writes the data, and the figure's title and description; false: there is nothing to show. */
    bool (*draw)(struct sheet *s, const struct figure_subject *subject);
};
extern const struct figure_section figure_sections[]; /* ends with script NULL */

bool plot_throughput(struct sheet *s, const struct figure_subject *subject);
bool plot_sweep(struct sheet *s, const struct figure_subject *subject);
bool plot_latency(struct sheet *s, const struct figure_subject *subject);
bool plot_cpu(struct sheet *s, const struct figure_subject *subject);
bool plot_cost(struct sheet *s, const struct figure_subject *subject);
bool plot_wake(struct sheet *s, const struct figure_subject *subject);
bool plot_ratio(struct sheet *s, const struct figure_subject *subject);
bool plot_profile(struct sheet *s, const struct figure_subject *subject);
bool plot_cliff(struct sheet *s, const struct figure_subject *subject);
bool plot_fairness(struct sheet *s, const struct figure_subject *subject);
bool plot_kills(struct sheet *s, const struct figure_subject *subject);
bool plot_waits(struct sheet *s, const struct figure_subject *subject);
bool plot_pace(struct sheet *s, const struct figure_subject *subject);
bool plot_timeline(struct sheet *s, const struct figure_subject *subject);
bool plot_soak_waits(struct sheet *s, const struct figure_subject *subject);
bool plot_memory(struct sheet *s, const struct figure_subject *subject);
bool plot_descriptors(struct sheet *s, const struct figure_subject *subject);
bool plot_caught(struct sheet *s, const struct figure_subject *subject);
bool plot_fanout(struct sheet *s, const struct figure_subject *subject);

struct figures {
    struct figure *items;
    size_t count;
};

/* Data of every picture of view and proof into a directory. */
struct figures figures_write(const struct view *view, const struct proof *proof,
                             const char *directory, const char *plots);
void figures_free(struct figures *figures);

/* Runs gnuplot over each: NAME.FORMAT ("svg", "png", "pdf") beside its data. False, with one line
   said, when gnuplot is missing or a script fails. */
bool figures_draw(const struct figures *figures, const char *directory, const char *format);

#endif
