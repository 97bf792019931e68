// SPDX-License-Identifier: MIT
/* The only file of the model with assembly or an architecture #if: a switch is what a call must keep
   anyway. swapcontext would do, but blocks signals with two system calls per switch: 4-6 times slower
   executions. */
#include "stress/model/fiber.h"

#include "support/fail.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* An execution that is given up leaves its stacks as they are; AddressSanitizer, where it is, must
   forget what it knew of them. */
void __asan_unpoison_memory_region(const volatile void *address, size_t bytes)
    __attribute__((weak));

enum { STACK_BYTES = 128 * 1024, GUARD_BYTES = 64 * 1024 };

void fiber_create(struct fiber *f)
{
    char *memory = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, GUARD_BYTES, PROT_NONE) != 0)
        fail(EXIT_ENVIRONMENT, "model: no memory for a fiber's stack");
    f->stack = memory + GUARD_BYTES;
}

static void forget_frames(const struct fiber *f)
{
    if (__asan_unpoison_memory_region)
        __asan_unpoison_memory_region(f->stack, STACK_BYTES);
}

#if defined(__x86_64__)

/* Callee-saved registers on the stack, lowest first: r15 r14 r13 r12 rbx rbp, return address. */
enum { FRAME_WORDS = 7, RETURN_WORD = 6, ABOVE_WORDS = 3 };

void model_fiber_switch(void **from_top, void *to_top);
__asm__(".text\n"
        ".globl model_fiber_switch\n"
        ".type model_fiber_switch, @function\n"
        "model_fiber_switch:\n\t"
        "pushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq %rsi, %rsp\n\t"
        "popq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbx\n\tpopq %rbp\n\t"
        "popq %rcx\n\tjmp *%rcx\n" /* a ret would be predicted to go back to this stack's caller */
        ".size model_fiber_switch, .-model_fiber_switch\n");

#elif defined(__aarch64__)

/* x19..x30 and d8..d15; x30 is where ret goes. */
enum { FRAME_WORDS = 20, RETURN_WORD = 11, ABOVE_WORDS = 2 };

void model_fiber_switch(void **from_top, void *to_top);
__asm__(".text\n"
        ".globl model_fiber_switch\n"
        ".type model_fiber_switch, %function\n"
        "model_fiber_switch:\n\t"
        "sub sp, sp, #160\n\t"
        "stp x19, x20, [sp, #0]\n\tstp x21, x22, [sp, #16]\n\tstp x23, x24, [sp, #32]\n\t"
        "stp x25, x26, [sp, #48]\n\tstp x27, x28, [sp, #64]\n\tstp x29, x30, [sp, #80]\n\t"
        "stp d8, d9, [sp, #96]\n\tstp d10, d11, [sp, #112]\n\t"
        "stp d12, d13, [sp, #128]\n\tstp d14, d15, [sp, #144]\n\t"
        "mov x9, sp\n\t"
        "str x9, [x0]\n\t"
        "mov sp, x1\n\t"
        "ldp x19, x20, [sp, #0]\n\tldp x21, x22, [sp, #16]\n\tldp x23, x24, [sp, #32]\n\t"
        "ldp x25, x26, [sp, #48]\n\tldp x27, x28, [sp, #64]\n\tldp x29, x30, [sp, #80]\n\t"
        "ldp d8, d9, [sp, #96]\n\tldp d10, d11, [sp, #112]\n\t"
        "ldp d12, d13, [sp, #128]\n\tldp d14, d15, [sp, #144]\n\t"
        "add sp, sp, #160\n\t"
        "ret\n"
        ".size model_fiber_switch, .-model_fiber_switch\n");

#else
#define MODEL_FIBER_UCONTEXT 1
#endif

#ifndef MODEL_FIBER_UCONTEXT

void fiber_prepare(struct fiber *f, void (*entry)(void))
{
    forget_frames(f);
    /* zeros above the frame end backtraces and align the stack as a call would */
    uintptr_t *top = (uintptr_t *)(void *)(f->stack + STACK_BYTES) - ABOVE_WORDS - FRAME_WORDS;
    memset(top, 0, (ABOVE_WORDS + FRAME_WORDS) * sizeof *top);
    top[RETURN_WORD] = (uintptr_t)entry;
    f->top = top;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    model_fiber_switch(&from->top, to->top);
}

#else

#include <ucontext.h>

static ucontext_t main_context;

static ucontext_t *context_of(struct fiber *f)
{
    return f->stack ? (ucontext_t *)(void *)f->stack : &main_context;
}

void fiber_prepare(struct fiber *f, void (*entry)(void))
{
    ucontext_t *u = context_of(f);
    forget_frames(f);
    getcontext(u);
    u->uc_stack.ss_sp = f->stack + sizeof *u;
    u->uc_stack.ss_size = STACK_BYTES - sizeof *u;
    u->uc_link = NULL;
    makecontext(u, entry, 0);
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    swapcontext(context_of(from), context_of(to));
}

#endif
