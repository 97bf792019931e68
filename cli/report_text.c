// SPDX-License-Identifier: MIT
#include "cli/report_text.h"

#include "support/fail.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number and its unit stay on one line. */
#define NBSP "\u00a0"

static struct text with_unit(const char *number, const char *unit)
{
    struct text t;
    snprintf(t.text, sizeof t.text, "%.32s%.14s", number, unit);
    return t;
}

struct text text_number(double x)
{
    struct text t = {"–"};
    if (!isfinite(x))
        return t;
    double size = fabs(x);
    int decimals = size >= 99.95 || size == 0 ? 0
                   : size >= 9.995            ? 1
                   : size >= 0.0995           ? 2
                   : size >= 0.0095           ? 3
                   : size >= 0.00095          ? 4
                                              : 6;
    snprintf(t.text, sizeof t.text, "%.*f", decimals, x);
    return t;
}

static struct text text_whole(double x)
{
    struct text t;
    snprintf(t.text, sizeof t.text, "%.0f", x);
    return t;
}

struct text text_ratio(double x)
{
    return isfinite(x) ? with_unit(text_number(x).text, "×") : text_number(x);
}

struct text text_small_ratio(double x)
{
    return x > 0 && x < 0.01 ? with_unit("under 0.01", "×") : text_ratio(x);
}

struct text text_percent(double share)
{
    double percent = share * 100;
    if (percent > 0 && percent < 0.1)
        return with_unit("under 0.1", NBSP "%");
    return isfinite(share) ? with_unit(text_number(percent).text, NBSP "%") : text_number(share);
}

struct text text_duration(double ns)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1e9, NBSP "s"}, {1e6, NBSP "ms"}, {1e3, NBSP "µs"}, {0, NBSP "ns"}};
    if (!isfinite(ns) || ns < 0)
        return text_number(NAN);
    size_t i = 0;
    while (ns < units[i].ns * 0.9995)
        i++;
    double in_unit = units[i].ns > 0 ? ns / units[i].ns : ns;
    struct text number = text_number(in_unit);
    if (in_unit == floor(in_unit))
        snprintf(number.text, sizeof number.text, "%.0f", in_unit);
    return with_unit(number.text, units[i].name);
}

struct text text_long_duration(double ns)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{2 * 86400e9, NBSP "d"}, {2 * 3600e9, NBSP "h"}, {2 * 60e9, NBSP "min"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double in_unit = ns / (units[i].ns / 2);
        if (ns < units[i].ns * 0.9995 || !isfinite(ns))
            continue;
        return with_unit(in_unit == floor(in_unit) ? text_whole(in_unit).text
                                                   : text_number(in_unit).text,
                         units[i].name);
    }
    return text_duration(ns);
}

struct text text_count(uint64_t n)
{
    static const struct {
        double size;
        const char *unit;
    } units[] = {{1e12, NBSP "T"}, {1e9, NBSP "G"}, {1e6, NBSP "M"}, {1e3, NBSP "k"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double in_unit = (double)n / units[i].size;
        if (in_unit >= 1)
            return with_unit(in_unit == floor(in_unit) ? text_whole(in_unit).text
                                                       : text_number(in_unit).text,
                             units[i].unit);
    }
    return text_whole((double)n);
}

struct text text_threads(unsigned n)
{
    struct text t;
    snprintf(t.text, sizeof t.text, "%u" NBSP "thread%s", n, n == 1 ? "" : "s");
    return t;
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t text_columns(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += !continues(*s);
    return n;
}

struct text text_shortened(const char *s, size_t columns)
{
    struct text t;
    bool fits = text_columns(s) <= columns;
    size_t length = 0, seen = 0, kept = fits ? columns : columns - 1;
    for (; length < sizeof t.text - 4 && s[length]; length++) {
        if (!continues(s[length]) && seen++ == kept)
            break;
    }
    snprintf(t.text, sizeof t.text, "%.*s%s", (int)length, s, s[length] ? "…" : "");
    return t;
}

void text_html(FILE *to, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        case '\'':
            fputs("&#39;", to);
            break;
        default:
            fputc(iscntrl((unsigned char)*s) && *s != '\n' ? ' ' : *s, to);
        }
    }
}

char *text_wrapped(const char *s, size_t columns)
{
    char *wrapped = must_printf("%s", s);
    char *line = wrapped, *space = NULL;
    size_t column = 0;
    for (char *c = wrapped; *c; c++) {
        if (continues(*c))
            continue;
        if (*c == '\n') {
            line = c + 1;
            column = 0;
            continue;
        }
        if (*c == ' ')
            space = c;
        if (++column > columns && space > line) {
            *space = '\n';
            line = space + 1;
            column = 0;
            for (const char *d = line; d <= c; d++)
                column += !continues(*d);
        }
    }
    return wrapped;
}

const char *text_fact(const struct summary *summary, const char *key)
{
    for (const struct machine_fact *f = summary->facts; f && f->key; f++) {
        if (strcmp(f->key, key) == 0 && *f->value && strcmp(f->value, "unknown") != 0)
            return f->value;
    }
    return NULL;
}

struct text text_day(const struct summary *summary)
{
    struct text t = {"undated"};
    const char *s = summary->started_at;
    size_t n = s ? strspn(s, "0123456789-") : 0;
    if (n == strlen("2025-01-31"))
        snprintf(t.text, sizeof t.text, "%.*s", (int)n, s);
    return t;
}

char *text_machine(const struct summary *summary, unsigned cpus)
{
    static const char *const noise[] = {"(R)", "(TM)", "(r)", "(tm)", " CPU", " Processor"};
    const char *model = text_fact(summary, "cpu_model");
    char *name = must_printf("%s", model ? model : "unknown CPU");
    name[strcspn(name, "@")] = '\0';
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++) {
        for (char *at; (at = strstr(name, noise[i]));)
            memmove(at, at + strlen(noise[i]), strlen(at + strlen(noise[i])) + 1);
    }
    for (size_t n = strlen(name); n > 0 && name[n - 1] == ' '; n--)
        name[n - 1] = '\0';
    char count[32] = "";
    if (cpus)
        snprintf(count, sizeof count, ", %u CPU%s", cpus, cpus == 1 ? "" : "s");
    char *machine = must_printf("%s%s · %s", name, count, text_day(summary).text);
    free(name);
    return machine;
}
