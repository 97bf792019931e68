// SPDX-License-Identifier: MIT
#include "cli/report_proof.h"

#include "cli/report_grow.h"
#include "stress/scenario.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char proof_checker_letters[PROOF_CHECKERS] = {'M', 'H', 'T'};
const char *const proof_checker_names[PROOF_CHECKERS] = {"model", "hardware", "ThreadSanitizer"};

struct loading {
    struct proof *proof;
    enum proof_checker checker; /* the build that the run was made with */
};

static void note_expected(struct proof_control *c, const char *killers)
{
    for (size_t i = 0; i < PROOF_CHECKERS; i++)
        c->expected[i] = strchr(killers, proof_checker_letters[i]) != NULL;
}

static void note_try(struct proof_control *c, enum proof_checker checker, double seconds,
                     bool caught)
{
    c->tried[checker] = true;
    c->open_seconds[checker] += seconds;
    if (caught || !c->killed[checker])
        c->seconds[checker] = fmax(c->seconds[checker], c->open_seconds[checker]);
    if (caught && !c->killed[checker]) /* before, it was the time of tries that failed */
        c->seconds[checker] = c->open_seconds[checker];
    if (caught)
        c->open_seconds[checker] = 0;
    c->killed[checker] |= caught;
}

static void load_control(struct loading *l, struct proof_kind *kind, const struct store_stress *row)
{
    struct proof_control *c = NAMED(kind->controls, kind->control_count, row->impl);
    note_expected(c, row->control_killers);
    note_try(c, strcmp(row->perturbation, "model") == 0 ? PROOF_MODEL : l->checker, row->seconds,
             row->failure != NULL);
    if (row->failure && !c->how)
        c->how = must_printf("%s under %s: %s", row->scenario, row->perturbation, row->failure);
}

static void load_row(void *context, const struct store_stress *row)
{
    struct loading *l = context;
    struct proof_kind *kind = NAMED(l->proof->kinds, l->proof->kind_count, row->kind);
    if (row->control_killers) {
        load_control(l, kind, row);
        return;
    }
    struct proof_impl *impl = NAMED(kind->impls, kind->impl_count, row->impl);
    (void)NAMED(impl->scenarios, impl->scenario_count, row->scenario);
    (void)NAMED(kind->scenarios, kind->scenario_count, row->scenario);
    impl->rounds += row->rounds;
    impl->operations += row->operations;
    impl->contended += row->contended;
    impl->sleeps += row->sleeps;
    impl->seconds += row->seconds;
    if (row->wait_ns_max > 0) {
        impl->waits_ns = grown(impl->waits_ns, impl->wait_count, sizeof *impl->waits_ns);
        impl->waits_ns[impl->wait_count++] = (double)row->wait_ns_max;
    }
    impl->failures += row->failure != NULL;
    if (row->failure && !impl->failure)
        impl->failure =
            must_printf("%s under %s: %s", row->scenario, row->perturbation, row->failure);
}

struct build {
    char *revision;
    bool tsan;
};

static void load_fact(void *context, const char *key, const char *value)
{
    struct build *b = context;
    if (strcmp(key, "git_revision") == 0 && !b->revision)
        b->revision = must_printf("%s", value);
    b->tsan |= strcmp(key, "compiler_flags") == 0 && strstr(value, "-fsanitize=thread");
}

static struct build build_of(struct store *s, int64_t run)
{
    struct build b = {NULL, false};
    store_each_fact(s, run, load_fact, &b);
    if (!b.revision)
        b.revision = must_printf("unknown");
    return b;
}

struct run_list {
    int64_t *ids;
    size_t count;
};

static void list_run(void *context, const struct store_run *run)
{
    struct run_list *l = context;
    l->ids = grown(l->ids, l->count, sizeof *l->ids);
    l->ids[l->count++] = run->id;
}

/* Who must catch a control, by this program's own list: the model's rows do not say. */
static const char *killers_of(const char *kind, const char *control)
{
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        for (const struct scenario_control *c = (*k)->controls; c->impl; c++) {
            if (strcmp((*k)->kind, kind) == 0 && strcmp(c->impl->name, control) == 0)
                return c->killers;
        }
    }
    return "";
}

/* What the model made of the controls. */
static void load_model_controls(struct proof *proof)
{
    for (size_t k = 0; k < proof->model->kind_count; k++) {
        const struct model_kind *of = &proof->model->kinds[k];
        for (size_t i = 0; i < of->impl_count; i++) {
            const struct model_impl *impl = &of->impls[i];
            if (!impl->control || impl->rows == 0)
                continue;
            struct proof_kind *kind = NAMED(proof->kinds, proof->kind_count, of->name);
            size_t before = kind->control_count;
            struct proof_control *c = NAMED(kind->controls, kind->control_count, impl->name);
            if (kind->control_count > before)
                note_expected(c, killers_of(of->name, impl->name));
            note_try(c, PROOF_MODEL, impl->seconds, impl->failed > 0);
            c->expected[PROOF_MODEL] = true;
            if (impl->failed && !c->how)
                c->how = must_printf("%s", impl->why);
        }
    }
}

static void load_run(struct proof *proof, struct store *s, int64_t run, const struct build *b,
                     bool explored)
{
    struct loading l = {proof, b->tsan ? PROOF_TSAN : PROOF_HARDWARE};
    store_each_stress(s, run, load_row, &l);
    if (!explored)
        return;
    if (!proof->model)
        proof->model = must_alloc(sizeof *proof->model);
    report_model_add(proof->model, s, run);
}

struct proof *proof_load(struct store *s)
{
    struct proof *proof = must_alloc(sizeof *proof);
    struct run_list runs = {NULL, 0};
    store_snapshot_begin(s);
    store_each_run(s, 0, list_run, &runs);
    for (size_t i = runs.count; i-- > 0;) { /* the newest says which build counts */
        size_t stressed = store_each_stress(s, runs.ids[i], NULL, NULL);
        size_t explored = store_each_model_row(s, runs.ids[i], NULL, NULL) +
                          store_each_model_litmus(s, runs.ids[i], NULL, NULL);
        if (stressed + explored == 0)
            continue;
        struct build b = build_of(s, runs.ids[i]);
        if (!proof->revision)
            proof->revision = must_printf("%s", b.revision);
        bool same = strcmp(proof->revision, b.revision) == 0;
        if (same)
            load_run(proof, s, runs.ids[i], &b, explored > 0);
        proof->runs += same && stressed > 0;
        proof->older_runs += !same;
        free(b.revision);
    }
    if (proof->model) {
        report_model_sort(proof->model);
        load_model_controls(proof);
    }
    proof->soak = report_soak_load(s);
    store_snapshot_end(s);
    free(runs.ids);
    return proof;
}

static void names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

void proof_free(struct proof *proof)
{
    for (size_t k = 0; k < proof->kind_count; k++) {
        struct proof_kind *kind = &proof->kinds[k];
        for (size_t i = 0; i < kind->impl_count; i++) {
            names_free(kind->impls[i].scenarios, kind->impls[i].scenario_count);
            free(kind->impls[i].name);
            free(kind->impls[i].waits_ns);
            free(kind->impls[i].failure);
        }
        for (size_t i = 0; i < kind->control_count; i++) {
            free(kind->controls[i].name);
            free(kind->controls[i].how);
        }
        names_free(kind->scenarios, kind->scenario_count);
        free(kind->impls);
        free(kind->controls);
        free(kind->name);
    }
    report_model_free(proof->model);
    report_soak_free(proof->soak);
    free(proof->kinds);
    free(proof->revision);
    free(proof);
}

double proof_longest_wait_ns(const struct proof_impl *impl)
{
    double longest = 0;
    for (size_t i = 0; i < impl->wait_count; i++)
        longest = impl->waits_ns[i] > longest ? impl->waits_ns[i] : longest;
    return longest;
}
