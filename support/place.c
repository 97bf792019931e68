// SPDX-License-Identifier: MIT
#include "support/place.h"

#include "support/fail.h"

#include <hwloc.h>

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const place_order_names[PLACE_ORDERS] = {
    [PLACE_COMPACT] = "compact", [PLACE_SPREAD] = "spread",     [PLACE_SMT_PAIRS] = "smt-pairs",
    [PLACE_ONE_CPU] = "one-cpu", [PLACE_UNPINNED] = "unpinned",
};

/* A hardware thread and its keys for planning: beside its positions in the whole machine those within
   the next larger unit. Units without a CPU of ours are not counted. */
struct unit {
    struct place_cpu cpu;
    unsigned logical;
    unsigned node_in_package, l3_in_node, core_in_l3;
};

struct place {
    hwloc_topology_t topology;
    unsigned cpus, cores, kinds;
    bool this_machine, has_smt;
    struct unit *units; /* [cpus], in hwloc's logical order: neighbours are near */
};

/* The objects that hold a hardware thread. A machine may lack a level (virtual ones often do): then
   the next larger object stands for it, and for the core the thread itself. */
struct holders {
    hwloc_obj_t package, node, l3, core;
};

static struct holders holders_of(hwloc_topology_t topology, hwloc_obj_t pu)
{
    struct holders h = {NULL, NULL, NULL, pu};
    for (hwloc_obj_t o = pu; o; o = o->parent) {
        if (o->type == HWLOC_OBJ_CORE)
            h.core = o;
        else if (o->type == HWLOC_OBJ_L3CACHE)
            h.l3 = o;
        else if (o->type == HWLOC_OBJ_PACKAGE)
            h.package = o;
        if (o->memory_arity > 0 && !h.node)
            h.node = o; /* NUMA nodes hang beside the CPUs they are near to */
    }
    if (!h.package)
        h.package = hwloc_get_root_obj(topology);
    if (!h.l3)
        h.l3 = h.node;
    return h;
}

/* One pass suffices: in logical order, what is in one object stands together. */
static void number_units(struct place *p)
{
    struct holders last = {NULL, NULL, NULL, NULL};
    struct unit u = {.cpu = {.os_index = -1}};

    for (unsigned i = 0; i < p->cpus; i++) {
        hwloc_obj_t pu = hwloc_get_obj_by_type(p->topology, HWLOC_OBJ_PU, i);
        struct holders h = holders_of(p->topology, pu);
        bool package = h.package != last.package, node = package || h.node != last.node;
        bool l3 = node || h.l3 != last.l3, core = h.core != last.core;
        if (i > 0) {
            u.cpu.package += package;
            u.cpu.node += h.node != last.node;
            u.cpu.l3 += h.l3 != last.l3;
            u.cpu.core += core;
        }
        u.cpu.smt = core ? 0 : u.cpu.smt + 1;
        u.core_in_l3 = l3 ? 0 : u.core_in_l3 + core;
        u.l3_in_node = node ? 0 : u.l3_in_node + l3;
        u.node_in_package = package ? 0 : u.node_in_package + node;
        u.cpu.os_index = (int)pu->os_index;
        u.logical = i;
        p->units[i] = u;
        p->has_smt |= u.cpu.smt > 0;
        last = h;
    }
    p->cores = u.cpu.core + 1;
}

/* hwloc lists the kinds slowest first; those that it could not compare count as one. Kinds may name
   CPUs that this process must not use, so that only those of our CPUs are ranked. */
static void rank_kinds(struct place *p)
{
    int kinds = hwloc_cpukinds_get_nr(p->topology, 0);
    hwloc_bitmap_t members = hwloc_bitmap_alloc();

    for (int k = kinds - 1; k >= 0; k--) {
        int efficiency = -1;
        hwloc_cpukinds_get_info(p->topology, (unsigned)k, members, &efficiency, NULL, NULL, 0);
        bool ours = false;
        for (unsigned i = 0; i < p->cpus && efficiency >= 0; i++)
            if (hwloc_bitmap_isset(members, (unsigned)p->units[i].cpu.os_index)) {
                p->units[i].cpu.efficiency_rank = p->kinds;
                ours = true;
            }
        p->kinds += ours;
    }
    hwloc_bitmap_free(members);
}

static const char *cannot(const char *what, const char *source, const char *reason)
{
    static char why[PATH_MAX + 200];
    snprintf(why, sizeof why, "%s \"%s\": %s", what, source, reason);
    return why;
}

/* NULL, or why not. */
static const char *choose_source(hwloc_topology_t topology, const char *source)
{
    static const char synthetic[] = "synthetic:", xml[] = "xml:";

    if (!source) {
        hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING |
                                               HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM);
        return NULL;
    }
    if (strncmp(source, synthetic, strlen(synthetic)) == 0) {
        source += strlen(synthetic);
        if (hwloc_topology_set_synthetic(topology, source) == 0)
            return NULL;
        return cannot("topology", source,
                      "not a description that hwloc knows (e.g. \"pack:2 l3:8 core:8 pu:2\")");
    }
    if (strncmp(source, xml, strlen(xml)) == 0) {
        source += strlen(xml);
        errno = 0;
        if (hwloc_topology_set_xml(topology, source) == 0)
            return NULL;
        return cannot("topology file", source,
                      errno == ENOENT || errno == EACCES
                          ? strerror(errno)
                          : "not a file in hwloc's XML format, version 2");
    }
    return cannot("topology", source, "valid are synthetic:DESCRIPTION and xml:FILE");
}

struct place *place_open(const char *source, const char **why)
{
    struct place *p = must_alloc(sizeof *p);

    if (hwloc_topology_init(&p->topology) != 0)
        fail(EXIT_ENVIRONMENT, "hwloc: %s", strerror(errno));
    *why = choose_source(p->topology, source);
    if (!*why && hwloc_topology_load(p->topology) != 0)
        *why = cannot("topology", source ? source : "of this machine", strerror(errno));
    if (*why) {
        hwloc_topology_destroy(p->topology);
        free(p);
        return NULL;
    }
    p->cpus = (unsigned)hwloc_get_nbobjs_by_type(p->topology, HWLOC_OBJ_PU);
    p->units = must_alloc(p->cpus * sizeof *p->units);
    p->this_machine = hwloc_topology_is_thissystem(p->topology) != 0;
    number_units(p);
    rank_kinds(p);
    return p;
}

struct place *place_here(void)
{
    const char *why;
    struct place *p = place_open(NULL, &why);
    if (!p)
        fail(EXIT_ENVIRONMENT, "topology: %s", why);
    return p;
}

void place_close(struct place *p)
{
    if (!p)
        return;
    hwloc_topology_destroy(p->topology);
    free(p->units);
    free(p);
}

unsigned place_cpus(const struct place *p)
{
    return p->cpus;
}

unsigned place_cores(const struct place *p)
{
    return p->cores;
}

bool place_is_this_machine(const struct place *p)
{
    return p->this_machine;
}

bool place_has_smt(const struct place *p)
{
    return p->has_smt;
}

static char *described(char *before, unsigned count, const char *what)
{
    char *text = must_printf("%s%s%u %s%s", before ? before : "", before ? ", " : "", count, what,
                             count == 1 ? "" : "s");
    free(before);
    return text;
}

char *place_describe(const struct place *p)
{
    const struct place_cpu *last = &p->units[p->cpus - 1].cpu;
    char *text = described(NULL, last->package + 1, "package");

    if (last->node != last->package)
        text = described(text, last->node + 1, "NUMA node");
    if (hwloc_get_nbobjs_by_type(p->topology, HWLOC_OBJ_L3CACHE) > 0)
        text = described(text, last->l3 + 1, "L3");
    text = described(text, p->cores, "core");
    if (p->kinds > 1)
        text = described(text, p->kinds, "core kind");
    return described(text, p->cpus, "thread");
}

char *place_xml(const struct place *p)
{
    char *buffer, *copy;
    int length;

    if (hwloc_topology_export_xmlbuffer(p->topology, &buffer, &length, 0) != 0)
        return NULL;
    copy = must_printf("%s", buffer);
    hwloc_free_xmlbuffer(p->topology, buffer);
    return copy;
}

/* The first key that differs decides. */
#define COMPARE(key)                                                                               \
    do {                                                                                           \
        if (a->key != b->key)                                                                      \
            return a->key < b->key ? -1 : 1;                                                       \
    } while (0)

static int by_compact(const void *x, const void *y)
{
    const struct unit *a = x, *b = y;
    COMPARE(cpu.smt);
    COMPARE(cpu.efficiency_rank);
    COMPARE(logical);
    return 0;
}

static int by_spread(const void *x, const void *y)
{
    const struct unit *a = x, *b = y;
    COMPARE(cpu.smt);
    COMPARE(cpu.efficiency_rank);
    COMPARE(core_in_l3);
    COMPARE(l3_in_node);
    COMPARE(node_in_package);
    COMPARE(logical);
    return 0;
}

static int by_smt_pairs(const void *x, const void *y)
{
    const struct unit *a = x, *b = y;
    COMPARE(cpu.efficiency_rank);
    COMPARE(logical);
    return 0;
}

static int (*const comparisons[PLACE_ORDERS])(const void *, const void *) = {
    [PLACE_COMPACT] = by_compact,
    [PLACE_SPREAD] = by_spread,
    [PLACE_SMT_PAIRS] = by_smt_pairs,
    [PLACE_ONE_CPU] = by_compact,
};

void place_plan(const struct place *p, enum place_order order, unsigned threads,
                struct place_cpu *cpus)
{
    if (!comparisons[order]) {
        for (unsigned i = 0; i < threads; i++)
            cpus[i] = (struct place_cpu){.os_index = -1};
        return;
    }
    struct unit *sorted = must_alloc(p->cpus * sizeof *sorted);
    memcpy(sorted, p->units, p->cpus * sizeof *sorted);
    qsort(sorted, p->cpus, sizeof *sorted, comparisons[order]);
    unsigned used = order == PLACE_ONE_CPU ? 1 : p->cpus;
    for (unsigned i = 0; i < threads; i++)
        cpus[i] = sorted[i % used].cpu;
    free(sorted);
}

int place_bind_memory(const struct place *p, unsigned node)
{
    if (!p->this_machine)
        return ENOTSUP;
    hwloc_obj_t object = hwloc_get_obj_by_type(p->topology, HWLOC_OBJ_NUMANODE, node);
    if (!object)
        return ENOENT;
    int saved = errno;
    int error =
        hwloc_set_membind(p->topology, object->nodeset, HWLOC_MEMBIND_BIND,
                          HWLOC_MEMBIND_THREAD | HWLOC_MEMBIND_STRICT | HWLOC_MEMBIND_BYNODESET);
    error = error != 0 ? errno : 0;
    errno = saved;
    return error;
}

int place_bind_self(const struct place *p, const struct place_cpu *cpu)
{
    if (cpu->os_index < 0)
        return 0;
    if (!p->this_machine)
        return ENOTSUP; /* hwloc would bind nothing and report success */
    int saved = errno;
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    if (!set || hwloc_bitmap_only(set, (unsigned)cpu->os_index) != 0)
        fail(EXIT_ENVIRONMENT, "memory: none left to bind a thread");
    int error = hwloc_set_cpubind(p->topology, set, HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT);
    error = error != 0 ? errno : 0;
    if (error == 0 && sched_getcpu() != cpu->os_index)
        error = EXDEV;
    hwloc_bitmap_free(set);
    errno = saved;
    return error;
}
