// SPDX-License-Identifier: MIT
#include "cli/report_proof.h"

#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

const char proof_checker_letters[PROOF_CHECKERS] = {'M', 'H', 'T'};
const char *const proof_checker_names[PROOF_CHECKERS] = {"model", "hardware", "ThreadSanitizer"};

static void *grown(void *items, size_t count, size_t size)
{
    items = realloc(items, (count + 1) * size);
    if (!items)
        fail(EXIT_ENVIRONMENT, "memory: no room for %zu rows of a stress run", count + 1);
    memset((char *)items + count * size, 0, size);
    return items;
}

/* The item of that name, added where there is none. Every kind of item begins with its name. */
static void *named(void **items, size_t *count, size_t size, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        char *item = (char *)*items + i * size;
        if (strcmp(*(char **)(void *)item, name) == 0)
            return item;
    }
    *items = grown(*items, *count, size);
    char *item = (char *)*items + (*count)++ * size;
    *(char **)(void *)item = must_printf("%s", name);
    return item;
}
#define NAMED(items, count, name) named((void **)&(items), &(count), sizeof *(items), name)

struct loading {
    struct proof *proof;
    enum proof_checker checker; /* the build that the run was made with */
};

static void load_control(struct loading *l, struct proof_kind *kind, const struct store_stress *row)
{
    struct proof_control *c = NAMED(kind->controls, kind->control_count, row->impl);
    for (size_t i = 0; i < PROOF_CHECKERS; i++)
        c->expected[i] = strchr(row->control_killers, proof_checker_letters[i]) != NULL;
    c->tried[l->checker] = true;
    c->seconds[l->checker] += row->seconds;
    c->killed[l->checker] |= row->failure != NULL;
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

struct proof *proof_load(struct store *s)
{
    struct proof *proof = must_alloc(sizeof *proof);
    struct run_list runs = {NULL, 0};
    store_snapshot_begin(s);
    store_each_run(s, 0, list_run, &runs);
    for (size_t i = runs.count; i-- > 0;) { /* the newest says which build counts */
        if (store_each_stress(s, runs.ids[i], NULL, NULL) == 0)
            continue;
        struct build b = build_of(s, runs.ids[i]);
        if (!proof->revision)
            proof->revision = must_printf("%s", b.revision);
        bool same = strcmp(proof->revision, b.revision) == 0;
        struct loading l = {proof, b.tsan ? PROOF_TSAN : PROOF_HARDWARE};
        if (same)
            store_each_stress(s, runs.ids[i], load_row, &l);
        proof->runs += same;
        proof->older_runs += !same;
        free(b.revision);
    }
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
