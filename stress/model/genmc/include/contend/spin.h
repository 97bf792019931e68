// SPDX-License-Identifier: MIT
/* spin.h for GenMC: a bounded spin looks once; what it would have seen later, who sleeps sees as well. */
#ifndef CONTEND_SPIN_H
#define CONTEND_SPIN_H

#include <contend/wait.h>

enum { CT_SPIN_QUIET = 1 };

struct ct_spin {
    char unused;
};

#define CT_SPIN_START                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

#define ct_spin_more(s) ((void)(s), false)

#endif
