// SPDX-License-Identifier: MIT
/* std - std::barrier of C++20, as the compiler's library has it.
 *
 * Idea      In libstdc++ a tree of tickets that any thread may enter anywhere, and a wait that spins a
 *           little and then sleeps in a table of waiters by address.
 * Source    ISO C++20, <barrier>
 * Choose    in C++, where a completion function is to run in each phase.
 *
 * C++ behind C functions (std.cc): a C program pays one call for that. Who runs the completion function
 * is the serial thread.
 */
#ifndef CONTEND_PEERS_BARRIER_STD_H
#define CONTEND_PEERS_BARRIER_STD_H

#include <contend/barrier.h>

/* Storage for a std::barrier: std.cc asserts size and alignment. */
struct ct_barrier_std {
    uint64_t storage[4];
};

int ct_barrier_std_init(struct ct_barrier_std *b, uint32_t parties);
void ct_barrier_std_destroy(struct ct_barrier_std *b);
int ct_barrier_std_wait(struct ct_barrier_std *b);

CT_BARRIER_ADAPT(std)
CT_BARRIER_ADAPT_DESTROY(std)

static const struct ct_barrier_ops ct_barrier_std_ops = {
    .impl = {CT_BARRIER_IMPL(std, "std"), .summary = "std::barrier of C++20",
             .source = "ISO C++20, <barrier>", .package = CT_PACKAGE_stdcxx,
             .traits = CT_PARKS | CT_LATE | CT_OPAQUE | CT_PEER},
    CT_BARRIER_REQUIRED(std),
    .destroy = ct_barrier_std_op_destroy,
};

#endif
