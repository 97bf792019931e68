// SPDX-License-Identifier: MIT
/* clocks.c - for who records what happens before what. */
#include "stress/model/engine.h"

#include <string.h>

/* After the threads have ended, everything of theirs did. */
void model_clocks(int16_t *clock)
{
    for (unsigned i = 0; engine.alone && i < MODEL_THREADS_MAX; i++)
        clock[i] = INT16_MAX;
    if (!engine.alone)
        memcpy(clock, engine_thread()->know.now.clock, sizeof engine_thread()->know.now.clock);
}
