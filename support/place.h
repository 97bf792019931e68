// SPDX-License-Identifier: MIT
/* place.h - which thread runs where. The plan is a pure function of a topology, which may be this
   machine, a synthetic one or a saved XML one; binding happens only on this machine. */
#ifndef SUPPORT_PLACE_H
#define SUPPORT_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct place; /* a topology, restricted to the CPUs this process may use */

enum place_order {
    PLACE_COMPACT, /* nearest first: fill an L3, a NUMA node, a package; SMT siblings last */
    PLACE_SPREAD, /* farthest first: packages, then NUMA nodes and L3s in turn; SMT siblings last */
    PLACE_SMT_PAIRS, /* siblings of a core side by side, cores nearest first */
    PLACE_ONE_CPU,   /* every thread on the first CPU of compact */
    PLACE_UNPINNED,  /* anywhere the process may run */
    PLACE_ORDERS
};
extern const char *const place_order_names[PLACE_ORDERS];

/* One hardware thread, its position counted from 0 at each level. On hybrid machines the fastest
   core kind comes first in compact and spread (efficiency_rank 0 = fastest). */
struct place_cpu {
    int os_index; /* -1: not pinned */
    unsigned package, node, l3, core, smt, efficiency_rank;
};

/* source: NULL for this machine, "synthetic:<hwloc description>" or "xml:<file>". NULL on failure,
   with one line of reason in *why (the caller does not free it; the next failure overwrites it). */
struct place *place_open(const char *source, const char **why);
/* This machine's; ends the program with EXIT_ENVIRONMENT if it cannot be had. */
struct place *place_here(void);
void place_close(struct place *p);

unsigned place_cpus(const struct place *p);  /* hardware threads this process may use */
unsigned place_cores(const struct place *p); /* physical cores among them */
bool place_is_this_machine(const struct place *p);
bool place_has_smt(const struct place *p);

/* One line for people: "2 packages, 16 L3s, 128 cores, 256 threads". Free it. */
char *place_describe(const struct place *p);
/* hwloc's XML of it, v2 format; free it. NULL if hwloc cannot. */
char *place_xml(const struct place *p);

/* Fill cpus[0..threads): thread i runs on cpus[i]. More threads than CPUs go round again. Orders that
   this topology cannot distinguish coincide. */
void place_plan(const struct place *p, enum place_order order, unsigned threads,
                struct place_cpu *cpus);

/* Bind the calling thread and verify that it runs there. os_index -1: no-op.
   0; ENOTSUP if the topology is not this machine's; EXDEV if the thread was bound and yet runs
   elsewhere; else what the kernel answered (EINVAL: no such CPU for this process). */
int place_bind_self(const struct place *p, const struct place_cpu *cpu);

/* Memory that the calling thread, and those it makes from now on, touches first comes from the NUMA node
   of this number, counted from 0. 0; ENOENT: no such node; ENOTSUP as above; else what the kernel
   answered (ENOSYS or EPERM where it is not to be had, as in some containers). */
int place_bind_memory(const struct place *p, unsigned node);

/* CPUs' worth of time that the quotas of this process's cgroup and its parents leave it (v1 and v2);
   0 if unlimited. root: a directory that stands for "/", so that tests can make one; else "". */
double place_quota_cpus(void);
double place_quota_cpus_below(const char *root);

#endif
