// SPDX-License-Identifier: MIT
/* words.h - what exclusion scenarios of every kind protect: plain words that are all alike whenever nobody
   is inside, and a count of the uses. */
#ifndef STRESS_WORDS_H
#define STRESS_WORDS_H

#include "stress/scenario.h"

enum { WORDS = CELLS_SPREAD };

struct words {
    struct cell word[WORDS];
    struct cell uses;
};

/* Alone inside: find the words as one thread left them, write others, and find those at the end. */
static inline void words_use(struct words *w, struct scenario_thread *t)
{
    uint64_t found = cell_read(&w->word[0]);
    uint64_t mine = ((uint64_t)t->index + 1) << 32 | (t->tally + 1);
    for (unsigned i = 0; i < WORDS; i++) {
        if (cell_read(&w->word[i]) != found)
            scenario_broken(t, "found the data of two threads mixed");
        cell_write(&w->word[i], mine);
    }
    uint64_t uses = cell_read(&w->uses);
    scenario_point(t, POINT_HOLDING);
    for (unsigned i = 0; i < WORDS; i++) {
        if (cell_read(&w->word[i]) != mine)
            scenario_broken(t, "another thread wrote while this one was alone inside");
    }
    cell_write(&w->uses, uses + 1);
    t->tally++;
}

/* After the round: was every use counted? */
static inline bool words_complete(const struct words *w, const struct scenario_round *r)
{
    uint64_t done = 0;
    for (unsigned i = 0; i < r->threads; i++)
        done += r->actors[i].tally;
    return cell_read(&w->uses) == done;
}

#endif
