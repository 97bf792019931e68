// SPDX-License-Identifier: MIT
/* machine.h - the facts about this machine and build that stand beside every result. */
#ifndef SUPPORT_MACHINE_H
#define SUPPORT_MACHINE_H

#include "support/place.h"

#include <stdbool.h>
#include <stddef.h>

struct machine_fact {
    const char *key; /* static */
    char *value;     /* never NULL; "unknown" where the system does not say */
};

/* CPU model, microcode, topology, kernel and its command line, governor, turbo, SMT, clock source,
   hypervisor, glibc, compiler, flags, build type, git revision, affinity, quota, load. Returns a list
   ending with key NULL; free it with machine_facts_free. */
struct machine_fact *machine_facts(const struct place *place);
/* The same with /proc and /sys below root; "" is this machine. */
struct machine_fact *machine_facts_under(const char *root, const struct place *place);
void machine_facts_free(struct machine_fact *facts);

/* Append a fact, say a library's version; value (malloc'ed) becomes the list's, NULL is "unknown". */
void machine_facts_add(struct machine_fact **facts, const char *key, char *value);
/* The value of key; "unknown" if it is not there. */
const char *machine_fact_value(const struct machine_fact *facts, const char *key);

/* First line of a file without its newline, or NULL; free it. More of this: proc.h. */
char *machine_read_line(const char *path);
/* Was this program compiled with optimisation, and without a sanitizer? Measuring needs both. */
bool machine_build_can_measure(void);
/* Would these compiler flags do? */
bool machine_flags_can_measure(const char *flags);

#endif
