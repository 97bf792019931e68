// SPDX-License-Identifier: MIT
/* The pictures of what stress runs showed: which checker caught which control, and the longest waits. */
#include "cli/report_plots.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>

enum { ROW_PX = 22, KILLS_AXIS_PX = 40, WAITS_AXIS_PX = 62, CONTROL_COLUMNS = 25 };

/* What the subtitle says of every picture about correctness. */
static char *conditions(const struct figure_subject *subject, const char *what)
{
    char *machine = text_machine(subject->view->summary, subject->view->cpus);
    char *all = must_printf("%s · %s\n%s", subject->proof->name, what, machine);
    free(machine);
    return all;
}

/* How kills.gp fills a cell. */
enum { CELL_NOT_EXPECTED, CELL_KILLED, CELL_MISSED, CELL_NOT_TRIED };

static int cell_of(const struct proof_control *c, size_t checker)
{
    if (c->killed[checker])
        return CELL_KILLED;
    if (!c->expected[checker])
        return CELL_NOT_EXPECTED;
    return c->tried[checker] ? CELL_MISSED : CELL_NOT_TRIED;
}

static const char *cell_text(int cell, double seconds, struct text *spelled)
{
    *spelled = text_duration(seconds * 1e9);
    return cell == CELL_KILLED      ? spelled->text
           : cell == CELL_MISSED    ? "missed"
           : cell == CELL_NOT_TRIED ? "not run"
                                    : "–";
}

bool plot_kills(struct sheet *s, const struct figure_subject *subject)
{
    const struct proof_kind *kind = subject->proof;
    size_t caught = 0, missed = 0;
    double slowest = 0;
    if (kind->control_count == 0)
        return false;
    fprintf(s->data, "# row\tcolumn\tcontrol\tfill\ttext\n");
    for (size_t i = 0; i < kind->control_count; i++) {
        const struct proof_control *c = &kind->controls[i];
        bool any = false, none = false;
        for (size_t k = 0; k < PROOF_CHECKERS; k++) {
            struct text spelled;
            int cell = cell_of(c, k);
            any |= cell == CELL_KILLED;
            none |= cell == CELL_MISSED;
            slowest = cell == CELL_KILLED ? fmax(slowest, c->seconds[k]) : slowest;
            fprintf(s->data, "%zu\t%zu\t%s\t%d\t%s\n", i, k, c->name, cell,
                    cell_text(cell, c->seconds[k], &spelled));
        }
        caught += any && !none;
        missed += none;
    }
    s->figure->title =
        missed   ? must_printf("%zu of %zu controls got away", missed, kind->control_count)
        : caught ? must_printf("%zu of %zu broken ones caught, the slowest after %s", caught,
                               kind->control_count, text_duration(slowest * 1e9).text)
                 : must_printf("No control was tried in this build");
    s->figure->conditions = conditions(subject, "seconds of work until a checker noticed");
    s->figure->description = must_printf("Controls against checkers. %s.", s->figure->title);
    sheet_titles(s, (unsigned)kind->control_count * ROW_PX + KILLS_AXIS_PX);
    s->name_columns = CONTROL_COLUMNS;
    sheet_number(s, "rows", (double)kind->control_count);
    sheet_number(s, "columns", PROOF_CHECKERS);
    fprintf(s->script, "array column_name[%d]\n", PROOF_CHECKERS);
    for (size_t k = 0; k < PROOF_CHECKERS; k++) {
        char name[32];
        snprintf(name, sizeof name, "column_name[%zu]", k + 1);
        sheet_text(s, name, k == PROOF_TSAN ? "TSan" : proof_checker_names[k]);
    }
    for (size_t i = 0; i < kind->control_count; i++)
        sheet_name_tick(s, 'y', (double)i, kind->controls[i].name);
    return true;
}

static int by_longest(const void *a, const void *b)
{
    const struct plot_waiter *x = a, *y = b;
    return (x->longest_ns > y->longest_ns) - (x->longest_ns < y->longest_ns);
}

/* Those that waited come first, the longest wait last of them. Returns how many they are. */
static size_t waiters_order(struct plot_waiter *waiters, size_t n)
{
    size_t waited = 0;
    for (size_t i = 0; i < n; i++) {
        struct plot_waiter w = waiters[i];
        for (size_t k = 0; k < w.wait_count; k++)
            w.longest_ns = fmax(w.longest_ns, w.waits_ns[k]);
        if (w.wait_count > 0)
            waiters[waited++] = w;
    }
    qsort(waiters, waited, sizeof *waiters, by_longest);
    return waited;
}

bool plot_waiters(struct sheet *s, struct plot_waiter *waiters, size_t n, char *conditions)
{
    double least = INFINITY, most = 0;
    s->figure->conditions = conditions;
    n = waiters_order(waiters, n);
    if (n == 0)
        return false;
    fprintf(s->data, "# row\timplementation\twait_ns\tlongest\ttext\n");
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < waiters[i].wait_count; k++) {
            double ns = waiters[i].waits_ns[k];
            least = fmin(least, ns);
            fprintf(s->data, "%zu\t%s\t%.0f\t%d\t%s\n", i, waiters[i].name, ns,
                    ns >= waiters[i].longest_ns, text_duration(ns).text);
        }
        most = fmax(most, waiters[i].longest_ns);
    }
    s->figure->title = n == 1
                           ? must_printf("Nobody waited longer than %s", text_duration(most).text)
                           : must_printf("Longest wait: %s %s, %s %s", waiters[0].name,
                                         text_duration(waiters[0].longest_ns).text,
                                         waiters[n - 1].name, text_duration(most).text);
    s->figure->description =
        must_printf("The longest wait of every scenario and perturbation by implementation. %s.",
                    s->figure->title);
    sheet_titles(s, (unsigned)n * ROW_PX + WAITS_AXIS_PX);
    sheet_number(s, "rows", (double)n);
    struct axis x = axis_log(least, most);
    x.high *= pow(x.high / x.low, 0.3); /* room for the longest, spelled */
    sheet_axis(s, 'x', &x, text_duration);
    for (size_t i = 0; i < n; i++)
        sheet_name_tick(s, 'y', (double)i, waiters[i].name);
    return true;
}

bool plot_waits(struct sheet *s, const struct figure_subject *subject)
{
    const struct proof_kind *kind = subject->proof;
    struct plot_waiter *rows = must_alloc(kind->impl_count * sizeof *rows);
    for (size_t i = 0; i < kind->impl_count; i++)
        rows[i] = (struct plot_waiter){kind->impls[i].name, kind->impls[i].waits_ns,
                                       kind->impls[i].wait_count, 0};
    char *text = conditions(subject, "a dot: the longest wait of one case");
    bool drawn = plot_waiters(s, rows, kind->impl_count, text);
    free(rows);
    return drawn;
}
