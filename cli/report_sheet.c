// SPDX-License-Identifier: MIT
#include "cli/report_sheet.h"

#include "support/fail.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_COLUMNS = 41, CONDITIONS_COLUMNS = 55, TITLE_PX = 23, CONDITIONS_PX = 18 };

struct axis axis_log(double low, double high)
{
    return (struct axis){low / 1.25, high * 1.25, true};
}

struct axis axis_from_zero(double high)
{
    return (struct axis){0, high * 1.08, false};
}

double axis_fraction(const struct axis *a, double value)
{
    return a->log ? log(value / a->low) / log(a->high / a->low)
                  : (value - a->low) / (a->high - a->low);
}

/* A string for gnuplot in double quotes: only there is a line break possible, and there backquotes
   would run a command. */
static void quoted(FILE *to, const char *s)
{
    fputc('"', to);
    for (; *s; s++) {
        if (*s == '\n')
            fputs("\\n", to);
        else if (*s == '`')
            fputc('\'', to);
        else if ((unsigned char)*s >= ' ') {
            if (*s == '"' || *s == '\\')
                fputc('\\', to);
            fputc(*s, to);
        }
    }
    fputc('"', to);
}

static FILE *create(const char *directory, const char *name, const char *suffix)
{
    char *path = must_printf("%s/%s.%s", directory, name, suffix);
    FILE *f = fopen(path, "w");
    if (!f)
        fail(EXIT_ENVIRONMENT, "%s: %s", path, strerror(errno));
    free(path);
    return f;
}

void sheet_open(struct sheet *s, const char *directory, const char *plots, struct figure *figure)
{
    *s = (struct sheet){
        .figure = figure, .plots = plots, .width = SHEET_WIDTH, .name_columns = SHEET_NAME_COLUMNS};
    s->data = create(directory, figure->name, "tsv");
    s->script = create(directory, figure->name, "gp");
    char *stem = must_printf("%s/%s", directory, figure->name);
    sheet_text(s, "stem", stem);
    sheet_text(s, "figure", figure->name);
    sheet_text(s, "plots", plots);
    free(stem);
}

static unsigned lines(const char *s)
{
    unsigned n = 1;
    for (; *s; s++)
        n += *s == '\n';
    return n;
}

void sheet_titles(struct sheet *s, unsigned plot_height)
{
    size_t more = (s->width - SHEET_WIDTH) / 8;
    char *title = text_wrapped(s->figure->title, TITLE_COLUMNS + more);
    char *conditions = text_wrapped(s->figure->conditions, CONDITIONS_COLUMNS + more);
    unsigned top = TITLE_PX * lines(title) + CONDITIONS_PX * lines(conditions) + 12;
    sheet_text(s, "finding", title);
    sheet_text(s, "conditions", conditions);
    sheet_number(s, "title_px", TITLE_PX * lines(title));
    sheet_number(s, "top_px", top);
    sheet_number(s, "width", s->width);
    sheet_number(s, "height", top + plot_height);
    fprintf(s->script, "load plots.'/style.gp'\nset ytics ()\n");
    free(title);
    free(conditions);
}

void sheet_close(struct sheet *s)
{
    fprintf(s->script, "load plots.'/%s.gp'\n", s->figure->script);
    int failed = ferror(s->data) | ferror(s->script);
    failed |= fclose(s->data);
    failed |= fclose(s->script);
    if (failed)
        fail(EXIT_ENVIRONMENT, "report: cannot write the data of %s: %s", s->figure->name,
             strerror(errno));
}

void sheet_number(struct sheet *s, const char *name, double value)
{
    fprintf(s->script, "%s = %.9g\n", name, value);
}

void sheet_text(struct sheet *s, const char *name, const char *value)
{
    fprintf(s->script, "%s = ", name);
    quoted(s->script, value);
    fputc('\n', s->script);
}

static void tick(struct sheet *s, char which, double at, const char *name)
{
    fprintf(s->script, "set %ctics add (", which);
    quoted(s->script, name);
    fprintf(s->script, " %.9g)\n", at);
}

void sheet_name_tick(struct sheet *s, char which, double at, const char *name)
{
    tick(s, which, at, text_shortened(name, s->name_columns).text);
}

/* Where ticks stand within each power of ten, for axes of at least that length. */
static const struct log_step {
    double ratio;
    double at[9]; /* ends with 0 */
} log_steps[] = {{60, {1}},
                 {5, {1, 2, 5}},
                 {2.2, {1, 1.5, 2, 3, 5, 7}},
                 {0, {1, 1.25, 1.5, 1.75, 2, 3, 5, 7.5}}};

/* Beyond this the names of powers of ten would touch each other. */
static const double long_x_axis = 3e4;

static void log_ticks(struct sheet *s, char which, const struct axis *a, sheet_spell *spell)
{
    const struct log_step *step = log_steps;
    while (a->high / a->low < step->ratio)
        step++;
    double factor = which == 'x' && a->high / a->low > long_x_axis ? 100 : 10;
    for (double power = pow(10, floor(log10(a->low))); power <= a->high; power *= factor) {
        for (const double *at = step->at; *at > 0; at++) {
            double value = power * *at;
            if (value >= a->low * 0.999 && value <= a->high * 1.001)
                tick(s, which, value, spell(value).text);
        }
    }
}

static void linear_ticks(struct sheet *s, char which, const struct axis *a, sheet_spell *spell)
{
    double power = pow(10, floor(log10(a->high / 4)));
    double step = a->high / 4 / power;
    step = (step > 5 ? 10 : step > 2 ? 5 : step > 1 ? 2 : 1) * power;
    for (double at = 0; at <= a->high; at += step)
        tick(s, which, at, at > 0 ? spell(at).text : "0");
}

void sheet_axis(struct sheet *s, char which, const struct axis *a, sheet_spell *spell)
{
    fprintf(s->script, "set %crange [%.9g:%.9g]\nset %ctics ()\n", which, a->low, a->high, which);
    if (a->log)
        fprintf(s->script, "set logscale %c\n", which);
    (a->log ? log_ticks : linear_ticks)(s, which, a, spell);
}

static void labels_begin(struct sheet *s, size_t n)
{
    static const char *const arrays[] = {"point_x", "point_y", "label_y", "label", "hue", "strong"};
    sheet_number(s, "labels", (double)n);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        fprintf(s->script, "array %s[%zu]\n", arrays[i], n ? n : 1);
}

static void label_write(struct sheet *s, size_t i, const struct label *l, double y)
{
    i++; /* gnuplot counts from 1 */
    fprintf(s->script, "point_x[%zu] = %.4f; point_y[%zu] = %.4f\n", i, l->x, i, l->y);
    fprintf(s->script, "label_y[%zu] = %.4f\n", i, y);
    fprintf(s->script, "hue[%zu] = %zu; strong[%zu] = %d\n", i, l->hue + 1, i, l->strong);
    fprintf(s->script, "label[%zu] = ", i);
    quoted(s->script, text_shortened(l->text, SHEET_NAME_COLUMNS).text);
    fputc('\n', s->script);
}

static int by_height(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    return (x->y > y->y) - (x->y < y->y);
}

/* The least movement that puts gap between neighbours is isotonic regression of y[i] - i * gap: pool
   adjacent violators (Ayer et al. 1955). */
static void dodge(double *y, size_t n, double gap)
{
    double mean[SHEET_LABELS_MAX];
    size_t size[SHEET_LABELS_MAX], pools = 0;
    for (size_t i = 0; i < n; i++) {
        mean[pools] = y[i] - (double)i * gap;
        size[pools++] = 1;
        while (pools > 1 && mean[pools - 1] < mean[pools - 2]) {
            pools--;
            mean[pools - 1] =
                (mean[pools - 1] * (double)size[pools - 1] + mean[pools] * (double)size[pools]) /
                (double)(size[pools - 1] + size[pools]);
            size[pools - 1] += size[pools];
        }
    }
    for (size_t p = 0, i = 0; p < pools; p++) {
        double low = fmax(0, fmin(mean[p], 1 - (double)(n - 1) * gap));
        for (size_t k = 0; k < size[p]; k++, i++)
            y[i] = low + (double)i * gap;
    }
}

void sheet_labels(struct sheet *s, struct label *labels, size_t n, double plot_height)
{
    double y[SHEET_LABELS_MAX];
    qsort(labels, n, sizeof *labels, by_height);
    for (size_t i = 0; i < n; i++)
        y[i] = labels[i].y;
    dodge(y, n, (SHEET_TEXT_PX + 3) / plot_height);
    labels_begin(s, n);
    for (size_t i = 0; i < n; i++)
        label_write(s, i, &labels[i], y[i]);
}
