// SPDX-License-Identifier: MIT
/* visited.h - states that depth first search has been in: what lies ahead of one is the same each time.
 *
 * A state is known by what every thread has found out so far: threads are deterministic, so that says
 * what each will do and which stores there are (who wrote what after having read what). Two orders of
 * steps that do not concern each other, and a load that reads an old store now or read it before the
 * new one came, end in the same state. Only a hash of 64 bits is kept ("hash compaction"); with n
 * states the chance that one is taken for another is about n*n/2^65. */
#ifndef MODEL_VISITED_H
#define MODEL_VISITED_H

#include <model/seam.h>

/* What need not be explored from a state, since it was from others: explore.c says how it is meant. */
struct sleep_set {
    unsigned threads;
    uint8_t newest[MODEL_THREADS_MAX];
};

/* Forget all. */
void visited_begin(void);

/* The state of the engine between two steps, with budget_spent of what the search allows. */
uint64_t visited_key(unsigned budget_spent);

/* Was the state visited, and all that is awake explored from it? If not, it counts as visited now. */
bool visited(uint64_t key, const struct sleep_set *sleep);

#endif
