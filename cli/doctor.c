// SPDX-License-Identifier: MIT
/* contend doctor: what on this machine spoils measurements. */
#include "cli/doctor.h"
#include "cli/cli.h"
#include "support/fail.h"
#include "support/terminal.h"

#include <argp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct doctor_options {
    bool json, quick;
};

static const struct argp_option argp_options[] = {
    {"json", 'j', NULL, 0, "one JSON document", 0},
    {"quick", 'q', NULL, 0, "read only; leave out what takes two seconds to measure", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct doctor_options *o = state->input;
    switch (key) {
    case 'j':
        o->json = true;
        return 0;
    case 'q':
        o->quick = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "%s: no arguments are expected", arg);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    argp_options,
    parse,
    NULL,
    "Example: contend doctor\n\nWhat on this machine spoils measurements, why, and the command "
    "that "
    "mends it. Takes two seconds and changes nothing.\v"
    "OK: fine. WARN: results will be noisier, or hold for fewer machines. FAIL: results will be "
    "wrong. UNKNOWN: the system does not say.\nExit status: 0 nothing FAILs, 1 something does.",
    NULL,
    NULL,
    NULL};

static const enum cell_style styles[DOCTOR_STATUSES] = {
    [DOCTOR_OK] = CELL_GOOD,
    [DOCTOR_UNKNOWN] = CELL_FAINT,
    [DOCTOR_WARN] = CELL_WARN,
    [DOCTOR_FAIL] = CELL_BAD,
};

static void print_table(const struct doctor_finding *findings)
{
    static const struct table_column columns[] = {{"status", COLUMN_LEFT},
                                                  {"topic", COLUMN_LEFT},
                                                  {"check", COLUMN_LEFT},
                                                  {"value", COLUMN_LEFT}};
    struct table *t = table_make(columns, sizeof columns / sizeof columns[0]);
    for (const struct doctor_finding *f = findings; f->id != NULL; f++) {
        table_cell(t, styles[f->status], "%s", doctor_status_names[f->status]);
        table_cell(t, CELL_PLAIN, "%s", f->topic);
        table_cell(t, CELL_PLAIN, "%s", f->id);
        table_cell(t, CELL_PLAIN, "%s", f->value);
    }
    table_print(t, stdout);
    table_free(t);

    /* the worst first */
    for (int status = DOCTOR_FAIL; status >= DOCTOR_UNKNOWN; status--)
        for (const struct doctor_finding *f = findings; f->id != NULL; f++)
            if ((int)f->status == status && f->remedy != NULL)
                printf("\n%s %s: %s\n  why     %s\n  remedy  %s\n", doctor_status_names[f->status],
                       f->id, f->value, f->why, f->remedy);

    struct doctor_summary summary = doctor_summarise(findings);
    printf("\n%u FAIL, %u WARN, %u UNKNOWN, %u OK\n", summary.count[DOCTOR_FAIL],
           summary.count[DOCTOR_WARN], summary.count[DOCTOR_UNKNOWN], summary.count[DOCTOR_OK]);
    free(summary.banner);
}

static void print_json(const struct doctor_finding *findings)
{
    json_t *list = json_array();
    for (const struct doctor_finding *f = findings; f->id != NULL; f++)
        json_array_append_new(list,
                              json_pack("{ss ss ss ss ss ss?}", "id", f->id, "topic", f->topic,
                                        "status", doctor_status_names[f->status], "value", f->value,
                                        "why", f->why, "remedy", f->remedy));
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

int command_doctor(int argc, char **argv)
{
    struct doctor_options options = {false, false};
    argp_parse(&argp, argc, argv, 0, NULL, &options);

    struct place *place = place_here();
    struct machine_fact *facts = machine_facts(place);
    struct doctor_probe probe;
    if (!options.quick)
        doctor_probe(place, &probe);
    struct doctor_subject subject = {facts, place, options.quick ? NULL : &probe};
    struct doctor_finding *findings = doctor_examine(&subject);
    (options.json ? print_json : print_table)(findings);

    struct doctor_summary summary = doctor_summarise(findings);
    bool failed = summary.count[DOCTOR_FAIL] > 0;
    free(summary.banner);
    doctor_findings_free(findings);
    machine_facts_free(facts);
    place_close(place);
    return failed ? EXIT_CHECK_FAILED : EXIT_FINE;
}
