// SPDX-License-Identifier: MIT
/* cpu.h for GenMC: no processor; restartable sequences are not to be had, so the portable paths run. */
#ifndef CONTEND_CPU_H
#define CONTEND_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_APART_BYTES 128
#define CT_APART _Alignas(CT_APART_BYTES)

#define CT_CPU_UNKNOWN UINT32_MAX
#define ct_cpu_id() CT_CPU_UNKNOWN

/* The light side of ct_membarrier: a full fence here, so that what lacks the heavy side still shows. */
#define ct_cpu_compiler_barrier() __c11_atomic_thread_fence(__ATOMIC_SEQ_CST)

/* Named by atomic.h; ct_rseq_usable says that nobody may call it. */
static inline bool ct_cpu_rseq_cmpstore_u32(uint32_t *p, uint32_t expect, uint32_t x)
{
    (void)p;
    (void)expect;
    (void)x;
    return false;
}

#endif
