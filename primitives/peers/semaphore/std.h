// SPDX-License-Identifier: MIT
/* std - std::counting_semaphore of the C++ compiler's library.
 *
 * Idea      libstdc++: one word; looks on and yields for a while, then sleeps in std::atomic's wait; a
 *           post that found it empty wakes all who sleep.
 * Source    ISO C++20, [thread.sema]; libstdc++, bits/semaphore_base.h.
 * Choose    in C++ where nothing but the standard library is wanted.
 *
 * C++ behind C functions (std.cc): a C program pays one call for that. A release beyond the maximum is
 * undefined there: the check for it here is not one with the release, so posts that race may pass it.
 *
 * CT_DEFECTIVE: an acquire whose compare-and-swap fails against a release may then sleep
 * although the count is positive, and no release wakes it, for those that find it positive wake nobody: GCC
 * bug 98033; GCC 12 has it. contend stress --kind semaphore --impl std --scenario linearizable --perturb memory
 * --threads 3 --seed 13564972073448357439 --seconds 60 has shown it.
 */
#ifndef CONTEND_PEERS_SEMAPHORE_STD_H
#define CONTEND_PEERS_SEMAPHORE_STD_H

#include <contend/semaphore.h>

#include <errno.h>

/* Storage for a std::counting_semaphore<>: std.cc asserts size and alignment. */
struct ct_semaphore_std {
    uint32_t storage[1];
};

void ct_semaphore_std_init(struct ct_semaphore_std *s, uint32_t value);
void ct_semaphore_std_destroy(struct ct_semaphore_std *s);
void ct_semaphore_std_wait(struct ct_semaphore_std *s);
bool ct_semaphore_std_trywait(struct ct_semaphore_std *s);
uint32_t ct_semaphore_std_value(const struct ct_semaphore_std *s);
void ct_semaphore_std_release(struct ct_semaphore_std *s, uint32_t n);

static inline int ct_semaphore_std_post(struct ct_semaphore_std *s, uint32_t n)
{
    if (n > CT_SEMAPHORE_VALUE_MAX - ct_semaphore_std_value(s))
        return EOVERFLOW;
    ct_semaphore_std_release(s, n);
    return 0;
}

CT_SEMAPHORE_ADAPT(std)
CT_SEMAPHORE_ADAPT_DESTROY(std)

static const struct ct_semaphore_ops ct_semaphore_std_ops = {
    .impl = {CT_SEMAPHORE_IMPL(std, "std"),
             .summary = "std::counting_semaphore: one word, yields, then sleeps",
             .source = "ISO C++20, [thread.sema]; libstdc++", .package = CT_PACKAGE_stdcxx,
             .traits = CT_PARKS | CT_OPAQUE | CT_DEFECTIVE | CT_PEER},
    CT_SEMAPHORE_REQUIRED(std),
    .destroy = ct_semaphore_std_op_destroy,
};

#endif
