// SPDX-License-Identifier: MIT
#include "cli/store_model.h"

#include "cli/store_file.h"

#include <math.h>
#include <string.h>

const char *const store_verdict_names[STORE_VERDICTS] = {"holds", "FAILED", "killed", "SURVIVED",
                                                         "skipped"};

void store_model_row(struct store *s, int64_t run, const struct store_model_row *row)
{
    bool explored = row->verdict != MODEL_SKIPPED;
    const uint64_t sizes[] = {row->threads, row->steps};
    const uint64_t counts[] = {row->executions, row->complete, row->adrift};
    struct row r = row_begin_of(s, MODEL_ROW_ADD, run);
    row_put_text(&r, row->kind);
    row_put_text(&r, row->impl);
    row_put_integer(&r, row->control);
    row_put_text(&r, row->scenario);
    row_put_text(&r, row->claim);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        explored ? row_put_integer(&r, sizes[i]) : row_put_text(&r, NULL);
    row_put_text(&r, row->mode);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        explored ? row_put_integer(&r, counts[i]) : row_put_text(&r, NULL);
    row_put_text(&r, row->exhausted);
    row_put_real(&r, explored ? row->seconds : (double)NAN);
    row_put_text(&r, store_verdict_names[row->verdict]);
    row_put_text(&r, row->why);
    row_put_text(&r, row->site);
    row_put_text(&r, row->replay);
    row_put_text(&r, row->trace);
    row_put_text(&r, row->svg);
    row_run(&r);
}

void store_model_litmus(struct store *s, int64_t run, const struct store_model_litmus *row)
{
    struct row r = row_begin_of(s, MODEL_LITMUS_ADD, run);
    row_put_text(&r, row->name);
    row_put_text(&r, row->outcome);
    row_put_text(&r, row->answer);
    row_put_text(&r, row->mode);
    row_put_integer(&r, row->executions);
    row_put_integer(&r, row->happened);
    row_put_real(&r, row->seconds);
    row_put_integer(&r, row->as_expected);
    row_run(&r);
}

/* Reading: columns in the order of store_sql.c. */

static enum store_verdict get_verdict(struct row *r)
{
    const char *name = row_get_text(r);
    unsigned verdict = 0;
    while (verdict < STORE_VERDICTS && strcmp(name, store_verdict_names[verdict]) != 0)
        verdict++;
    if (verdict == STORE_VERDICTS)
        store_damaged(r->store, "a verdict of the model");
    return (enum store_verdict)verdict;
}

size_t store_each_model_row(struct store *s, int64_t run, store_visit_model_row *visit,
                            void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, MODEL_ROW_EACH, run); row_next(&r); n++) {
        struct store_model_row found;
        found.kind = row_get_text(&r);
        found.impl = row_get_text(&r);
        found.control = row_get_integer(&r) != 0;
        found.scenario = row_get_text(&r);
        found.claim = row_get_text(&r);
        found.threads = row_get_unsigned(&r);
        found.steps = row_get_unsigned(&r);
        found.mode = row_get_text(&r);
        found.executions = row_get_integer(&r);
        found.complete = row_get_integer(&r);
        found.adrift = row_get_integer(&r);
        found.exhausted = row_get_text(&r);
        found.seconds = row_get_real(&r);
        found.verdict = get_verdict(&r);
        found.why = row_get_text(&r);
        found.site = row_get_text(&r);
        found.replay = row_get_text(&r);
        found.trace = row_get_text(&r);
        found.svg = row_get_text(&r);
        if (visit)
            visit(context, &found);
    }
    return n;
}

size_t store_each_model_litmus(struct store *s, int64_t run, store_visit_model_litmus *visit,
                               void *context)
{
    size_t n = 0;
    for (struct row r = row_begin_of(s, MODEL_LITMUS_EACH, run); row_next(&r); n++) {
        struct store_model_litmus found;
        found.name = row_get_text(&r);
        found.outcome = row_get_text(&r);
        found.answer = row_get_text(&r);
        found.mode = row_get_text(&r);
        found.executions = row_get_integer(&r);
        found.happened = row_get_integer(&r);
        found.seconds = row_get_real(&r);
        found.as_expected = row_get_integer(&r) != 0;
        if (visit)
            visit(context, &found);
    }
    return n;
}
