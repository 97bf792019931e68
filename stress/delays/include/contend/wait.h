// SPDX-License-Identifier: MIT
/* wait.h in the delayed build: between the last look at a cell and the sleep on it, and between a store
   and the wake-up that it calls for, there may be a delay. */
#ifndef STRESS_DELAYS_WAIT_H
#define STRESS_DELAYS_WAIT_H

#include <contend/atomic.h>

#include "primitives/include/contend/wait.h"

#define ct_wait(c, seen, deadline_ns) CT_DELAYED(ct_wait(c, seen, deadline_ns))
#define ct_wake(c, threads) CT_DELAYED(ct_wake(c, threads))
#define ct_wait_shared(c, seen, deadline_ns) CT_DELAYED(ct_wait_shared(c, seen, deadline_ns))
#define ct_wake_shared(c, threads) CT_DELAYED(ct_wake_shared(c, threads))
#define ct_requeue(c, seen, threads, to) CT_DELAYED(ct_requeue(c, seen, threads, to))
#define ct_pi_lock(c, deadline_ns) CT_DELAYED(ct_pi_lock(c, deadline_ns))
#define ct_pi_unlock(c) CT_DELAYED(ct_pi_unlock(c))
#define ct_membarrier() CT_DELAYED(ct_membarrier())
#define ct_membarrier_rseq() CT_DELAYED(ct_membarrier_rseq())

#endif
