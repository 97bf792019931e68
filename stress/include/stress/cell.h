// SPDX-License-Identifier: MIT
/* cell.h - protected data of scenarios: plain memory here, so that ThreadSanitizer sees every access;
   the model's header of the same name checks each access for a race instead. */
#ifndef STRESS_CELL_H
#define STRESS_CELL_H

#include <stdint.h>

struct cell {
    uint64_t value;
};

/* So many together take long enough to use that somebody else comes in between. */
enum { CELLS_SPREAD = 10 };

/* Where each actor has cells of its own, so many may play. */
enum { CELLS_ACTORS_MAX = 32 };

static inline uint64_t cell_read(const struct cell *c)
{
    return *(const volatile uint64_t *)&c->value; /* volatile: read when the scenario says so */
}

static inline void cell_write(struct cell *c, uint64_t value)
{
    *(volatile uint64_t *)&c->value = value;
}

#endif
