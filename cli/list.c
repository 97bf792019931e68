// SPDX-License-Identifier: MIT
/* contend list: what there is. */
#include "cli/cli.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <contend/impl.h>

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum format { TABLE, JSON, MARKDOWN };

struct list_options {
    const char *kind;
    enum format format;
};

static const struct argp_option argp_options[] = {
    {"kind", 'k', "KIND", 0, "only this kind", 0},
    {"json", 'j', NULL, 0, "one JSON document", 0},
    {"markdown", 'm', NULL, 0, "the table of the README", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct list_options *o = state->input;
    switch (key) {
    case 'k':
        cli_check_kind(arg);
        o->kind = arg;
        return 0;
    case 'j':
        o->format = JSON;
        return 0;
    case 'm':
        o->format = MARKDOWN;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend list --kind mutex\vThe order is that of every table and report.",
    NULL,
    NULL,
    NULL};

static char *traits_text(unsigned traits, const char *separator)
{
    char *text = must_printf("%s", "");
    for (const struct ct_trait_name *t = ct_trait_names; t->name; t++)
        if (traits & t->trait) {
            char *longer = must_printf("%s%s%s", text, *text ? separator : "", t->name);
            free(text);
            text = longer;
        }
    return text;
}

static void print_table(const struct ct_impl *const *impls, size_t n)
{
    static const struct table_column columns[] = {
        {"kind", COLUMN_LEFT},   {"name", COLUMN_LEFT},   {"bytes", COLUMN_RIGHT},
        {"node", COLUMN_RIGHT},  {"traits", COLUMN_LEFT}, {"summary", COLUMN_LEFT},
        {"source", COLUMN_LEFT},
    };
    struct table *t = table_make(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        char *traits = traits_text(impls[i]->traits, " ");
        table_cell(t, CELL_PLAIN, "%s", impls[i]->kind);
        table_cell(t, CELL_PLAIN, "%s", impls[i]->name);
        table_cell(t, CELL_PLAIN, "%zu", impls[i]->size_bytes);
        table_cell(t, CELL_PLAIN, "%zu", impls[i]->node_bytes);
        table_cell(t, CELL_PLAIN, "%s", traits);
        table_cell(t, CELL_PLAIN, "%s", impls[i]->summary);
        table_cell(t, CELL_PLAIN, "%s", impls[i]->package ? impls[i]->package : impls[i]->source);
        free(traits);
    }
    table_print(t, stdout);
    table_free(t);
}

/* Peers differ from machine to machine; the README's table shows what every checkout has. */
static void print_markdown(const struct ct_impl *const *impls, size_t n)
{
    puts("| kind | implementation | bytes | node | traits | what it does | source |");
    puts("|---|---|--:|--:|---|---|---|");
    for (size_t i = 0; i < n; i++) {
        if (impls[i]->traits & CT_PEER)
            continue;
        char *traits = traits_text(impls[i]->traits, ", ");
        printf("| %s | %s | %zu | %zu | %s | %s | %s |\n", impls[i]->kind, impls[i]->name,
               impls[i]->size_bytes, impls[i]->node_bytes, traits, impls[i]->summary,
               impls[i]->source);
        free(traits);
    }
}

static void print_json(const struct ct_impl *const *impls, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct ct_impl *m = impls[i];
        json_t *traits = json_array();
        for (const struct ct_trait_name *t = ct_trait_names; t->name; t++)
            if (m->traits & t->trait)
                json_array_append_new(traits, json_string(t->name));
        json_array_append_new(
            list, json_pack("{ss ss ss ss sI sI sI so sb ss?}", "kind", m->kind, "name", m->name,
                            "summary", m->summary, "source", m->source, "size_bytes",
                            (json_int_t)m->size_bytes, "align_bytes", (json_int_t)m->align_bytes,
                            "node_bytes", (json_int_t)m->node_bytes, "traits", traits, "peer",
                            (m->traits & CT_PEER) != 0, "package", m->package));
    }
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

int command_list(int argc, char **argv)
{
    struct list_options options = {0};
    argp_parse(&argp, argc, argv, 0, NULL, &options);

    size_t total = 0, n = 0;
    while (ct_impls[total])
        total++;
    const struct ct_impl **shown = must_alloc((total + 1) * sizeof *shown);
    for (size_t i = 0; i < total; i++)
        if (!options.kind || strcmp(ct_impls[i]->kind, options.kind) == 0)
            shown[n++] = ct_impls[i];
    static void (*const print[])(const struct ct_impl *const *, size_t) = {
        [TABLE] = print_table, [JSON] = print_json, [MARKDOWN] = print_markdown};
    print[options.format](shown, n);
    free(shown);
    return EXIT_FINE;
}
