// SPDX-License-Identifier: MIT
/* cell.h under the model: every access is checked for a race. */
#ifndef STRESS_CELL_H
#define STRESS_CELL_H

#include <model/seam.h>

struct cell {
    struct model_plain plain;
};

/* Two tell a torn use; an exhaustive search needs no longer one to meet it. */
enum { CELLS_SPREAD = 2 };

enum { CELLS_ACTORS_MAX = MODEL_THREADS_MAX };

#define cell_read(c) model_plain_read(&(c)->plain, MODEL_SITE)
#define cell_write(c, x) model_plain_write(&(c)->plain, x, MODEL_SITE)

#endif
