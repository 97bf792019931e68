// SPDX-License-Identifier: MIT
/* The part of place.h that only the cgroup files know. */
#include "support/fail.h"
#include "support/place.h"
#include "support/proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Quota / period as CPUs; 0 if there is none. */
static double limit_v2(const char *root, const char *directory)
{
    char *limit = proc_text(root, "%s/cpu.max", directory);
    double quota_us, period_us, cpus = 0;

    if (limit && sscanf(limit, "%lf %lf", &quota_us, &period_us) == 2 && period_us > 0)
        cpus = quota_us / period_us; /* "max 100000" does not scan: no limit */
    free(limit);
    return cpus;
}

static double limit_v1(const char *root, const char *directory)
{
    char *quota = proc_text(root, "%s/cpu.cfs_quota_us", directory);
    char *period = proc_text(root, "%s/cpu.cfs_period_us", directory);
    double cpus = 0;

    if (quota && period && atof(quota) > 0 && atof(period) > 0)
        cpus = atof(quota) / atof(period); /* -1: no limit */
    free(period);
    free(quota);
    return cpus;
}

/* The smaller one, where 0 is none. */
static double smaller(double a, double b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* A line of /proc/self/mountinfo: 36 35 98:0 /root /mount/point options ... - type source options */
struct mount {
    char root[4096], point[4096], type[32], options[4096];
};

static bool mount_parse(const char *line, struct mount *m)
{
    const char *dash = strstr(line, " - ");
    return dash && sscanf(line, "%*s %*s %*s %4095s %4095s", m->root, m->point) == 2 &&
           sscanf(dash, " - %31s %*s %4095s", m->type, m->options) == 2;
}

/* The smallest limit in the cgroup's directory and its parents, up to the mount point. Where the
   mount shows another part of the tree than the cgroup's path names, as in containers without a
   cgroup namespace, its own root is the nearest that we can see. */
static double smallest_limit(const char *root, const struct mount *m, const char *cgroup,
                             double (*limit)(const char *root, const char *directory))
{
    size_t skipped = strcmp(m->root, "/") == 0 ? 0 : strlen(m->root);
    bool below = strncmp(cgroup, m->root, skipped) == 0 &&
                 (cgroup[skipped] == '/' || cgroup[skipped] == '\0') && !strstr(cgroup, "/..");
    char *directory = must_printf("%s%s", m->point, below ? cgroup + skipped : "");
    size_t top = strlen(m->point);
    double least = limit(root, directory);

    for (size_t end = strlen(directory); end-- > top;)
        if (directory[end] == '/') {
            directory[end] = '\0';
            least = smaller(least, limit(root, directory));
        }
    free(directory);
    return least;
}

/* One cgroup of ours, of version 2 if no controller is named: the limits on it, wherever mounted. */
static double limit_of_cgroup(const char *root, char *mounts, bool v2, const char *cgroup)
{
    struct mount *m = must_alloc(sizeof *m);
    double least = 0;

    for (const char *line = mounts; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!mount_parse(line, m))
            continue;
        if (v2 && strcmp(m->type, "cgroup2") == 0)
            least = smaller(least, smallest_limit(root, m, cgroup, limit_v2));
        else if (!v2 && strcmp(m->type, "cgroup") == 0 && proc_has_word(m->options, "cpu", ","))
            least = smaller(least, smallest_limit(root, m, cgroup, limit_v1));
    }
    free(m);
    return least;
}

double place_quota_cpus_below(const char *root)
{
    char *cgroups = proc_text(root, "/proc/self/cgroup");
    char *mounts = proc_text(root, "/proc/self/mountinfo");
    double least = 0;

    /* lines "id:controllers:path" */
    for (char *rest = cgroups, *line; (line = strsep(&rest, "\n"));) {
        strsep(&line, ":");
        const char *controllers = strsep(&line, ":");
        if (!controllers || !line)
            continue;
        bool v2 = controllers[0] == '\0';
        if (v2 || proc_has_word(controllers, "cpu", ","))
            least = smaller(least, limit_of_cgroup(root, mounts, v2, line));
    }
    free(mounts);
    free(cgroups);
    return least;
}

double place_quota_cpus(void)
{
    return place_quota_cpus_below("");
}
