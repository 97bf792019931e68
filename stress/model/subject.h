// SPDX-License-Identifier: MIT
/* subject.h - a scenario with an implementation, as a program for the engine. */
#ifndef MODEL_SUBJECT_H
#define MODEL_SUBJECT_H

#include "stress/history.h"
#include "stress/model/engine.h"
#include "stress/scenario.h"

struct subject {
    const struct scenario_kind *kind;
    const struct scenario *scenario;
    struct scenario_round round;
    struct scenario_thread actors[MODEL_THREADS_MAX];
    struct rng rngs[MODEL_THREADS_MAX];
    struct history history; /* used if the scenario records */
    char *memory, *object, *nodes, *state;
    size_t node_stride_bytes;
};

void subject_open(struct subject *s, const struct scenario_kind *kind, const struct ct_impl *impl,
                  const struct scenario *scenario, unsigned threads, unsigned steps, uint64_t seed);
void subject_close(struct subject *s);
struct program subject_program(struct subject *s);

#endif
