// SPDX-License-Identifier: MIT
#include "cli/report_model.h"

#include "cli/report_grow.h"
#include "support/fail.h"

#include <contend/impl.h>

#include <stdlib.h>
#include <string.h>

static bool seen_before(struct report_model *m, const char *a, const char *b, const char *c)
{
    char *key = must_printf("%s/%s/%s", a, b, c);
    size_t before = m->seen_count;
    struct one {
        char *name;
    } *seen = (struct one *)(void *)m->seen;
    (void)NAMED(seen, m->seen_count, key);
    m->seen = (char **)(void *)seen;
    free(key);
    return m->seen_count == before;
}

static struct model_failure *failure_of(const struct store_model_row *row)
{
    struct model_failure *f = must_alloc(sizeof *f);
    *f = (struct model_failure){kept(row->kind),   kept(row->impl),  kept(row->scenario),
                                kept(row->claim),  kept(row->why),   kept(row->site),
                                kept(row->replay), kept(row->trace), kept(row->svg)};
    return f;
}

static void failure_free(struct model_failure *f)
{
    if (!f)
        return;
    char *const texts[] = {f->kind, f->impl,   f->scenario, f->claim, f->why,
                           f->site, f->replay, f->trace,    f->svg};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(f);
}

static void load_failure(struct report_model *m, const struct store_model_row *row)
{
    if (!row->control) {
        if (!m->failure)
            m->failure = failure_of(row);
        return;
    }
    bool better = !m->example || (row->svg && !m->example->svg);
    if (!better)
        return;
    failure_free(m->example);
    m->example = failure_of(row);
}

static void load_skipped(struct model_impl *impl, const struct store_model_row *row)
{
    if (!row->scenario && !impl->why)
        impl->why = kept(row->why);
    if (!row->scenario)
        return;
    impl->skipped = grown(impl->skipped, impl->skipped_count, sizeof *impl->skipped);
    impl->skipped[impl->skipped_count++] = kept(row->scenario);
}

static bool listed(const char *list, const char *bound)
{
    size_t length = strlen(bound);
    for (const char *at = list; at; at = strstr(at, ", ") ? strstr(at, ", ") + 2 : NULL)
        if (strncmp(at, bound, length) == 0 && (at[length] == '\0' || at[length] == ','))
            return true;
    return false;
}

/* To the list of bounds, if it is not there. */
static void add_bound(struct model_impl *impl, const char *bound)
{
    if (listed(impl->within, bound))
        return;
    char *longer =
        must_printf("%s%s%s", impl->within ? impl->within : "", impl->within ? ", " : "", bound);
    free(impl->within);
    impl->within = longer;
}

static void load_row(void *context, const struct store_model_row *row)
{
    struct report_model *m = context;
    char *size =
        must_printf("%s/%ux%u", row->scenario ? row->scenario : "", row->threads, row->steps);
    bool known = seen_before(m, row->kind, row->impl, size);
    free(size);
    if (known)
        return;
    struct model_kind *kind = NAMED(m->kinds, m->kind_count, row->kind);
    struct model_impl *impl = NAMED(kind->impls, kind->impl_count, row->impl);
    bool failed = row->verdict == MODEL_FAILED || row->verdict == MODEL_KILLED;
    impl->control = row->control;
    if (row->verdict == MODEL_SKIPPED) {
        load_skipped(impl, row);
        return;
    }
    impl->rows++;
    impl->executions += row->executions;
    impl->seconds += row->seconds;
    impl->exhausted += !failed && row->exhausted;
    impl->failed += failed;
    if (!failed && row->exhausted)
        add_bound(impl, row->exhausted);
    if (failed && !impl->why)
        impl->why = must_printf("%s: %s", row->scenario, row->why ? row->why : row->claim);
    if (failed)
        load_failure(m, row);
}

static void load_litmus(void *context, const struct store_model_litmus *row)
{
    struct report_model *m = context;
    if (seen_before(m, "litmus", row->name, row->outcome))
        return;
    m->litmus = grown(m->litmus, m->litmus_count, sizeof *m->litmus);
    m->litmus[m->litmus_count++] =
        (struct model_outcome){kept(row->name), kept(row->outcome), kept(row->answer),
                               row->executions, row->happened,      row->as_expected};
}

static void load_run(void *context, const struct store_run *run)
{
    struct report_model *m = context;
    m->interrupted |= run->status != RUN_DONE;
}

void report_model_add(struct report_model *model, struct store *s, int64_t run)
{
    store_each_run(s, run, load_run, model);
    store_each_model_row(s, run, load_row, model);
    store_each_model_litmus(s, run, load_litmus, model);
    model->runs++;
}

/* Where a kind, or an implementation of it, stands in this program's list; what is not there, last. */
static size_t place_of(const char *kind, const char *impl)
{
    size_t i = 0;
    while (ct_impls[i] &&
           (strcmp(ct_impls[i]->kind, kind) != 0 || (impl && strcmp(ct_impls[i]->name, impl) != 0)))
        i++;
    return i;
}

static int by_place(size_t x, size_t y, const char *a, const char *b)
{
    return x != y ? (x < y ? -1 : 1) : strcmp(a, b);
}

static int kinds_in_order(const void *a, const void *b)
{
    const struct model_kind *x = a, *y = b;
    return by_place(place_of(x->name, NULL), place_of(y->name, NULL), x->name, y->name);
}

static const char *kind_sorted; /* qsort has no context */

static int impls_in_order(const void *a, const void *b)
{
    const struct model_impl *x = a, *y = b;
    return by_place(place_of(kind_sorted, x->name), place_of(kind_sorted, y->name), x->name,
                    y->name);
}

void report_model_sort(struct report_model *model)
{
    if (model->kind_count > 0)
        qsort(model->kinds, model->kind_count, sizeof *model->kinds, kinds_in_order);
    for (size_t k = 0; k < model->kind_count; k++) {
        kind_sorted = model->kinds[k].name;
        qsort(model->kinds[k].impls, model->kinds[k].impl_count, sizeof *model->kinds[k].impls,
              impls_in_order);
    }
}

static void impl_free(struct model_impl *impl)
{
    for (size_t i = 0; i < impl->skipped_count; i++)
        free(impl->skipped[i]);
    free(impl->skipped);
    free(impl->within);
    free(impl->why);
    free(impl->name);
}

void report_model_free(struct report_model *model)
{
    if (!model)
        return;
    for (size_t k = 0; k < model->kind_count; k++) {
        for (size_t i = 0; i < model->kinds[k].impl_count; i++)
            impl_free(&model->kinds[k].impls[i]);
        free(model->kinds[k].impls);
        free(model->kinds[k].name);
    }
    for (size_t i = 0; i < model->litmus_count; i++) {
        free(model->litmus[i].name);
        free(model->litmus[i].outcome);
        free(model->litmus[i].answer);
    }
    for (size_t i = 0; i < model->seen_count; i++)
        free(model->seen[i]);
    free(model->seen);
    free(model->litmus);
    free(model->kinds);
    failure_free(model->failure);
    failure_free(model->example);
    free(model);
}
