// SPDX-License-Identifier: MIT
/* Plans on machines that we do not have, binding on the one that we have, and cgroup quotas. */
#include "support/clock.h"
#include "support/fail.h"
#include "support/place.h"
#include "tests/check.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOPOLOGIES "tests/topologies" /* tests run in the source directory's root */

static struct place *open_or_fail(const char *source)
{
    const char *why = NULL;
    struct place *p = place_open(source, &why);
    if (!p)
        fail(EXIT_CHECK_FAILED, "%s", why);
    return p;
}

static struct place_cpu *plan(const struct place *p, enum place_order order, unsigned threads)
{
    struct place_cpu *cpus = must_alloc(threads * sizeof *cpus);
    place_plan(p, order, threads, cpus);
    return cpus;
}

/* The machine described by source, ordered, must give these os indexes first. */
static void check_begins(const char *source, enum place_order order, const int *expected,
                         unsigned threads)
{
    struct place *p = open_or_fail(source);
    struct place_cpu *cpus = plan(p, order, threads);
    for (unsigned i = 0; i < threads; i++)
        CHECK(cpus[i].os_index == expected[i], "%s of %s: thread %u is on %d, not %d",
              place_order_names[order], source, i, cpus[i].os_index, expected[i]);
    free(cpus);
    place_close(p);
}

#define CHECK_BEGINS(source, order, ...)                                                           \
    check_begins(source, order, (const int[]){__VA_ARGS__},                                        \
                 (unsigned)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

/* Every CPU exactly once, and no sibling before the last core got its thread. */
static void check_complete(const struct place *p, enum place_order order)
{
    unsigned n = place_cpus(p), cores = place_cores(p);
    struct place_cpu *cpus = plan(p, order, n);
    bool *used = must_alloc(65536 * sizeof *used);
    for (unsigned i = 0; i < n; i++) {
        CHECK(!used[cpus[i].os_index], "%s: CPU %d twice", place_order_names[order],
              cpus[i].os_index);
        used[cpus[i].os_index] = true;
        if (order != PLACE_SMT_PAIRS)
            CHECK((cpus[i].smt == 0) == (i < cores), "%s: thread %u is sibling %u",
                  place_order_names[order], i, cpus[i].smt);
    }
    free(used);
    free(cpus);
}

/* 2 packages x 8 L3s x 8 cores x 2 siblings, numbered side by side, and as x86 firmware does. */
static void check_two_sockets(const char *source, bool siblings_apart)
{
    struct place *p = open_or_fail(source);
    CHECK(place_cpus(p) == 256 && place_cores(p) == 128, "%u CPUs, %u cores", place_cpus(p),
          place_cores(p));
    CHECK(place_has_smt(p) && !place_is_this_machine(p), "SMT or this machine");
    char *text = place_describe(p);
    CHECK(strcmp(text, "2 packages, 1 NUMA node, 16 L3s, 128 cores, 256 threads") == 0, "%s", text);
    free(text);

    for (int order = PLACE_COMPACT; order < PLACE_ONE_CPU; order++)
        check_complete(p, (enum place_order)order);

    struct place_cpu *cpus = plan(p, PLACE_COMPACT, 256);
    for (unsigned i = 0; i < 256; i++) {
        unsigned core = i % 128, smt = i / 128;
        int os_index = (int)(siblings_apart ? core + 128 * smt : 2 * core + smt);
        CHECK(cpus[i].core == core && cpus[i].smt == smt && cpus[i].l3 == core / 8 &&
                  cpus[i].package == core / 64 && cpus[i].os_index == os_index,
              "compact: thread %u is on core %u.%u, L3 %u, package %u, CPU %d", i, cpus[i].core,
              cpus[i].smt, cpus[i].l3, cpus[i].package, cpus[i].os_index);
    }
    free(cpus);

    cpus = plan(p, PLACE_SPREAD, 256);
    for (unsigned i = 0; i < 256; i++) {
        unsigned package = i % 2, l3 = 8 * package + i / 2 % 8;
        CHECK(cpus[i].package == package && cpus[i].l3 == l3 &&
                  cpus[i].core == 8 * l3 + i / 16 % 8 && cpus[i].smt == i / 128,
              "spread: thread %u is on core %u.%u, L3 %u, package %u", i, cpus[i].core, cpus[i].smt,
              cpus[i].l3, cpus[i].package);
    }
    free(cpus);

    cpus = plan(p, PLACE_SMT_PAIRS, 256);
    for (unsigned i = 0; i < 256; i++)
        CHECK(cpus[i].core == i / 2 && cpus[i].smt == i % 2,
              "smt-pairs: thread %u is on core %u.%u", i, cpus[i].core, cpus[i].smt);
    free(cpus);

    cpus = plan(p, PLACE_UNPINNED, 3);
    for (unsigned i = 0; i < 3; i++)
        CHECK(cpus[i].os_index == -1, "unpinned: thread %u is on %d", i, cpus[i].os_index);
    free(cpus);

    cpus = plan(p, PLACE_COMPACT, 600);
    for (unsigned i = 256; i < 600; i++)
        CHECK(cpus[i].os_index == cpus[i - 256].os_index, "thread %u does not wrap round", i);
    free(cpus);

    struct place_cpu pinned = {.os_index = 0}, unpinned = {.os_index = -1};
    CHECK(place_bind_self(p, &pinned) == ENOTSUP, "bound on a machine that is not there");
    CHECK(place_bind_self(p, &unpinned) == 0, "unpinned refused");

    char *xml = place_xml(p);
    CHECK(xml && strstr(xml, "<topology version=\"2"), "no XML of version 2");
    free(xml);
    place_close(p);
}

/* NUMA nodes: within a package, spread takes turns between them. */
static void check_nodes(void)
{
    static const char source[] = "synthetic:pack:2 numa:2 l3:2 core:2 pu:1";
    CHECK_BEGINS(source, PLACE_COMPACT, 0, 1, 2, 3, 4);
    CHECK_BEGINS(source, PLACE_SPREAD, 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
    CHECK_BEGINS("synthetic:numa:3 pack:1 core:2 pu:1", PLACE_SPREAD, 0, 2, 4, 1, 3, 5);
    struct place *p = open_or_fail(source);
    char *text = place_describe(p);
    CHECK(strcmp(text, "2 packages, 4 NUMA nodes, 8 L3s, 16 cores, 16 threads") == 0, "%s", text);
    free(text);
    place_close(p);
}

/* CPUs 0-3: slow cores; 4-5 and 6-7: two fast ones. */
static void check_hybrid(void)
{
    static const char source[] = "xml:" TOPOLOGIES "/hybrid.xml";
    CHECK_BEGINS(source, PLACE_COMPACT, 4, 6, 0, 1, 2, 3, 5, 7);
    CHECK_BEGINS(source, PLACE_SPREAD, 4, 6, 0, 1, 2, 3, 5, 7);
    CHECK_BEGINS(source, PLACE_SMT_PAIRS, 4, 5, 6, 7, 0, 1, 2, 3);
    struct place *p = open_or_fail(source);
    struct place_cpu *cpus = plan(p, PLACE_COMPACT, 3);
    CHECK(cpus[0].efficiency_rank == 0 && cpus[2].efficiency_rank == 1, "ranks %u and %u",
          cpus[0].efficiency_rank, cpus[2].efficiency_rank);
    free(cpus);
    char *text = place_describe(p);
    CHECK(strcmp(text, "1 package, 1 L3, 6 cores, 2 core kinds, 8 threads") == 0, "%s", text);
    free(text);
    place_close(p);
}

/* Allowed are 1, 2-3 and 6 of the first package, 8-9 and 15 of the second. */
static void check_holes(void)
{
    static const char source[] = "xml:" TOPOLOGIES "/holes.xml";
    CHECK_BEGINS(source, PLACE_COMPACT, 1, 2, 6, 8, 15, 3, 9);
    CHECK_BEGINS(source, PLACE_SPREAD, 1, 8, 2, 15, 6, 9, 3);
    CHECK_BEGINS(source, PLACE_SMT_PAIRS, 1, 2, 3, 6, 8, 9, 15);
    struct place *p = open_or_fail(source);
    CHECK(place_cpus(p) == 7 && place_cores(p) == 5, "%u CPUs, %u cores", place_cpus(p),
          place_cores(p));
    for (int order = PLACE_COMPACT; order < PLACE_ONE_CPU; order++)
        check_complete(p, (enum place_order)order);
    place_close(p);
}

static void check_sizes(void)
{
    CHECK_BEGINS("synthetic:pu:1", PLACE_COMPACT, 0, 0, 0);
    CHECK_BEGINS("synthetic:pu:1", PLACE_SPREAD, 0, 0, 0);
    CHECK_BEGINS("synthetic:pu:3", PLACE_ONE_CPU, 0, 0, 0);
    CHECK_BEGINS("synthetic:pu:3", PLACE_SMT_PAIRS, 0, 1, 2, 0); /* no cores said: none shared */
    struct place *p = open_or_fail("synthetic:pu:1");
    CHECK(place_cpus(p) == 1 && place_cores(p) == 1 && !place_has_smt(p), "%u CPUs, %u cores",
          place_cpus(p), place_cores(p));
    char *text = place_describe(p);
    CHECK(strcmp(text, "1 package, 1 core, 1 thread") == 0, "%s", text);
    free(text);
    place_close(p);

    uint64_t begin_ns = clock_ns();
    p = open_or_fail("synthetic:pack:8 l3:16 core:16 pu:2");
    CHECK(place_cpus(p) == 4096, "%u CPUs", place_cpus(p));
    for (int order = PLACE_COMPACT; order < PLACE_ONE_CPU; order++)
        check_complete(p, (enum place_order)order);
    place_close(p);
    uint64_t took_ns = clock_ns() - begin_ns;
    CHECK(took_ns < 2 * NS_PER_S, "4096 CPUs took %s", duration_format((double)took_ns).text);
}

static void check_bad_sources(void)
{
    static const char *const sources[] = {"synthetic:",
                                          "synthetic:pack:0",
                                          "synthetic:sofa:2 pu:2",
                                          "xml:/nowhere/topology.xml",
                                          ("xml:" TOPOLOGIES),
                                          "xml:/dev/null",
                                          "",
                                          "laptop"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        const char *why = NULL;
        struct place *p = place_open(sources[i], &why);
        CHECK(!p, "\"%s\" was opened", sources[i]);
        CHECK(why && strlen(why) > 20 && !strchr(why, '\n'), "\"%s\": why: %s", sources[i],
              why ? why : "(nothing)");
        place_close(p);
    }
}

/* The affinity that taskset leaves is respected, and binding moves the thread. */
static void check_here(void)
{
    cpu_set_t all, one;
    CPU_ZERO(&all);
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0, "%s", strerror(errno));

    struct place *p = open_or_fail(NULL);
    CHECK(place_is_this_machine(p), "this machine is another one");
    CHECK(place_cpus(p) == (unsigned)CPU_COUNT(&all), "%u CPUs, but may use %d", place_cpus(p),
          CPU_COUNT(&all));
    struct place_cpu *cpus = plan(p, PLACE_SPREAD, place_cpus(p));
    for (unsigned i = 0; i < place_cpus(p); i++) {
        int error = place_bind_self(p, &cpus[i]);
        CHECK(error == 0, "CPU %d: %s", cpus[i].os_index, strerror(error));
        CHECK(sched_getcpu() == cpus[i].os_index, "runs on %d", sched_getcpu());
    }
    int last = cpus[place_cpus(p) - 1].os_index;
    struct place_cpu absent = {.os_index = 50000};
    errno = 0;
    CHECK(place_bind_self(p, &absent) != 0, "bound to CPU 50000");
    CHECK(errno == 0, "errno was changed to %d", errno);
    free(cpus);
    place_close(p);

    CPU_ZERO(&one);
    CPU_SET((size_t)last, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0, "%s", strerror(errno));
    p = open_or_fail(NULL);
    CHECK(place_cpus(p) == 1, "%u CPUs instead of one", place_cpus(p));
    cpus = plan(p, PLACE_COMPACT, 2);
    CHECK(cpus[0].os_index == last && cpus[1].os_index == last, "planned on %d and %d",
          cpus[0].os_index, cpus[1].os_index);
    free(cpus);
    place_close(p);
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0, "%s", strerror(errno));
}

/* Files of a made-up system: path, text. The first directories of a path are made as needed. */
struct file {
    const char *path, *text;
};

static void make_files(const char *root, const struct file *files)
{
    for (; files->path; files++) {
        char *path = must_printf("%s%s", root, files->path);
        for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
            *slash = '\0';
            mkdir(path, 0700);
        }
        FILE *f = fopen(path, "w");
        if (!f || fputs(files->text, f) < 0 || fclose(f) != 0)
            fail(EXIT_CHECK_FAILED, "%s: %s", path, strerror(errno));
        free(path);
    }
}

static void remove_files(const char *root, const struct file *files)
{
    for (; files->path; files++) {
        char *path = must_printf("%s%s", root, files->path);
        unlink(path);
        for (char *slash; (slash = strrchr(path, '/')) >= path + strlen(root);) {
            *slash = '\0';
            rmdir(path); /* fails as long as others are in it */
        }
        free(path);
    }
}

static void check_quota(const char *name, double expected, const struct file *files)
{
    char root[] = "/tmp/test_place.XXXXXX";
    if (!mkdtemp(root))
        fail(EXIT_CHECK_FAILED, "%s: %s", root, strerror(errno));
    make_files(root, files);
    double cpus = place_quota_cpus_below(root);
    CHECK(cpus > expected - 1e-9 && cpus < expected + 1e-9, "%s: %g CPUs, not %g", name, cpus,
          expected);
    remove_files(root, files);
    CHECK(access(root, F_OK) != 0 || rmdir(root) == 0, "%s is left behind", root);
}

#define MOUNT_V2 "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_V1 "33 23 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
#define MOUNT_SET "34 23 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"

static void check_quotas(void)
{
    check_quota("v2, the parent is stricter", 1.5,
                (const struct file[]){{"/proc/self/cgroup", "0::/a.slice/b.scope\n"},
                                      {"/proc/self/mountinfo", MOUNT_V2},
                                      {"/sys/fs/cgroup/a.slice/cpu.max", "150000 100000\n"},
                                      {"/sys/fs/cgroup/a.slice/b.scope/cpu.max", "400000 100000\n"},
                                      {0}});
    check_quota("v2, unlimited", 0,
                (const struct file[]){{"/proc/self/cgroup", "0::/a\n"},
                                      {"/proc/self/mountinfo", MOUNT_V2},
                                      {"/sys/fs/cgroup/a/cpu.max", "max 100000\n"},
                                      {"/sys/fs/cgroup/b/cpu.max", "100000 100000\n"},
                                      {0}});
    check_quota("v2, in a namespace", 0.5,
                (const struct file[]){{"/proc/self/cgroup", "0::/\n"},
                                      {"/proc/self/mountinfo", MOUNT_V2},
                                      {"/sys/fs/cgroup/cpu.max", "50000 100000\n"},
                                      {0}});
    check_quota(
        "v1", 2,
        (const struct file[]){
            {"/proc/self/cgroup", "3:cpuset:/set\n2:cpuacct,cpu:/docker/1\n1:name=systemd:/\n"},
            {"/proc/self/mountinfo", MOUNT_SET MOUNT_V1},
            {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
            {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"},
            {"/sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "100000\n"},
            {"/sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us", "50000\n"},
            {"/sys/fs/cgroup/cpuset/set/cpu.cfs_quota_us", "1\n"},
            {0}});
    check_quota("v1, only the container's part is mounted", 3,
                (const struct file[]){
                    {"/proc/self/cgroup", "2:cpu:/docker/1/sub\n"},
                    {"/proc/self/mountinfo",
                     "33 23 0:30 /docker/1 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"},
                    {"/sys/fs/cgroup/cpu/sub/cpu.cfs_quota_us", "300000\n"},
                    {"/sys/fs/cgroup/cpu/sub/cpu.cfs_period_us", "100000\n"},
                    {0}});
    check_quota("v1 and v2, the smaller", 1,
                (const struct file[]){{"/proc/self/cgroup", "1:cpu:/a\n0::/b\n"},
                                      {"/proc/self/mountinfo",
                                       MOUNT_V1 "41 31 0:38 / /cgroup2 rw - cgroup2 cgroup2 rw\n"},
                                      {"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n"},
                                      {"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"},
                                      {"/cgroup2/b/cpu.max", "200000 100000\n"},
                                      {0}});
    check_quota("no cgroups", 0, (const struct file[]){{"/proc/version", "Linux\n"}, {0}});
    CHECK(place_quota_cpus() >= 0, "the quota here is negative");
}

int main(void)
{
    check_two_sockets("synthetic:pack:2 l3:8 core:8 pu:2", false);
    check_two_sockets("synthetic:pack:2 l3:8 core:8 pu:2(indexes=2*128:1*2)", true);
    check_nodes();
    check_hybrid();
    check_holes();
    check_sizes();
    check_bad_sources();
    check_here();
    check_quotas();
    return check_result("place");
}
