// SPDX-License-Identifier: MIT
/* picture.h - the execution just recorded as SVG: a lane per thread, a row per operation. */
#ifndef MODEL_PICTURE_H
#define MODEL_PICTURE_H

#include <stdio.h>

struct picture {
    const char *title, *claim;
    const char *failure, *site; /* site may be NULL */
    unsigned threads;
};

void picture_write(FILE *out, const struct picture *p);

#endif
