// SPDX-License-Identifier: MIT
/* The store after kill -9, with several writers and on a full disk: what was acknowledged is there. The
   seed of the moments of death may be given as the argument. */
#include "cli/store.h"
#include "support/rng.h"
#include "tests/store_samples.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

static const struct ct_impl impl = {
    .kind = "mutex", .name = "first", .summary = "made up", .source = "nobody"};

/* Inserts for ever; writes each round to acknowledgements after the store took it. */
static int acknowledgements;

static void insert_for_ever(const char *path)
{
    struct store *s = store_open(path);
    struct destination to = {
        s, fixture_case(s, store_run_begin(s, "bench", "", "", 1, NULL), &impl, 0, 2)};
    for (unsigned round = 0;; round++) {
        with_sample(round, put_sample, &to);
        if (write(acknowledgements, &round, sizeof round) != sizeof round)
            _exit(EXIT_CHECK_FAILED);
    }
}

static void last_case(void *context, const struct store_case *c)
{
    *(int64_t *)context = c->id;
}

static void sleep_us(uint64_t us)
{
    nanosleep(&(struct timespec){0, (long)us * 1000}, NULL);
}

static void test_kill(struct rng *rng)
{
    unsigned rounds = 0;
    for (unsigned attempt = 0; attempt < 12; attempt++) {
        int ends[2];
        if (pipe(ends) != 0)
            fail(EXIT_ENVIRONMENT, "pipe: %s", strerror(errno));
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            acknowledgements = ends[1];
            insert_for_ever(fixture_path("killed.db"));
        }
        close(ends[1]);
        unsigned acknowledged = 0, round;
        bool begun = read(ends[0], &round, sizeof round) == sizeof round;
        sleep_us(rng_below(rng, 15000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &round, sizeof round) == sizeof round)
            acknowledged = round;
        close(ends[0]);
        CHECK(begun, "the writer did not begin");

        struct store *s = store_open(fixture_path("killed.db"));
        int64_t case_id = 0;
        store_each_case(s, store_latest_run(s, "bench"), last_case, &case_id);
        struct seen seen = {0};
        store_each_sample(s, case_id, see_sample, &seen);
        CHECK(seen.as_written && seen.rounds == seen.count && seen.count >= acknowledged + 1,
              "attempt %u: round %u acknowledged, %u rows, %u without a gap", attempt, acknowledged,
              seen.count, seen.rounds);
        CHECK(store_each_run(s, 0, NULL, NULL) == attempt + 1, "attempt %u: runs lost", attempt);
        rounds += seen.count;
        store_close(s);
    }
    printf("store_crash: killed 12 writers after %u rows\n", rounds);
    fflush(stdout);
}

/* Killed while it makes the file: whatever is there then can be opened. */
static void test_kill_creation(struct rng *rng)
{
    for (unsigned attempt = 0; attempt < 25; attempt++) {
        pid_t child = fork();
        if (child == 0) {
            open_and_close(fixture_path("half.db"));
            _exit(0);
        }
        sleep_us(rng_below(rng, 6000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct outcome o = in_child(open_and_close, fixture_path("half.db"));
        CHECK(o.status == 0, "attempt %u: %s", attempt, o.said);
        unlink(fixture_path("half.db"));
        unlink(fixture_path("half.db-wal"));
        unlink(fixture_path("half.db-shm"));
    }
}

/* Several processes make the store at once, and write to it at once. */
enum { WRITERS = 4, WRITER_ROUNDS = 40 };

static void test_writers(void)
{
    pid_t writers[WRITERS];
    for (size_t w = 0; w < WRITERS; w++) {
        writers[w] = fork();
        if (writers[w] == 0) {
            struct store *s = store_open(fixture_path("writers.db"));
            int64_t run = store_run_begin(s, "bench", "", "", w, NULL);
            struct destination to = {s, fixture_case(s, run, &impl, 0, 2)};
            for (unsigned round = 0; round < WRITER_ROUNDS; round++)
                with_sample(round, put_sample, &to);
            store_run_end(s, run, RUN_DONE);
            store_close(s);
            _exit(0);
        }
    }
    for (size_t w = 0; w < WRITERS; w++) {
        int status;
        waitpid(writers[w], &status, 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "writer %zu: status %d", w, status);
    }
    struct store *s = store_open_existing(fixture_path("writers.db"));
    CHECK(store_each_run(s, 0, NULL, NULL) == WRITERS, "runs");
    for (int64_t run = 1; run <= WRITERS; run++) {
        int64_t case_id = 0;
        store_each_case(s, run, last_case, &case_id);
        struct seen seen = {0};
        store_each_sample(s, case_id, see_sample, &seen);
        CHECK(seen.as_written && seen.rounds == WRITER_ROUNDS && seen.count == WRITER_ROUNDS,
              "run %" PRId64 ": %u rows", run, seen.count);
    }
    store_close(s);
}

/* No file of this process may grow beyond 128 KiB: the disk is full. */
static void fill_the_disk(const char *path)
{
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1 << 17, 1 << 17});
    acknowledgements = open("/dev/null", O_WRONLY);
    insert_for_ever(path);
}

static void test_disk_full(void)
{
    struct outcome o = in_child(fill_the_disk, fixture_path("full.db"));
    check_refusal(&o, "disk full", "cannot write");
    struct store *s = store_open_existing(fixture_path("full.db"));
    int64_t case_id = 0;
    store_each_case(s, 1, last_case, &case_id);
    struct seen seen = {0};
    store_each_sample(s, case_id, see_sample, &seen);
    CHECK(seen.as_written && seen.count > 0 && seen.rounds == seen.count, "%u rows", seen.count);
    store_close(s);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
    printf("store_crash: seed %" PRIu64 "\n", seed);
    fflush(stdout);
    struct rng rng = rng_seeded(seed, 0);
    fixture_begin();
    test_kill(&rng);
    test_kill_creation(&rng);
    test_writers();
    test_disk_full();
    fixture_end();
    return check_result("store_crash");
}
