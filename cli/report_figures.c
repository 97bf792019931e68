// SPDX-License-Identifier: MIT
#include "cli/report_figures.h"

#include "support/fail.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char overview[] = "Overview";
static const char soaking[] = "The soak over time", soaked[] = "Each implementation over time";

const struct figure_section figure_sections[] = {
    {"profile", overview,
     "Throughput as a share of each workload's best, the best on average first: 1 is the best.",
     FIGURE_PER_KIND, plot_profile},
    {"sweep", overview, "The same workload with another number. Line: median; band: 95 % interval.",
     FIGURE_PER_KIND, plot_sweep},
    {"fanout", overview,
     "From one thread or from many, to one or to many. Line: median; band: 95 % interval. Grey: "
     "the "
     "implementations without a colour.",
     FIGURE_PER_KIND, plot_fanout},
    {"cliff", overview,
     "Throughput at the most threads, over that at the most threads with a CPU each: below 0.5 "
     "half "
     "of it is lost.",
     FIGURE_PER_KIND, plot_cliff},
    {"fairness", overview,
     "Operations of the slowest thread divided by those of the fastest, median over rounds: 1 is "
     "an equal share, 0 is starvation.",
     FIGURE_PER_SIDE, plot_fairness},
    {"throughput", "How it scales",
     "All threads together. Line: median; band: 95 % interval; right of the dashed rule there are "
     "more threads than CPUs. Grey: the implementations without a colour.",
     FIGURE_PER_PANEL, plot_throughput},
    {"cost", "At one number of threads",
     "Dot: median; bar: 95 % interval; behind it the ratio of the throughput to the reference's.",
     FIGURE_PER_PANEL, plot_cost},
    {"wake", "How long a wake-up takes",
     "From the beginning of an operation to its end in another thread. Dot: median; the bar ends "
     "at "
     "the 99th percentile; behind it the ratio of the throughput to the reference's.",
     FIGURE_PER_PANEL, plot_wake},
    {"ratio", "Against the reference",
     "Median of the ratios inside each round, with the 95 % interval; logarithmic, bars start at "
     "1. Hatched: undecided, or within 5 %.",
     FIGURE_PER_GROUP, plot_ratio},
    {"latency", "How long one waits",
     "Time to acquire, by percentile; each step to the right is ten times rarer. A line ends where "
     "fewer than ten waits were seen beyond it.",
     FIGURE_PER_GROUP, plot_latency},
    {"cpu", "CPU time burnt against work done",
     "At the most threads. Right is more work, low is less CPU time for each operation; both axes "
     "logarithmic.",
     FIGURE_PER_PANEL, plot_cpu},
    {"kills", "Who caught the broken ones",
     "Implementations broken on purpose against checkers: the time until it was caught; missed, "
     "where the checker should have; a dash, where it cannot.",
     FIGURE_PER_PROOF, plot_kills},
    {"waits", "The longest waits",
     "Under stress, with threads preempted, stopped and moved on purpose: how bad it can get, not "
     "how it usually is.",
     FIGURE_PER_PROOF, plot_waits},
    {"pace", soaking,
     "Operations of all threads between two looks; an orange rule is a violation. It falls where "
     "slower implementations have their turn.",
     FIGURE_PER_SOAK, plot_pace},
    {"memory", soaking,
     "What the soak's own process holds. Dashed: the median slope after the first quarter, which "
     "is "
     "warm-up.",
     FIGURE_PER_SOAK, plot_memory},
    {"descriptors", soaking, "The same of its open files.", FIGURE_PER_SOAK, plot_descriptors},
    {"caught", soaking,
     "A dot: a broken implementation that was injected, and how long it took to catch it.",
     FIGURE_PER_SOAK, plot_caught},
    {"timeline", soaked,
     "A cell: the operations between two looks, darker for more; white: it had no turn. An orange "
     "triangle: a claim broke.",
     FIGURE_PER_SOAKED, plot_timeline},
    {"soak_waits", "The longest waits of the soak",
     "How long the unluckiest thread of each case waited, with threads preempted, stopped and "
     "moved "
     "on purpose.",
     FIGURE_PER_SOAKED, plot_soak_waits},
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
    f->kind = subject->kind     ? subject->kind->name
              : subject->proof  ? subject->proof->name
              : subject->soaked ? subject->soaked->name
                                : "soak";
    f->script = section->script;
    f->folded = subject->beyond && section->scope == FIGURE_PER_GROUP;
    char number[16] = "";
    if (subject->group)
        snprintf(number, sizeof number, "_%u", subject->group->threads);
    f->name = must_printf("%s_%s%s%s%s%s_%zu", f->kind, section->script, subject->panel ? "_" : "",
                          subject->panel ? subject->panel->head->workload : "", number,
                          subject->beyond ? "_oversubscribed" : "", all->count + 1);
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

/* The pictures of one kind and section. */
static void section_write(struct figures *all, const struct figure_section *section,
                          struct figure_subject at, const char *directory, const char *plots)
{
    bool per_kind = section->scope == FIGURE_PER_KIND || section->scope == FIGURE_PER_SIDE;
    bool sides = section->scope == FIGURE_PER_GROUP || section->scope == FIGURE_PER_SIDE;
    for (unsigned side = 0; side < (sides ? 2 : 1); side++) {
        at.beyond = side == 1;
        for (size_t p = 0; p < (per_kind ? 1 : at.kind->panel_count); p++) {
            at.panel = per_kind ? NULL : &at.kind->panels[p];
            if (section->scope == FIGURE_PER_GROUP) {
                at.group = at.beyond ? at.panel->beyond : at.panel->within;
                if (!at.group)
                    continue;
            }
            figure_write(all, section, &at, directory, plots);
        }
    }
}

static void proofs_write(struct figures *all, const struct figure_section *section,
                         const struct view *view, const struct proof *proof, const char *directory,
                         const char *plots)
{
    const struct report_soak *soak = proof->soak;
    struct figure_subject at = {.view = view, .soak = soak};
    for (size_t k = 0; k < proof->kind_count && section->scope == FIGURE_PER_PROOF; k++) {
        at.proof = &proof->kinds[k];
        figure_write(all, section, &at, directory, plots);
    }
    if (soak && section->scope == FIGURE_PER_SOAK)
        figure_write(all, section, &at, directory, plots);
    for (size_t k = 0; soak && k < soak->kind_count && section->scope == FIGURE_PER_SOAKED; k++) {
        at.soaked = &soak->kinds[k];
        figure_write(all, section, &at, directory, plots);
    }
}

struct figures figures_write(const struct view *view, const struct proof *proof,
                             const char *directory, const char *plots)
{
    struct figures all = {NULL, 0};
    for (const struct figure_section *section = figure_sections; section->script; section++) {
        bool measured = section->scope < FIGURE_PER_PROOF;
        for (size_t k = 0; k < view->kind_count && measured; k++)
            section_write(&all, section,
                          (struct figure_subject){.view = view, .kind = &view->kinds[k]}, directory,
                          plots);
        if (!measured)
            proofs_write(&all, section, view, proof, directory, plots);
    }
    return all;
}

void figures_free(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++)
        free_texts(&figures->items[i]);
    free(figures->items);
}
