// SPDX-License-Identifier: MIT
/* store_fixture.h - a directory of one's own, and cases that need no machine to have been run. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "cli/store.h"
#include "support/fail.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char fixture_dir[] = "/tmp/contend-store-XXXXXX";

static inline void fixture_begin(void)
{
    if (!mkdtemp(fixture_dir))
        fail(EXIT_ENVIRONMENT, "%s: cannot make it", fixture_dir);
}

static inline void fixture_end(void)
{
    DIR *d = opendir(fixture_dir);
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(fixture_dir);
}

/* DIR/name, valid until the next call. */
static inline const char *fixture_path(const char *name)
{
    static char path[sizeof fixture_dir + 64];
    snprintf(path, sizeof path, "%s/%s", fixture_dir, name);
    return path;
}

static const struct bench_workload fixture_workload = {
    .name = "tiny", .question = "what does it cost?", .hold_ns = 10, .think_ns = 30};
static const struct bench_kind fixture_kind = {.kind = "mutex"};

static inline int64_t fixture_case(struct store *s, int64_t run, const struct ct_impl *impl,
                                   size_t group, unsigned threads)
{
    char name[96];
    snprintf(name, sizeof name, "mutex/tiny/%s/threads:%u", impl->name, threads);
    struct bench_subject subject = {.impl = impl};
    struct bench_case c = {.kind = &fixture_kind,
                           .workload = &fixture_workload,
                           .subject = &subject,
                           .threads = threads,
                           .placement = PLACE_COMPACT,
                           .group = group,
                           .name = name};
    return store_case(s, run, &c);
}

#endif
