// SPDX-License-Identifier: MIT
#include "stress/looks.h"

#include "support/proc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t next_to_none_ns = 20 * 1000 * 1000; /* some slices */

static void look_at(struct looks *l, pid_t process, int say_to);

static void look_at_children(struct looks *l, const char *children, int say_to)
{
    char *end;
    for (long child; children && (child = strtol(children, &end, 10)) > 0; children = end)
        look_at(l, (pid_t)child, say_to);
}

static void look_at_thread(struct looks *l, pid_t process, pid_t thread, int say_to)
{
    char *status = proc_text("", "/proc/%d/task/%d/status", process, thread);
    char *spent = proc_text("", "/proc/%d/task/%d/schedstat", process, thread);
    char *call = proc_text("", "/proc/%d/task/%d/syscall", process, thread);
    char *children = proc_text("", "/proc/%d/task/%d/children", process, thread);
    char *state = proc_field(status, "State");
    if (state && spent && l->count < LOOKS_MAX) {
        l->look[l->count++] = (struct look){thread, state[0] == 'R', strtoull(spent, NULL, 10)};
        if (say_to >= 0)
            dprintf(say_to, "process %d thread %d: %s, CPU, delay and slices %s, system call %s\n",
                    process, thread, state, spent, call ? call : "unknown");
    }
    look_at_children(l, children, say_to);
    free(state);
    free(children);
    free(call);
    free(spent);
    free(status);
}

static void look_at(struct looks *l, pid_t process, int say_to)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    for (struct dirent *e; tasks && (e = readdir(tasks));) {
        pid_t thread = atoi(e->d_name);
        if (thread > 0)
            look_at_thread(l, process, thread, say_to);
    }
    if (tasks)
        closedir(tasks);
}

struct looks looks_at(pid_t process, int say_to)
{
    struct looks l = {0};
    look_at(&l, process, say_to);
    return l;
}

bool looks_starved(const struct looks *before, const struct looks *after)
{
    for (unsigned i = 0; i < after->count; i++) {
        const struct look *now = &after->look[i];
        for (unsigned k = 0; k < before->count; k++) {
            const struct look *then = &before->look[k];
            if (then->thread == now->thread && then->runnable && now->runnable &&
                now->cpu_ns - then->cpu_ns < next_to_none_ns)
                return true;
        }
    }
    return false;
}
