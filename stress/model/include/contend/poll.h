// SPDX-License-Identifier: MIT
/* poll.h under the model: how often a bounded wait looks again is the scheduler's choice, as in spin.h. */
#ifndef CONTEND_POLL_H
#define CONTEND_POLL_H

#include <contend/wait.h>

struct ct_poll {
    unsigned looks;
};

#define CT_POLL_START                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

static inline bool ct_poll_more(struct ct_poll *p)
{
    return model_look_again(p->looks++);
}

#endif
