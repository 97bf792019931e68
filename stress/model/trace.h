// SPDX-License-Identifier: MIT
/* trace.h - what the execution just recorded did, one operation a line. */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdio.h>

void trace_print(FILE *out);

#endif
