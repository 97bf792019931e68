// SPDX-License-Identifier: MIT
/* cpu.h - what differs between processors. The only file with assembly or an architecture #if. */
#ifndef CONTEND_CPU_H
#define CONTEND_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that two writers must be apart so as not to disturb each other: two lines, because the
   adjacent-line prefetcher of x86 pulls pairs and some AArch64 parts have lines of 128 bytes. */
#define CT_APART_BYTES 128
#define CT_APART _Alignas(CT_APART_BYTES)

/* glibc's registration of restartable sequences (glibc >= 2.35); weak, so that an older or another
   libc links and is found to have none. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

#define CT_RSEQ_CPU_ID_OFFSET 4
#define CT_RSEQ_CS_OFFSET 8
#define CT_RSEQ_SIZE_MIN 20

#if defined(__SANITIZE_THREAD__)
#define CT_CPU_SANITIZED_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CT_CPU_SANITIZED_THREADS 1
#endif
#endif

static inline void ct_cpu_compiler_barrier(void)
{
    __asm__ volatile("" ::: "memory");
}

#if defined(__x86_64__)

static inline void ct_cpu_pause(void)
{
    __builtin_ia32_pause();
}

static inline uint32_t ct_cpu_rseq_id(void)
{
    uint32_t id;
    __asm__ volatile("movl %%fs:%c[offset](%[area]), %[id]"
                     : [id] "=r"(id)
                     : [area] "r"(__rseq_offset), [offset] "i"(CT_RSEQ_CPU_ID_OFFSET));
    return id;
}

/* Restartable {if (*p == expect) *p = x;}: false if *p differed. The store is the commit, so a
   preempted, migrated or membarrier-hit thread starts over. A plain store is a release on x86. */
static inline bool ct_cpu_rseq_cmpstore_u32(uint32_t *p, uint32_t expect, uint32_t x)
{
    __asm__ goto(".pushsection __rseq_cs, \"aw\"\n\t"
                 ".balign 32\n"
                 "3:\n\t"
                 ".long 0, 0\n\t"
                 ".quad 1f, (2f - 1f), 4f\n\t"
                 ".popsection\n"
                 "0:\n\t"
                 "leaq 3b(%%rip), %%rax\n\t"
                 "movq %%rax, %%fs:%c[cs](%[area])\n"
                 "1:\n\t"
                 "cmpl %[expect], %[cell]\n\t"
                 "jne %l[differs]\n\t"
                 "movl %[x], %[cell]\n"
                 "2:\n\t"
                 ".pushsection __rseq_failure, \"ax\"\n\t"
                 ".byte 0x0f, 0xb9, 0x3d\n\t" /* the signature glibc registered, as an ud1 */
                 ".long 0x53053053\n"
                 "4:\n\t"
                 "jmp 0b\n\t"
                 ".popsection\n\t"
                 :
                 : [cell] "m"(*p), [expect] "ri"(expect), [x] "ri"(x), [area] "r"(__rseq_offset),
                   [cs] "i"(CT_RSEQ_CS_OFFSET)
                 : "rax", "memory", "cc"
                 : differs);
    return true;
differs:
    return false;
}

#elif defined(__aarch64__)

static inline void ct_cpu_pause(void)
{
    __asm__ volatile("isb" ::: "memory"); /* yield is a no-op on most cores; isb waits ~10-40 ns */
}

static inline uint32_t ct_cpu_rseq_id(void)
{
    char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
    return *(volatile uint32_t *)(void *)(area + CT_RSEQ_CPU_ID_OFFSET);
}

/* As above; the commit is a store-release. */
static inline bool ct_cpu_rseq_cmpstore_u32(uint32_t *p, uint32_t expect, uint32_t x)
{
    char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
    __asm__ goto(".pushsection __rseq_cs, \"aw\"\n\t"
                 ".balign 32\n"
                 "3:\n\t"
                 ".long 0, 0\n\t"
                 ".quad 1f, (2f - 1f), 4f\n\t"
                 ".popsection\n"
                 "0:\n\t"
                 "adrp x9, 3b\n\t"
                 "add x9, x9, :lo12:3b\n\t"
                 "str x9, [%[area], %[cs]]\n"
                 "1:\n\t"
                 "ldr w9, [%[cell]]\n\t"
                 "cmp w9, %w[expect]\n\t"
                 "b.ne %l[differs]\n\t"
                 "stlr %w[x], [%[cell]]\n"
                 "2:\n\t"
                 ".pushsection __rseq_failure, \"ax\"\n\t"
                 ".inst 0xd428bc00\n" /* the signature glibc registered, as a brk */
                 "4:\n\t"
                 "b 0b\n\t"
                 ".popsection\n\t"
                 :
                 : [cell] "r"(p), [expect] "r"(expect), [x] "r"(x), [area] "r"(area),
                   [cs] "i"(CT_RSEQ_CS_OFFSET)
                 : "x9", "memory", "cc"
                 : differs);
    return true;
differs:
    return false;
}

#else
#error                                                                                             \
    "contend: cpu.h knows x86-64 and AArch64; add this processor's pause and restartable store here"
#endif

/* Has libc registered this process's threads for restartable sequences? TSan cannot see into
   assembly, so under it the answer is no and the portable paths run. */
static inline bool ct_cpu_rseq_registered(void)
{
#ifdef CT_CPU_SANITIZED_THREADS
    return false;
#else
    return &__rseq_size != NULL && __rseq_size >= CT_RSEQ_SIZE_MIN;
#endif
}

/* The CPU that this thread runs on, or CT_CPU_UNKNOWN: a hint that is old when it returns. A load of
   the thread's own memory, not a call. */
#define CT_CPU_UNKNOWN UINT32_MAX
static inline uint32_t ct_cpu_id(void)
{
    return ct_cpu_rseq_registered() ? ct_cpu_rseq_id() : CT_CPU_UNKNOWN;
}

#endif
