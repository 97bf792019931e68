// SPDX-License-Identifier: MIT
#include "cli/describe.h"

#include "cli/cli.h"
#include "support/fail.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_FIELD = 0x4000, THREADS_MOST = 4096 };

bool describe_anything(const struct bench_described *d)
{
    for (unsigned f = 0; f < BENCH_FIELDS; f++)
        if (d->field[f] != BENCH_AS_THE_ROW)
            return true;
    return false;
}

/* where: "--hold", or "file:3: hold". */
static void set_field(struct bench_described *d, enum bench_field field, const char *where,
                      const char *text)
{
    char *expected;
    if (!bench_field_parse(field, text, &d->field[field], &expected))
        fail(EXIT_USAGE, "%s \"%s\": expected %s", where, text, expected);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    if (key < OPTION_FIELD || key >= OPTION_FIELD + BENCH_FIELDS)
        return ARGP_ERR_UNKNOWN;
    enum bench_field field = (enum bench_field)(key - OPTION_FIELD);
    char *where = must_printf("--%s", bench_fields[field].name);
    set_field(state->input, field, where, arg);
    free(where);
    return 0;
}

const struct argp *describe_argp(void)
{
    static struct argp_option options[BENCH_FIELDS + 1];
    static const struct argp argp = {options, parse, NULL, NULL, NULL, NULL, NULL};
    for (int f = 0; f < BENCH_FIELDS; f++) {
        const struct bench_field_row *row = &bench_fields[f];
        options[f] =
            (struct argp_option){row->name, OPTION_FIELD + f, row->argument, 0, row->help, 0};
    }
    return &argp;
}

/* "3", "cpus" or "2x". */
static unsigned thread_count(const char *where, const char *text, unsigned cpus)
{
    if (strcmp(text, "cpus") == 0)
        return cpus;
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    bool times = *end == 'x';
    if (!isdigit((unsigned char)*text) || end[times] || n < 1 || n > THREADS_MOST ||
        (times && n * cpus > THREADS_MOST))
        fail(
            EXIT_USAGE,
            "%s \"%s\": expected a whole number from 1 to %d, cpus, a multiple of them such as 2x, "
            "or from..to",
            where, text, THREADS_MOST);
    return (unsigned)(times ? n * cpus : n);
}

void describe_threads(const char *where, const char *text, unsigned cpus, unsigned *threads)
{
    const char **items = cli_split(text);
    size_t n = 0;
    for (const char *const *i = items; *i; i++) {
        char *from = must_printf("%s", *i + strspn(*i, " "));
        char *to = strstr(from, "..");
        if (to) {
            *to = '\0';
            to += 2;
        }
        unsigned first = thread_count(where, from, cpus);
        unsigned last = to ? thread_count(where, to, cpus) : first;
        if (last < first)
            fail(EXIT_USAGE, "%s \"%s\": %u is less than %u", where, text, last, first);
        for (unsigned count = first; count <= last; count++) {
            if (n == BENCH_LISTED_MAX)
                fail(EXIT_USAGE, "%s \"%s\": more than %d", where, text, BENCH_LISTED_MAX);
            threads[n++] = count;
        }
        free(from);
    }
    threads[n] = 0;
    free(items);
}

struct reader {
    const char *path, *kind;
    unsigned line, cpus;
    struct bench_described *all;
    size_t count;
};

static char *here(const struct reader *r)
{
    return must_printf("%s:%u: ", r->path, r->line);
}

static _Noreturn void reject(const struct reader *r, const char *why, const char *text)
{
    fail(EXIT_USAGE, "%s:%u: %s: \"%s\"", r->path, r->line, why, text);
}

/* Without the blanks at both ends, in place. */
static char *trimmed(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

static const struct bench_kind *kind_named(const char *name)
{
    const struct bench_kind *const *k = bench_kinds;
    while (*k && strcmp((*k)->kind, name) != 0)
        k++;
    return *k;
}

/* A section is over: is there all that it needs? */
static void finish(const struct reader *r)
{
    if (r->count == 0)
        return;
    struct bench_described *d = &r->all[r->count - 1];
    if (!d->kind && !r->kind)
        fail(EXIT_USAGE, "%s:%u: [%s] ends without kind = ..., and there is no --kind", r->path,
             r->line, d->name);
    if (!d->kind)
        d->kind = must_printf("%s", r->kind);
    const struct bench_kind *kind = kind_named(d->kind);
    const char **valid = must_alloc((kind->workload_count + 1) * sizeof *valid);
    bool known = !d->workload;
    for (size_t i = 0; i < kind->workload_count; i++) {
        valid[i] = kind->workloads[i].name;
        known |= d->workload && strcmp(valid[i], d->workload) == 0;
    }
    if (!known)
        cli_unknown_at(here(r), "workload", d->workload, valid);
    free(valid);
}

static void begin(struct reader *r, char *title)
{
    char *end = strchr(title, ']');
    if (!end || end[1])
        reject(r, "expected [name]", title);
    *end = '\0';
    char *name = trimmed(title + 1);
    if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")])
        reject(r, "a name is made of small letters, digits, - and .", name);
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->all[i].name, name) == 0)
            reject(r, "the name is taken", name);
    r->all = realloc(r->all, (r->count + 1) * sizeof *r->all);
    if (!r->all)
        fail(EXIT_ENVIRONMENT, "memory: none left for %zu workloads", r->count + 1);
    bench_described_init(&r->all[r->count]);
    r->all[r->count++].name = must_printf("%s", name);
}

static void set_kind(struct reader *r, struct bench_described *d, const char *name)
{
    const char *const *valid = cli_kinds();
    if (!kind_named(name))
        cli_unknown_at(here(r), "kind", name, valid);
    d->kind = must_printf("%s", name);
}

static void set_key(struct reader *r, const char *key, const char *value)
{
    if (r->count == 0)
        reject(r, "expected [name] first", key);
    struct bench_described *d = &r->all[r->count - 1];
    char *where = must_printf("%s:%u: %s", r->path, r->line, key);
    enum { OWN_KEYS = 3 };
    const char *valid[OWN_KEYS + BENCH_FIELDS + 1] = {"kind", "workload", "threads"};
    for (unsigned f = 0; f < BENCH_FIELDS; f++)
        valid[OWN_KEYS + f] = bench_fields[f].name;
    size_t i = 0;
    while (valid[i] && strcmp(valid[i], key) != 0)
        i++;
    if (!valid[i])
        cli_unknown_at(here(r), "key", key, valid);
    bool again = i == 0   ? d->kind != NULL
                 : i == 1 ? d->workload != NULL
                 : i == 2 ? d->threads[0] != 0
                          : d->field[i - OWN_KEYS] != BENCH_AS_THE_ROW;
    if (again)
        reject(r, "said before", key);
    if (i == 0)
        set_kind(r, d, value);
    else if (i == 1)
        d->workload = must_printf("%s", value);
    else if (i == 2)
        describe_threads(where, value, r->cpus, d->threads);
    else
        set_field(d, (enum bench_field)(i - OWN_KEYS), where, value);
    free(where);
}

static void read_line(struct reader *r, char *line)
{
    char *text = trimmed(line);
    if (*text == '\0' || *text == '#')
        return;
    if (*text == '[') {
        finish(r);
        begin(r, text);
        return;
    }
    char *equals = strchr(text, '=');
    if (!equals)
        reject(r, "expected [name], key = value or # comment", text);
    *equals = '\0';
    set_key(r, trimmed(text), trimmed(equals + 1));
}

struct bench_described *describe_file(const char *path, const char *kind, unsigned cpus,
                                      size_t *count)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail(EXIT_ENVIRONMENT, "%s: %s", path, strerror(errno));
    struct reader r = {.path = path, .kind = kind, .cpus = cpus};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) >= 0) {
        r.line++;
        read_line(&r, line);
    }
    if (ferror(file))
        fail(EXIT_ENVIRONMENT, "%s: cannot be read", path);
    finish(&r);
    if (r.count == 0)
        fail(EXIT_USAGE, "%s: describes no workload: expected [name]", path);
    free(line);
    fclose(file);
    *count = r.count;
    return r.all;
}

void describe_free(struct bench_described *all, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)all[i].name);
        free((char *)(uintptr_t)all[i].kind);
        free((char *)(uintptr_t)all[i].workload);
    }
    free(all);
}
