// SPDX-License-Identifier: MIT
/* cpu.h under the model: no processor, only the layout that the native header promises. */
#ifndef CONTEND_CPU_H
#define CONTEND_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_APART_BYTES 128
#define CT_APART _Alignas(CT_APART_BYTES)

/* Each thread on a CPU of its own. A CPU is only a hint of how long to look on, and how long that is
   the scheduler decides anyway (spin.h, poll.h): a choice here would add executions, and no behaviour. */
#define CT_CPU_UNKNOWN UINT32_MAX
#define ct_cpu_id() model_thread_id()

#endif
