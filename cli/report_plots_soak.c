// SPDX-License-Identifier: MIT
/* The pictures of a soak: what was done and what broke over time, what its process held, how soon the
   injected controls were caught. */
#include "cli/report_grow.h"
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLOT_PX = 230,
    ROW_PX = 22,
    AXIS_PX = 62,
    CONTROL_COLUMNS = 24,
    BINS_MAX = 48, /* cells of a row: wide enough to be seen */
};

/* "soak of 3 h · run 7 · 2025-01-31": what the subtitle says of every picture of it. */
static char *conditions(const struct figure_subject *subject, const char *what)
{
    const struct report_soak *soak = subject->soak;
    return must_printf(
        "%s%s%s\nsoak of %s · run %lld · %.10s%s", subject->soaked ? subject->soaked->name : "",
        subject->soaked && *what ? " · " : "", what,
        text_long_duration((double)soak->asked.elapsed_ns).text, (long long)soak->run,
        soak->started_at, soak->status == RUN_DONE ? "" : " · NOT OVER");
}

static struct axis time_axis(const struct report_soak *soak)
{
    double last = (double)soak->asked.elapsed_ns;
    if (soak->sample_count)
        last = fmax(last, (double)soak->samples[soak->sample_count - 1].elapsed_ns);
    return (struct axis){0, last, false};
}

/* A few ticks, in one unit. */
static void sheet_time(struct sheet *s, const struct axis *x)
{
    enum { TICKS_MAX = 4 };
    static const double units_ns[] = {86400e9, 3600e9, 60e9, 1e9};
    static const double steps[] = {1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60, 100, 200, 500, 1000};
    static const char *const names[] = {"d", "h", "min", "s"};
    size_t unit = 0, step = 0;
    while (unit + 1 < sizeof units_ns / sizeof *units_ns && x->high < 2 * units_ns[unit])
        unit++;
    while (step + 1 < sizeof steps / sizeof *steps &&
           x->high / units_ns[unit] / steps[step] >= TICKS_MAX + 1)
        step++;
    fprintf(s->script, "set xrange [%.9g:%.9g]\nset xtics ()\n", x->low, x->high);
    for (double n = 0; n * units_ns[unit] <= x->high * 1.0001; n += steps[step]) {
        char name[32];
        snprintf(name, sizeof name, "%.0f %s", n, names[unit]);
        sheet_name_tick(s, 'x', n * units_ns[unit], n > 0 ? name : "0");
    }
}

static struct text spell_count_tick(double value)
{
    return text_count((uint64_t)value);
}

/* Operations per second between samples, and the violations. */
bool plot_pace(struct sheet *s, const struct figure_subject *subject)
{
    const struct report_soak *soak = subject->soak;
    struct axis x = time_axis(soak);
    double most = 0, before_ns = 0, end_s = x.high / 1e9;
    uint64_t before = 0, operations = 0;
    fprintf(s->data, "# elapsed_ns\toperations_per_second\n");
    for (size_t i = 0; i < soak->sample_count; i++) {
        const struct store_soak_sample *at = &soak->samples[i];
        operations = at->operations;
        double span_s = ((double)at->elapsed_ns - before_ns) / 1e9;
        if (span_s < end_s / BINS_MAX) /* many looks, or the last one right after another */
            continue;
        double pace = (double)(at->operations - before) / span_s;
        most = fmax(most, pace);
        fprintf(s->data, "%.0f\t%.6g\n%.0f\t%.6g\n", before_ns, pace, (double)at->elapsed_ns, pace);
        before_ns = (double)at->elapsed_ns;
        before = at->operations;
    }
    if (most <= 0)
        return false;
    fprintf(s->data, "\n\n# violations: elapsed_ns\n");
    for (size_t i = 0; i < soak->violation_count; i++)
        fprintf(s->data, "%.0f\n", soak->violations[i].elapsed_ns);
    s->figure->title =
        soak->asked.violations
            ? must_printf("%llu violation%s in %s operations",
                          (unsigned long long)soak->asked.violations,
                          soak->asked.violations == 1 ? "" : "s", text_count(operations).text)
            : must_printf("No violation in %s operations", text_count(operations).text);
    s->figure->conditions = conditions(subject, "all implementations in turn");
    s->figure->description = must_printf("Operations per second over time. %s.", s->figure->title);
    sheet_titles(s, PLOT_PX);
    sheet_number(s, "violations", (double)soak->violation_count);
    struct axis y = axis_from_zero(most);
    sheet_time(s, &x);
    sheet_number(s, "top", y.high);
    sheet_axis(s, 'y', &y, spell_count_tick);
    return true;
}

/* Which cell a time is in; a sample at the end of a cell belongs to it. */
static size_t bin_of(double elapsed_ns, double end_ns, size_t bins)
{
    double bin = ceil(elapsed_ns / end_ns * (double)bins) - 1;
    return bin < 0 ? 0 : bin >= (double)bins ? bins - 1 : (size_t)bin;
}

struct cell {
    double operations, violations;
};

/* What an implementation did in each cell. */
static void fill_cells(const struct soak_impl *impl, double end_ns, size_t bins, struct cell *cells)
{
    uint64_t operations = 0, violations = 0;
    memset(cells, 0, bins * sizeof *cells);
    for (size_t i = 0; i < impl->point_count; i++) {
        const struct soak_point *p = &impl->points[i];
        struct cell *c = &cells[bin_of(p->elapsed_ns, end_ns, bins)];
        c->operations += (double)(p->operations - operations);
        c->violations += (double)(p->violations - violations);
        operations = p->operations;
        violations = p->violations;
    }
}

static int by_violations(const void *a, const void *b)
{
    const struct soak_impl *x = *(const struct soak_impl *const *)a;
    const struct soak_impl *y = *(const struct soak_impl *const *)b;
    if (x->violations != y->violations)
        return x->violations < y->violations ? 1 : -1;
    return (x->operations < y->operations) - (x->operations > y->operations);
}

/* The implementations of a kind, those that broke first, then those that did most; free it. */
static const struct soak_impl **in_order(const struct soak_kind *kind, size_t *broken)
{
    const struct soak_impl **rows = must_alloc(kind->impl_count * sizeof *rows);
    *broken = 0;
    for (size_t i = 0; i < kind->impl_count; i++) {
        rows[i] = &kind->impls[i];
        *broken += kind->impls[i].violations > 0;
    }
    qsort(rows, kind->impl_count, sizeof *rows, by_violations);
    return rows;
}

static void timeline_row(struct sheet *s, size_t row, const struct soak_impl *impl, double end_ns,
                         size_t bins, double range[2])
{
    struct cell cells[BINS_MAX];
    fill_cells(impl, end_ns, bins, cells);
    for (size_t b = 0; b < bins; b++) {
        if (cells[b].operations <= 0 && cells[b].violations <= 0)
            continue;
        double log_ops = cells[b].operations > 0 ? log10(cells[b].operations) : 0;
        range[0] = fmin(range[0], log_ops);
        range[1] = fmax(range[1], log_ops);
        fprintf(s->data, "%zu\t%s\t%.0f\t%.0f\t%.4g\t%.0f\n", row, impl->name,
                (double)b * end_ns / (double)bins, (double)(b + 1) * end_ns / (double)bins, log_ops,
                cells[b].violations);
    }
}

bool plot_timeline(struct sheet *s, const struct figure_subject *subject)
{
    const struct soak_kind *kind = subject->soaked;
    struct axis x = time_axis(subject->soak);
    size_t broken, bins = subject->soak->sample_count, points = 0;
    bins = bins > BINS_MAX ? BINS_MAX : bins;
    for (size_t i = 0; i < kind->impl_count; i++)
        points += kind->impls[i].point_count;
    if (points == 0 || bins == 0)
        return false;
    const struct soak_impl **rows = in_order(kind, &broken);
    size_t n = kind->impl_count < SHEET_ROWS_MAX ? kind->impl_count : SHEET_ROWS_MAX;
    double range[2] = {INFINITY, 0};
    fprintf(s->data, "# row\timplementation\tfrom_ns\tto_ns\tlog10_operations\tviolations\n");
    for (size_t i = 0; i < n; i++)
        timeline_row(s, i, rows[i], x.high, bins, range);
    s->figure->title = broken > 1 ? must_printf("%zu of %zu broke a claim, %s most often", broken,
                                                kind->impl_count, rows[0]->name)
                       : broken == 1 ? must_printf("%s broke a claim", rows[0]->name)
                       : kind->impl_count == 1
                           ? must_printf("%s broke no claim", rows[0]->name)
                           : must_printf("None of %zu broke a claim", kind->impl_count);
    char *detail = plot_left_out_note("at the end: operations in all", kind->impl_count - n);
    s->figure->conditions = conditions(subject, detail);
    free(detail);
    s->figure->description =
        must_printf("Operations and violations over time by implementation. %s.", s->figure->title);
    sheet_titles(s, (unsigned)n * ROW_PX + AXIS_PX);
    sheet_number(s, "rows", (double)n);
    sheet_number(s, "low", range[0]);
    sheet_number(s, "high", range[1] > range[0] ? range[1] : range[0] + 1);
    sheet_time(s, &x);
    fprintf(s->data, "\n\n# row\tend_ns\toperations\n");
    for (size_t i = 0; i < n; i++) {
        fprintf(
            s->data, "%zu\t%.9g\t%s\n", i, x.high,
            /* as the range: beyond it nothing is drawn */ text_count(rows[i]->operations).text);
        sheet_name_tick(s, 'y', (double)i, rows[i]->name);
    }
    free(rows);
    return true;
}

/* The table says what one row would. */
enum { WAITED_MIN = 2 };

bool plot_soak_waits(struct sheet *s, const struct figure_subject *subject)
{
    const struct soak_kind *kind = subject->soaked;
    struct plot_waiter *rows = must_alloc(kind->impl_count * sizeof *rows);
    size_t waited = 0;
    for (size_t i = 0; i < kind->impl_count; i++) {
        waited += kind->impls[i].wait_count > 0;
        rows[i] = (struct plot_waiter){kind->impls[i].name, kind->impls[i].waits_ns,
                                       kind->impls[i].wait_count, 0};
    }
    bool drawn = false;
    if (waited >= WAITED_MIN)
        drawn = plot_waiters(s, rows, kind->impl_count,
                             conditions(subject, "a dot: the longest wait of one case"));
    free(rows);
    return drawn;
}

/* The slope as a line through the sample in the middle of those it is of. */
static void slope_write(struct sheet *s, const struct report_soak *soak, soak_held *held,
                        double size, double slope_per_hour)
{
    double end_ns = (double)soak->samples[soak->sample_count - 1].elapsed_ns;
    const struct store_soak_sample *middle = &soak->samples[soak->sample_count * 5 / 8];
    const double ends_ns[] = {end_ns / 4, end_ns};
    fprintf(s->data, "\n\n# slope: elapsed_ns\theld\n");
    for (size_t i = 0; i < 2; i++)
        fprintf(s->data, "%.0f\t%.6g\n", ends_ns[i],
                held(middle) / size +
                    slope_per_hour / 3600e9 * (ends_ns[i] - (double)middle->elapsed_ns));
}

/* What the slope comes to in the time it is of, or in an hour of it: less is no ground to tell an hour. */
static char *growth_text(const struct report_soak *soak, double slope_per_hour, const char *unit)
{
    double span_ns = 0.75 * (double)soak->samples[soak->sample_count - 1].elapsed_ns;
    double ns = fmin(span_ns, 3600e9), growth = slope_per_hour * ns / 3600e9;
    char in[64];
    snprintf(in, sizeof in, "in %s", text_long_duration(ns).text);
    if (!isfinite(slope_per_hour))
        return must_printf("too short for a slope");
    if (fabs(growth) < 1e-9)
        return must_printf("no slope");
    return must_printf("slope %s%s %s %s", growth < 0 ? "−" : "+", text_number(fabs(growth)).text,
                       unit, ns < 3600e9 ? in : "per hour");
}

/* The line of what is held, and its slope. */
static bool held_plot(struct sheet *s, const struct figure_subject *subject, soak_held *held,
                      const char *unit, double size, sheet_spell *spell)
{
    const struct report_soak *soak = subject->soak;
    double most = 0, least = INFINITY, slope = soak_slope_per_hour(soak, held) / size;
    fprintf(s->data, "# elapsed_ns\theld\n");
    for (size_t i = 0; i < soak->sample_count; i++) {
        double value = held(&soak->samples[i]) / size;
        most = fmax(most, value);
        least = fmin(least, value);
        fprintf(s->data, "%.0f\t%.6g\n", (double)soak->samples[i].elapsed_ns, value);
    }
    if (soak->sample_count < 2)
        return false;
    if (isfinite(slope))
        slope_write(s, soak, held, size, slope);
    double first = held(&soak->samples[0]) / size,
           last = held(&soak->samples[soak->sample_count - 1]) / size;
    char *growth = growth_text(soak, slope, unit);
    s->figure->title = must_printf("%s %s at first, %s in the end; %s", spell(first).text, unit,
                                   spell(last).text, growth);
    free(growth);
    s->figure->conditions = conditions(subject, "held by the soak's own process");
    s->figure->description =
        must_printf("%s over the time of the soak. %s.", unit, s->figure->title);
    sheet_titles(s, PLOT_PX);
    struct axis x = time_axis(soak), y = axis_from_zero(most);
    sheet_text(s, "unit", unit);
    sheet_number(s, "sloped", isfinite(slope));
    sheet_time(s, &x);
    sheet_axis(s, 'y', &y, plot_spell_number);
    return true;
}

bool plot_memory(struct sheet *s, const struct figure_subject *subject)
{
    return held_plot(s, subject, soak_memory, "MB", 1e6, text_number);
}

bool plot_descriptors(struct sheet *s, const struct figure_subject *subject)
{
    return held_plot(s, subject, soak_descriptors, "descriptors", 1, plot_spell_number);
}

/* Every injection of one control. */
struct injected {
    char *name;
    double longest_s, caught_s; /* of all; of those caught */
    unsigned survived;
};

static int by_worst(const void *a, const void *b)
{
    const struct injected *x = a, *y = b;
    if (x->survived != y->survived)
        return x->survived < y->survived ? 1 : -1;
    return (x->longest_s < y->longest_s) - (x->longest_s > y->longest_s);
}

/* The control first: what does not fit is cut at its end. */
static char *control_name(const struct soak_control *c)
{
    return must_printf("%s, %s", c->name, c->kind);
}

static struct injected *injected_of(const struct report_soak *soak, size_t *count)
{
    struct injected *all = NULL;
    *count = 0;
    for (size_t i = 0; i < soak->control_count; i++) {
        const struct soak_control *c = &soak->controls[i];
        char *name = control_name(c);
        struct injected *of = NAMED(all, *count, name);
        of->survived += c->how == NULL;
        of->longest_s = fmax(of->longest_s, c->seconds);
        of->caught_s = c->how ? fmax(of->caught_s, c->seconds) : of->caught_s;
        free(name);
    }
    if (all)
        qsort(all, *count, sizeof *all, by_worst);
    return all;
}

/* The dots of one control, and what became of it behind the last. */
static void caught_row(struct sheet *s, const struct report_soak *soak, size_t row,
                       const struct injected *of, double range[2])
{
    static const double least_s = 1e-6; /* the axis is logarithmic */
    struct text said = text_duration(of->longest_s * 1e9);
    if (of->survived)
        snprintf(said.text, sizeof said.text, "%u survived", of->survived);
    for (size_t i = 0; i < soak->control_count; i++) {
        const struct soak_control *c = &soak->controls[i];
        char *name = control_name(c);
        if (strcmp(name, of->name) == 0) {
            double ns = fmax(c->seconds, least_s) * 1e9;
            bool last = c->seconds >= of->longest_s;
            range[0] = fmin(range[0], ns);
            range[1] = fmax(range[1], ns);
            fprintf(s->data, "%zu\t%s\t%.0f\t%d\t%d\t%s\n", row, name, ns, c->how == NULL, last,
                    said.text);
        }
        free(name);
    }
}

/* The longest that any took to be caught. */
static double slowest_s(const struct injected *all, size_t count)
{
    double slowest = 0;
    for (size_t i = 0; i < count; i++)
        slowest = fmax(slowest, all[i].caught_s);
    return slowest;
}

bool plot_caught(struct sheet *s, const struct figure_subject *subject)
{
    const struct report_soak *soak = subject->soak;
    size_t count, shown, survived = 0;
    struct injected *all = injected_of(soak, &count);
    double range[2] = {INFINITY, 0};
    shown = count < SHEET_ROWS_MAX ? count : SHEET_ROWS_MAX;
    fprintf(s->data, "# row\tcontrol\tns\tsurvived\tspelled\ttext\n");
    for (size_t i = 0; i < shown; i++)
        caught_row(s, soak, i, &all[i], range);
    for (size_t i = 0; i < count; i++)
        survived += all[i].survived;
    if (count > 0) {
        s->figure->title =
            survived
                ? must_printf("%zu of %zu injected controls got away", survived,
                              soak->control_count)
                : must_printf("All %zu injected controls were caught, the slowest after %s",
                              soak->control_count, text_duration(slowest_s(all, count) * 1e9).text);
        char *detail = plot_left_out_note("time until it was caught, slowest first", count - shown);
        s->figure->conditions = conditions(subject, detail);
        free(detail);
        s->figure->description =
            must_printf("Time until each injected control was caught. %s.", s->figure->title);
        sheet_titles(s, (unsigned)shown * ROW_PX + AXIS_PX);
        s->name_columns = CONTROL_COLUMNS;
        sheet_number(s, "rows", (double)shown);
        struct axis x = axis_log(range[0], range[1]);
        x.high *= pow(x.high / x.low, 0.6); /* room for the longest, spelled */
        sheet_axis(s, 'x', &x, text_duration);
        for (size_t i = 0; i < shown; i++)
            sheet_name_tick(s, 'y', (double)i, all[i].name);
    }
    for (size_t i = 0; i < count; i++)
        free(all[i].name);
    free(all);
    return count > 0;
}
