// SPDX-License-Identifier: MIT
/* alloc.h under the model: memory that is taken back at the end of an execution, whether it came to its
   end or was given up; no address comes twice in one, so that every use after free shows. */
#ifndef CONTEND_ALLOC_H
#define CONTEND_ALLOC_H

#include <model/seam.h>

#define ct_alloc(align_bytes, bytes) model_alloc(align_bytes, bytes)
#define ct_free(memory) model_free(memory, MODEL_SITE)

#endif
