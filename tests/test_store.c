// SPDX-License-Identifier: MIT
/* What goes into the store comes out; what is no store is refused and left alone. */
#include "cli/store.h"
#include "tests/check.h"
#include "tests/store_samples.h"

#include <unistd.h>

static const struct ct_impl impls[] = {
    {.kind = "mutex",
     .name = "reference",
     .summary = "what others are compared with",
     .source = "nobody 1970",
     .size_bytes = 40,
     .align_bytes = 8,
     .traits = CT_REFERENCE | CT_PARKS},
    {.kind = "mutex",
     .name = "first",
     .summary = "a \"quoted\" one, with \xc2\xb5",
     .source = "somebody 1991",
     .size_bytes = 8,
     .align_bytes = 4,
     .node_bytes = 16,
     .traits = CT_FIFO | CT_SPINS},
    {.kind = "mutex",
     .name = "second",
     .summary = "another project's",
     .source = "libsecond",
     .package = "libsecond 1.2-3",
     .size_bytes = 64,
     .align_bytes = 64,
     .traits = CT_PEER | CT_OPAQUE},
};

static void see_run(void *context, const struct store_run *run)
{
    struct seen *seen = context;
    seen->count++;
    seen->as_written = strcmp(run->command, "bench") == 0 &&
                       strcmp(run->arguments, "--kind mutex") == 0 &&
                       strcmp(run->profile, "quick") == 0 && run->seed == UINT64_MAX - 1 &&
                       run->status == RUN_INTERRUPTED && strlen(run->started_at) == 20 &&
                       run->ended_at && strcmp(run->started_at, run->ended_at) <= 0;
}

static void see_fact(void *context, const char *key, const char *value)
{
    struct seen *seen = context;
    const char *keys[] = {"zeta", "alpha"}, *values[] = {"last, but first", ""};
    seen->as_written =
        strcmp(key, keys[seen->count]) == 0 && strcmp(value, values[seen->count]) == 0;
    seen->count++;
}

static void see_limit(void *context, enum limit_id id, const struct limit *limit)
{
    struct seen *seen = context;
    seen->as_written = id == seen->count && strcmp(limit->what, "what it is") == 0 &&
                       same_real(limit->ns, (double)id - 1);
    seen->count++;
}

static void see_case(void *context, const struct store_case *c)
{
    struct seen *seen = context;
    const struct ct_impl *impl = &impls[seen->count];
    CHECK(strcmp(c->kind, "mutex") == 0 && strcmp(c->workload, "tiny") == 0 &&
              strcmp(c->question, fixture_workload.question) == 0 && c->hold_ns == 10 &&
              c->think_ns == 30 && c->threads == 2 && c->group == 7 &&
              strcmp(c->placement, place_order_names[PLACE_COMPACT]) == 0,
          "workload of %s", c->name);
    CHECK(strcmp(c->impl, impl->name) == 0 && strcmp(c->impl_summary, impl->summary) == 0 &&
              strcmp(c->source, impl->source) == 0 && same_text(c->package, impl->package) &&
              c->traits == impl->traits && c->size_bytes == impl->size_bytes &&
              c->align_bytes == impl->align_bytes && c->node_bytes == impl->node_bytes,
          "implementation of %s", c->name);
    CHECK(same_text(c->broken, seen->count == 1 ? "lost an update" : NULL), "broken: %s",
          c->broken ? c->broken : "no");
    seen->count++;
}

static void see_stress(void *context, const struct store_stress *row)
{
    struct seen *seen = context;
    bool control = seen->count == 1;
    seen->as_written = strcmp(row->kind, "mutex") == 0 && strcmp(row->scenario, "handoff") == 0 &&
                       strcmp(row->impl, "first") == 0 && strcmp(row->perturbation, "none") == 0 &&
                       row->seed == UINT64_MAX && row->rounds == 1 && row->operations == 2 &&
                       row->contended == 3 && row->sleeps == 4 && row->wait_ns_max == 5 &&
                       same_real(row->seconds, 0.5) &&
                       same_text(row->failure, control ? "two inside" : NULL) &&
                       same_text(row->control_killers, control ? "MH" : NULL);
    seen->count++;
}

static void test_round_trip(void)
{
    struct store *s = store_open(fixture_path("round-trip.db"));
    CHECK(store_latest_run(s, "bench") == 0, "a run in a new store");
    struct machine_fact facts[] = {
        {"zeta", (char[]){"last, but first"}}, {"alpha", (char[]){""}}, {NULL, NULL}};
    int64_t other = store_run_begin(s, "stress", "", "quick", 1, NULL);
    int64_t run = store_run_begin(s, "bench", "--kind mutex", "quick", UINT64_MAX - 1, facts);
    CHECK(store_latest_run(s, "bench") == run && store_latest_run(s, "stress") == other,
          "newest runs");

    struct limit limits[LIMITS];
    for (unsigned i = 0; i < LIMITS; i++)
        limits[i] = (struct limit){"limit_ns", "what it is", (double)i - 1};
    store_limits(s, run, limits);
    int64_t cases[3];
    for (size_t i = 0; i < 3; i++)
        cases[i] = fixture_case(s, run, &impls[i], 7, 2);
    store_case_broken(s, cases[1], "lost an update");
    struct destination to = {s, cases[2]};
    for (unsigned round = 0; round < 12; round++)
        with_sample(round, put_sample, &to);
    struct bench_sample bare = {.rejected = "broke its invariant"};
    store_sample(s, cases[1], &bare);

    struct store_stress stress = {.kind = "mutex",
                                  .scenario = "handoff",
                                  .impl = "first",
                                  .perturbation = "none",
                                  .seed = UINT64_MAX,
                                  .rounds = 1,
                                  .operations = 2,
                                  .contended = 3,
                                  .sleeps = 4,
                                  .wait_ns_max = 5,
                                  .seconds = 0.5};
    store_stress(s, other, &stress);
    stress.failure = "two inside";
    stress.control_killers = "MH";
    store_stress(s, other, &stress);
    store_run_end(s, run, RUN_INTERRUPTED);
    store_close(s);

    s = store_open_existing(fixture_path("round-trip.db"));
    struct seen seen = {0};
    CHECK(store_each_run(s, run, see_run, &seen) == 1 && seen.as_written, "run");
    CHECK(store_each_run(s, 0, NULL, NULL) == 2, "all runs");
    seen = (struct seen){0};
    CHECK(store_each_fact(s, run, see_fact, &seen) == 2 && seen.as_written, "facts");
    CHECK(store_each_fact(s, other, NULL, NULL) == 0, "facts of the other run");
    seen = (struct seen){0};
    CHECK(store_each_limit(s, run, see_limit, &seen) == LIMITS && seen.as_written, "limits");
    seen = (struct seen){0};
    CHECK(store_each_case(s, run, see_case, &seen) == 3, "cases");
    seen = (struct seen){0};
    CHECK(store_each_sample(s, cases[2], see_sample, &seen) == 12 && seen.as_written &&
              seen.rounds == 12,
          "samples");
    CHECK(store_each_sample(s, cases[1], NULL, NULL) == 1, "a sample without details");
    seen = (struct seen){0};
    CHECK(store_each_stress(s, other, see_stress, &seen) == 2 && seen.as_written, "stress rows");

    struct store *writer = store_open(fixture_path("round-trip.db"));
    store_snapshot_begin(s);
    size_t before = store_each_run(s, 0, NULL, NULL);
    store_run_begin(writer, "bench", "", "", 0, NULL);
    CHECK(store_each_run(s, 0, NULL, NULL) == before, "the snapshot moved");
    store_snapshot_end(s);
    CHECK(store_each_run(s, 0, NULL, NULL) == before + 1, "the snapshot never ended");
    store_close(writer);
    store_close(s);
}

static void open_existing_and_close(const char *path)
{
    store_close(store_open_existing(path));
}

struct content {
    size_t length;
    char bytes[1 << 18];
};

static void content_read(struct content *c, const char *path)
{
    FILE *f = fopen(path, "rb");
    c->length = f ? fread(c->bytes, 1, sizeof c->bytes, f) : 0;
    if (f)
        fclose(f);
}

static void content_write(const struct content *c, const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(c->bytes, 1, c->length, f) != c->length || fclose(f) != 0)
        fail(EXIT_ENVIRONMENT, "%s: cannot write", path);
}

/* A good store's bytes with some of them overwritten, or cut. */
struct spoil {
    const char *about, *why;
    size_t offset, length; /* overwritten with fill; length 0: the file ends at offset */
    int fill;
};

static const struct spoil spoils[] = {
    {"text file", "not a SQLite file", 0, 4096, 'x'},
    {"cut in its first bytes", "not a SQLite file", 50, 0, 0},
    {"newer schema", "this program reads 5", 62, 1, 1},
    {"another application", "another application's", 68, 4, 0},
    {"damaged pages", "damaged", 4096, 12288, 0xa5},
    {"cut in the middle", "damaged", 8192, 0, 0},
};

static void test_refusals(void)
{
    static struct content good, before, after;
    open_and_close(fixture_path("good.db"));
    content_read(&good, fixture_path("good.db"));
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        const struct spoil *spoil = &spoils[i];
        before = good;
        memset(before.bytes + spoil->offset, spoil->fill, spoil->length);
        if (spoil->length == 0)
            before.length = spoil->offset;
        content_write(&before, fixture_path("spoilt.db"));
        struct outcome o = in_child(open_and_close, fixture_path("spoilt.db"));
        check_refusal(&o, spoil->about, spoil->why);
        o = in_child(open_existing_and_close, fixture_path("spoilt.db"));
        check_refusal(&o, spoil->about, spoil->why);
        content_read(&after, fixture_path("spoilt.db"));
        CHECK(before.length == after.length &&
                  memcmp(before.bytes, after.bytes, before.length) == 0,
              "%s: the file was changed", spoil->about);
        CHECK(access(fixture_path("spoilt.db-wal"), F_OK) != 0 &&
                  access(fixture_path("spoilt.db-shm"), F_OK) != 0,
              "%s: left a file behind", spoil->about);
    }
    struct outcome o = in_child(open_and_close, fixture_path("missing/results.db"));
    check_refusal(&o, "missing directory", "no directory");
    o = in_child(open_existing_and_close, fixture_path("missing.db"));
    check_refusal(&o, "missing store", "no such file");
    CHECK(access(fixture_path("missing.db"), F_OK) != 0, "store_open_existing made a file");
    o = in_child(open_and_close, fixture_dir);
    check_refusal(&o, "a directory", "directory");

    content_write(&(struct content){0}, fixture_path("empty.db"));
    o = in_child(open_and_close, fixture_path("empty.db"));
    CHECK(o.status == 0, "an empty file cannot become a store: %s", o.said);
}

int main(void)
{
    fixture_begin();
    test_round_trip();
    test_refusals();
    fixture_end();
    return check_result("store");
}
