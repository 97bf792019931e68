// SPDX-License-Identifier: MIT
#include "cli/cli.h"
#include "cli/store.h"
#include "support/fail.h"
#include "support/machine.h"
#include "support/place.h"

#include <contend/impl.h>

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *cli_default_store(void)
{
    const char *named = getenv("CONTEND_STORE");
    return named && *named ? named : "reports/contend.db";
}

const char *cli_record_path(const char *named)
{
    const char *path = named ? named : cli_default_store();
    char *copy = must_printf("%s", path);
    bool recorded = named || getenv("CONTEND_STORE") || access(dirname(copy), W_OK) == 0;
    free(copy);
    return recorded ? path : NULL;
}

int64_t cli_run_begin(struct store *s, const char *command, int argc, char **argv,
                      const char *profile, uint64_t seed)
{
    struct place *place = place_here();
    char *line = cli_join(argc - 1, argv + 1);
    struct machine_fact *facts = machine_facts(place);
    int64_t run = store_run_begin(s, command, line, profile, seed, facts);
    machine_facts_free(facts);
    place_close(place);
    free(line);
    return run;
}

/* Beside the program, as it was installed: PREFIX/bin/contend, PREFIX/share/contend. */
static const char *installed_data_dir(void)
{
    static char path[PATH_MAX + 64];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    char *bin = NULL;
    if (length > 0) {
        path[length] = '\0';
        bin = strrchr(path, '/');
    }
    if (!bin)
        return NULL;
    snprintf(bin, 64, "/" CONTEND_BIN_TO_DATA);
    return path;
}

const char *cli_data_dir(void)
{
    const char *const candidates[] = {getenv("CONTEND_DATA"), installed_data_dir(),
                                      CONTEND_SOURCE_DATA};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i] && access(candidates[i], R_OK | X_OK) == 0)
            return candidates[i];
    fail(EXIT_ENVIRONMENT, "data: neither %s nor %s is there: set CONTEND_DATA",
         candidates[1] ? candidates[1] : "(installed)", CONTEND_SOURCE_DATA);
}

/* Levenshtein's, one row at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 63 };
    size_t row[LONGEST + 1], n = strnlen(b, LONGEST), m = strnlen(a, LONGEST);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

void cli_unknown(const char *what, const char *given, const char *const *valid)
{
    cli_unknown_at("", what, given, valid);
}

void cli_unknown_at(const char *where, const char *what, const char *given,
                    const char *const *valid)
{
    size_t nearest = 0;
    for (size_t i = 0; valid[i]; i++)
        if (edit_distance(given, valid[i]) < edit_distance(given, valid[nearest]))
            nearest = i;
    char *list = must_printf("%s", valid[0] ? valid[nearest] : "(none)");
    for (size_t i = 0; valid[i]; i++)
        if (i != nearest) {
            char *longer = must_printf("%s, %s", list, valid[i]);
            free(list);
            list = longer;
        }
    fail(EXIT_USAGE, "%sunknown %s \"%s\": valid are %s", where, what, given, list);
}

const char *const *cli_kinds(void)
{
    static const char *kinds[64];
    size_t n = 0;
    for (const struct ct_impl *const *i = ct_impls; *i && n < 63; i++)
        if (n == 0 || strcmp(kinds[n - 1], (*i)->kind) != 0)
            kinds[n++] = (*i)->kind;
    return kinds;
}

void cli_check_kind(const char *kind)
{
    const char *const *valid = cli_kinds();
    for (size_t i = 0; valid[i]; i++)
        if (strcmp(valid[i], kind) == 0)
            return;
    cli_unknown("kind", kind, valid);
}

void cli_check_impls(const char *kind, const char *const *names)
{
    size_t total = 0, n = 0;
    while (ct_impls[total])
        total++;
    const char **valid = must_alloc((total + 1) * sizeof *valid);
    for (size_t i = 0; i < total; i++)
        if (!kind || strcmp(ct_impls[i]->kind, kind) == 0)
            valid[n++] = ct_impls[i]->name;
    for (; *names; names++) {
        size_t i = 0;
        while (i < n && strcmp(valid[i], *names) != 0)
            i++;
        if (i == n)
            cli_unknown("implementation", *names, valid);
    }
    free(valid);
}

const char **cli_split(const char *list)
{
    size_t n = 1, bytes = strlen(list) + 1;
    for (const char *c = list; *c; c++)
        n += *c == ',';
    const char **names = must_alloc((n + 1) * sizeof *names + bytes);
    char *rest = (char *)(names + n + 1);
    memcpy(rest, list, bytes);
    for (size_t i = 0; i < n; i++)
        names[i] = strsep(&rest, ",");
    return names;
}

uint64_t cli_number(const char *option, const char *text, uint64_t least, uint64_t most)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < least || value > most)
        fail(EXIT_USAGE, "%s \"%s\": expected a whole number from %llu to %llu", option, text,
             (unsigned long long)least, (unsigned long long)most);
    return value;
}

char *cli_join(int argc, char **argv)
{
    char *text = must_printf("%s", argv[0]);
    for (int i = 1; i < argc; i++) {
        char *longer = must_printf("%s %s", text, argv[i]);
        free(text);
        text = longer;
    }
    return text;
}

double cli_percent(const char *option, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || (*end != '\0' && strcmp(end, "%") != 0) || !(value >= 0 && value < 100))
        fail(EXIT_USAGE, "%s \"%s\": expected a percentage from 0 to below 100, such as 5%%",
             option, text);
    return value / 100;
}
