// SPDX-License-Identifier: MIT
/* spin.h under the model: patience in nanoseconds means nothing here, so how often a bounded spin
   looks again is the scheduler's choice. A look that found nothing changes nothing, so few suffice. */
#ifndef CONTEND_SPIN_H
#define CONTEND_SPIN_H

#include <contend/wait.h>

enum { CT_SPIN_QUIET = 1 }; /* so that what comes after a quiet spell is explored as well */

struct ct_spin {
    unsigned looks;
};

#define CT_SPIN_START                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

static inline bool ct_spin_more(struct ct_spin *s)
{
    return model_look_again(s->looks++);
}

#endif
