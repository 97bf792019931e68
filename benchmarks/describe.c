// SPDX-License-Identifier: MIT
/* Workloads as a user describes them: what may be said, and the row that comes of it. */
#include "benchmarks/bench.h"
#include "support/clock.h"
#include "support/fail.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct bench_workload, field)

const struct bench_field_row bench_fields[BENCH_FIELDS] = {
    [FIELD_HOLD] = {"hold", "DURATION", "work so long inside, e.g. 200ns", AT(hold_ns),
                    UNIT_DURATION, 0, NS_PER_S},
    [FIELD_THINK] = {"think", "DURATION", "... and so long outside", AT(think_ns), UNIT_DURATION, 0,
                     NS_PER_S},
    [FIELD_PARAMETER] = {"parameter", "N",
                         "the kind's own number (writes per mille, batch size ...)", AT(parameter),
                         UNIT_COUNT, 0, UINT32_MAX - 1},
    [FIELD_HOLD_SPREAD] = {"hold-spread", "NAME",
                           "constant, exponential or bimodal; --hold is the mean", AT(hold_spread),
                           UNIT_SPREAD, 0, SPREADS - 1},
    [FIELD_THINK_SPREAD] = {"think-spread", "NAME", "... and --think", AT(think_spread),
                            UNIT_SPREAD, 0, SPREADS - 1},
    [FIELD_OBJECTS] = {"objects", "N", "so many objects, of which each operation uses one",
                       AT(objects), UNIT_COUNT, 1, 4096},
    [FIELD_SKEW] = {"skew", "S",
                    "... chosen by Zipf's law with this exponent, e.g. 0.99; 0: evenly",
                    AT(skew_permille), UNIT_PERMILLE, 0, 10000},
    [FIELD_LINES] = {"lines", "N", "write so many cache lines of data inside", AT(lines),
                     UNIT_COUNT, 1, 1024},
    [FIELD_LINES_OUTSIDE] = {"lines-outside", "N", "... and of the thread's own outside",
                             AT(lines_outside), UNIT_COUNT, 0, 1024},
    [FIELD_BESIDE_LOCK] = {"beside-lock", "yes|no", "the first of them is the line of the lock",
                           AT(beside_lock), UNIT_YES_NO, 0, 1},
    [FIELD_ARRIVALS] = {"arrivals", "N",
                        "so many operations a second fall due at each thread, at random; latencies "
                        "count from then",
                        AT(arrivals_per_s), UNIT_COUNT, 0, 10000000},
    [FIELD_BURST] = {"burst", "DURATION", "all threads work so long ...", AT(burst_ns),
                     UNIT_DURATION, 0, NS_PER_S},
    [FIELD_IDLE] = {"idle", "DURATION", "... then do nothing so long", AT(idle_ns), UNIT_DURATION,
                    0, NS_PER_S},
};

static uint32_t get(const struct bench_workload *w, enum bench_field field)
{
    uint32_t value;
    memcpy(&value, (const char *)w + bench_fields[field].offset, sizeof value);
    return value;
}

static void set(struct bench_workload *w, enum bench_field field, uint32_t value)
{
    memcpy((char *)w + bench_fields[field].offset, &value, sizeof value);
}

static const char *const yes_no[] = {"no", "yes"};

static bool parse_name(const char *const *names, size_t count, const char *text, double *value)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], text) == 0) {
            *value = (double)i;
            return true;
        }
    return false;
}

/* A number with at most a point: what C reads as one may be more. */
static bool parse_number(const char *text, bool fraction, double *value)
{
    char *end;
    if (*text == '\0' || text[strspn(text, fraction ? "0123456789." : "0123456789")])
        return false;
    *value = strtod(text, &end);
    return *end == '\0';
}

static bool parse_unit(enum bench_unit unit, const char *text, double *value)
{
    uint64_t ns;
    switch (unit) {
    case UNIT_DURATION:
        if (!duration_parse(text, &ns))
            return false;
        *value = (double)ns;
        return true;
    case UNIT_COUNT:
        return parse_number(text, false, value);
    case UNIT_PERMILLE:
        if (!parse_number(text, true, value))
            return false;
        *value = round(*value * 1000);
        return true;
    case UNIT_SPREAD:
        return parse_name(bench_spread_names, SPREADS, text, value);
    case UNIT_YES_NO:
        return parse_name(yes_no, 2, text, value);
    }
    return false;
}

static char *expectation(const struct bench_field_row *row)
{
    switch (row->unit) {
    case UNIT_DURATION:
        return must_printf("a duration up to %s, such as 200ns", duration_format(row->most).text);
    case UNIT_PERMILLE:
        return must_printf("a number from %g to %g", row->least / 1000.0, row->most / 1000.0);
    case UNIT_SPREAD:
        return must_printf("%s, %s or %s", bench_spread_names[0], bench_spread_names[1],
                           bench_spread_names[2]);
    case UNIT_YES_NO:
        return must_printf("yes or no");
    default:
        return must_printf("a whole number from %u to %u", row->least, row->most);
    }
}

bool bench_field_parse(enum bench_field field, const char *text, uint32_t *value, char **expected)
{
    const struct bench_field_row *row = &bench_fields[field];
    double number;
    if (parse_unit(row->unit, text, &number) && number >= row->least && number <= row->most) {
        *value = (uint32_t)number;
        return true;
    }
    *expected = expectation(row);
    return false;
}

/* As it is parsed. */
static char *format(enum bench_unit unit, uint32_t value)
{
    switch (unit) {
    case UNIT_DURATION:
        return must_printf("%s", duration_format(value).text);
    case UNIT_PERMILLE:
        return must_printf("%g", value / 1000.0);
    case UNIT_SPREAD:
        return must_printf("%s", bench_spread_names[value]);
    case UNIT_YES_NO:
        return must_printf("%s", yes_no[value]);
    default:
        return must_printf("%u", value);
    }
}

void bench_described_init(struct bench_described *d)
{
    *d = (struct bench_described){0};
    for (unsigned f = 0; f < BENCH_FIELDS; f++)
        d->field[f] = BENCH_AS_THE_ROW;
}

/* Text with more at its end; the old one is freed. */
static char *lengthened(char *text, const char *between, const char *what, char *value)
{
    char *longer = must_printf("%s%s%s%s", text, between, what, value);
    free(text);
    free(value);
    return longer;
}

char *bench_described_name(const struct bench_workload *w, const struct bench_workload *row)
{
    char *name = must_printf("%s", row->name);
    for (unsigned f = 0; f < BENCH_FIELDS; f++) {
        const struct bench_field_row *field = &bench_fields[f];
        if (get(w, f) == get(row, f))
            continue;
        char *what = f == FIELD_PARAMETER ? must_printf("-") : must_printf("-%s-", field->name);
        name = lengthened(name, "", what, format(field->unit, get(w, f)));
        free(what);
    }
    return name;
}

/* All that is not nothing, for its row's question may no longer be what it answers. */
static char *described_question(const struct bench_workload *w, const struct bench_workload *row)
{
    char *text = must_printf("How does %s do with", row->name);
    const char *between = " ";
    for (unsigned f = 0; f < BENCH_FIELDS; f++) {
        const struct bench_field_row *field = &bench_fields[f];
        if (get(w, f) == 0 && get(row, f) == 0)
            continue;
        char *what = must_printf("%s ", field->name);
        text = lengthened(text, between, what, format(field->unit, get(w, f)));
        free(what);
        between = ", ";
    }
    return lengthened(text, "", "", must_printf("?"));
}

static _Noreturn void refuse(const struct bench_kind *kind, enum bench_field field)
{
    char *able = must_printf("none");
    bool any = false;
    for (const struct bench_kind *const *k = bench_kinds; *k; k++) {
        if (!((*k)->fields & BENCH_CAN(field)))
            continue;
        if (!any)
            *able = '\0';
        able = lengthened(able, any ? ", " : "", "", must_printf("%s", (*k)->kind));
        any = true;
    }
    fail(EXIT_USAGE, "--%s: %s has no such thing; kinds that have: %s", bench_fields[field].name,
         kind->kind, able);
}

struct bench_workload *bench_described_make(const struct bench_described *d,
                                            const struct bench_kind *kind,
                                            const struct bench_workload *row)
{
    struct bench_workload *w = must_alloc(sizeof *w);
    *w = *row;
    for (unsigned f = 0; f < BENCH_FIELDS; f++) {
        if (d->field[f] == BENCH_AS_THE_ROW || d->field[f] == get(row, f))
            continue;
        if (!(kind->fields & BENCH_CAN(f)))
            refuse(kind, f);
        set(w, f, d->field[f]);
    }
    if ((w->idle_ns == 0) != (w->burst_ns == 0))
        fail(EXIT_USAGE, "--burst and --idle: both or none");
    w->name = d->name ? must_printf("%s", d->name) : bench_described_name(w, row);
    w->question = described_question(w, row);
    return w;
}
