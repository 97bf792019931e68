// SPDX-License-Identifier: MIT
/* contract.h - does an implementation do what its kind's header promises? One table of tests per kind,
   run against every implementation through its ops table; depends on nothing but the primitives, so
   that it also runs cross-compiled. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <contend/impl.h>

#include <stdbool.h>

/* An operation that a kind may leave out. */
struct contract_operation {
    unsigned bit;
    const char *name;
};

struct contract_test {
    const char *name;           /* what a failure refutes */
    unsigned needs;             /* operations; without them the test does not apply */
    const char *implementation; /* the only one it is for; NULL: all */
    void (*run)(const void *ops);
};

struct contract_kind {
    const char *kind;
    const char *required;                        /* operations that all have, for the report */
    const struct contract_operation *operations; /* the others; ends with {0, NULL} */
    unsigned (*offers)(const void *ops);
    const struct contract_test *tests, *special_tests; /* each ends with {NULL}; NULL: none */
};

/* Count a check; on failure say what was being tested and where. */
void contract_check(bool holds, const char *what, const char *file, int line);

#define CONTRACT(condition) contract_check(condition, #condition, __FILE__, __LINE__)

#endif
