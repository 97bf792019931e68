// SPDX-License-Identifier: MIT
/* std - an event on std::atomic's wait and notify, of the C++ compiler's library.
 *
 * Idea      As event/spin, a count of changes whose parity is the state; waiting for another count is
 *           std::atomic::wait, which in libstdc++ looks on and yields for a while, then sleeps. A notify
 *           asks a table that all atomics share whether anybody sleeps.
 * Source    ISO C++20, [atomics.wait]; libstdc++, bits/atomic_wait.h.
 * Choose    in C++ where nothing but the standard library is wanted.
 *
 * C++ behind C functions (std.cc): a C program pays one call for that.
 */
#ifndef CONTEND_PEERS_EVENT_STD_H
#define CONTEND_PEERS_EVENT_STD_H

#include <contend/event.h>

/* Storage for what std.cc makes of it, which asserts size and alignment. */
struct ct_event_std {
    uint32_t storage[2];
};

void ct_event_std_init(struct ct_event_std *e);
void ct_event_std_init_auto(struct ct_event_std *e);
void ct_event_std_set(struct ct_event_std *e);
void ct_event_std_clear(struct ct_event_std *e);
void ct_event_std_wait(struct ct_event_std *e);
bool ct_event_std_is_set(const struct ct_event_std *e);

CT_EVENT_ADAPT(std)
CT_EVENT_ADAPT_MANUAL(std)
CT_EVENT_ADAPT_AUTO(std)

static const struct ct_event_ops ct_event_std_ops = {
    .impl = {CT_EVENT_IMPL(std, "std"),
             .summary = "std::atomic's wait and notify: yields, then sleeps",
             .source = "ISO C++20, [atomics.wait]; libstdc++", .package = CT_PACKAGE_stdcxx,
             .traits = CT_PARKS | CT_OPAQUE | CT_PEER},
    CT_EVENT_REQUIRED(std),
    .init = ct_event_std_op_init,
    .init_auto = ct_event_std_op_init_auto,
};

#endif
