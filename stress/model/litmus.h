// SPDX-License-Identifier: MIT
/* litmus.h - small programs with a known answer: is this outcome possible in C11, and does the model
   say so? */
#ifndef MODEL_LITMUS_H
#define MODEL_LITMUS_H

#include "stress/model/engine.h"

#include <contend/atomic.h>

enum litmus_answer {
    ALLOWED, /* even if every load reads the newest store */
    ALLOWED_STALE,
    FORBIDDEN,
    NOT_PRODUCED, /* allowed, but outside this model */
};

/* What the tests work on; zero at the start of each execution. */
struct litmus_state {
    struct ct_u32 x, y, turn;
    uint32_t r[4];
    unsigned inside;
};
extern struct litmus_state litmus_state;

struct litmus {
    const char *name, *outcome;
    enum litmus_answer answer;
    unsigned threads;
    void (*actor)(unsigned thread);
    bool (*happened)(void);
};

extern const struct litmus litmus_c11[], litmus_kernel[]; /* end with name NULL */

/* Counts executions with the outcome; reset by litmus_program. */
extern uint64_t litmus_happened;
struct program litmus_program(const struct litmus *l);

#endif
