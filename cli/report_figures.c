// SPDX-License-Identifier: MIT
#include "cli/report_figures.h"

#include "support/fail.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct figure_section figure_sections[] = {
    {"cost", "What one operation costs",
     "Wall time of one operation per thread. Dot: median; bar: 95 % interval.", FIGURE_PER_PANEL,
     plot_cost},
    {"throughput", "Throughput over threads",
     "All threads together. Line: median; band: 95 % interval; right of the dashed rule there are "
     "more threads than CPUs. Grey: the implementations without a colour.",
     FIGURE_PER_PANEL, plot_throughput},
    {"ratio", "Against the reference",
     "Median of the ratios inside each round, with the 95 % interval; logarithmic, bars start at "
     "1. "
     "Hatched: undecided, or within 5 %.",
     FIGURE_PER_GROUP, plot_ratio},
    {"latency", "How long one waits",
     "Time to acquire, by percentile; each step to the right is ten times rarer. A line ends where "
     "fewer than ten waits were seen beyond it.",
     FIGURE_PER_GROUP, plot_latency},
    {"fairness", "Who gets served",
     "Operations of the slowest thread divided by those of the fastest, median over rounds: 1 is "
     "an "
     "equal share, 0 is starvation.",
     FIGURE_PER_KIND, plot_fairness},
    {"cpu", "CPU time burnt against work done",
     "Right is more work, low is less CPU time for each operation; both axes logarithmic.",
     FIGURE_PER_GROUP, plot_cpu},
    {NULL, NULL, NULL, FIGURE_PER_PANEL, NULL},
};

static struct figure *add(struct figures *all)
{
    struct figure *longer = realloc(all->items, (all->count + 1) * sizeof *longer);
    if (!longer)
        fail(EXIT_ENVIRONMENT, "memory: no room for %zu figures", all->count + 1);
    all->items = longer;
    longer[all->count] = (struct figure){0};
    return &longer[all->count];
}

static void free_texts(struct figure *f)
{
    free(f->name);
    free(f->title);
    free(f->conditions);
    free(f->description);
}

static void figure_write(struct figures *all, const struct figure_section *section,
                         const struct figure_subject *subject, const char *directory,
                         const char *plots)
{
    struct figure *f = add(all);
    f->kind = subject->kind;
    f->script = section->script;
    f->folded = subject->beyond && section->scope == FIGURE_PER_GROUP;
    char number[16] = "";
    if (subject->group)
        snprintf(number, sizeof number, "_%u", subject->group->threads);
    f->name =
        must_printf("%s_%s%s%s%s%s_%zu", subject->kind->name, section->script,
                    subject->panel ? "_" : "", subject->panel ? subject->panel->head->workload : "",
                    number, subject->beyond ? "_oversubscribed" : "", all->count + 1);
    for (char *c = f->name; *c; c++) /* names become files and ids */
        if (!isalnum((unsigned char)*c))
            *c = '_';
    struct sheet s;
    sheet_open(&s, directory, plots, f);
    bool drawn = section->draw(&s, subject);
    sheet_close(&s);
    if (drawn)
        all->count++;
    else
        free_texts(f);
}

struct figures figures_write(const struct view *view, const char *directory, const char *plots)
{
    struct figures all = {NULL, 0};
    for (size_t k = 0; k < view->kind_count; k++) {
        for (const struct figure_section *section = figure_sections; section->script; section++) {
            struct figure_subject at = {view, &view->kinds[k], NULL, NULL, false};
            size_t panels = section->scope == FIGURE_PER_KIND ? 1 : at.kind->panel_count;
            unsigned sides = section->scope == FIGURE_PER_PANEL ? 1 : 2;
            for (unsigned side = 0; side < sides; side++) {
                for (size_t p = 0; p < panels; p++) {
                    at.beyond = side == 1;
                    at.panel = section->scope == FIGURE_PER_KIND ? NULL : &at.kind->panels[p];
                    if (section->scope == FIGURE_PER_GROUP) {
                        at.group = at.beyond ? at.panel->beyond : at.panel->within;
                        if (!at.group)
                            continue;
                    }
                    figure_write(&all, section, &at, directory, plots);
                }
            }
        }
    }
    return all;
}

void figures_free(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++)
        free_texts(&figures->items[i]);
    free(figures->items);
}
