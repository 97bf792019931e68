// SPDX-License-Identifier: MIT
/* absl - absl::CondVar, Google's C++ condition variable.
 *
 * Idea      A list of waiters in one word; a signal moves the waiter to the mutex's list where it can.
 * Source    Abseil, absl/synchronization/mutex.h
 * Choose    with absl::Mutex; its authors recommend its conditional critical sections instead.
 *
 * C++ behind C functions (absl.cc). Works with absl::Mutex only: held->m starts with one. Its deadlines
 * are of CLOCK_REALTIME: one that comes early by our clock is a wake-up for no reason. A wait that was
 * signalled in time may say that it timed out (mutex.h, WaitWithTimeout): who times out here passes a
 * signal on, in case it had one. signal_many signals so many times.
 */
#ifndef CONTEND_PEERS_CONDITION_ABSL_H
#define CONTEND_PEERS_CONDITION_ABSL_H

#include <contend/condition.h>
#include <contend/wait.h>

/* Storage for an absl::CondVar: absl.cc asserts size and alignment. */
struct ct_condition_absl {
    uint64_t storage[1];
};

void ct_condition_absl_init(struct ct_condition_absl *c);
void ct_condition_absl_destroy(struct ct_condition_absl *c);
void ct_condition_absl_wait_with(struct ct_condition_absl *c, void *mutex);
bool ct_condition_absl_wait_for(struct ct_condition_absl *c, void *mutex, uint64_t left_ns);
void ct_condition_absl_signal(struct ct_condition_absl *c);
void ct_condition_absl_signal_many(struct ct_condition_absl *c, uint32_t n);
void ct_condition_absl_broadcast(struct ct_condition_absl *c);

static inline void ct_condition_absl_wait(struct ct_condition_absl *c, const struct ct_held *held)
{
    ct_condition_absl_wait_with(c, held->m);
}

static inline int ct_condition_absl_timedwait(struct ct_condition_absl *c,
                                              const struct ct_held *held, uint64_t deadline_ns)
{
    if (deadline_ns == CT_FOREVER) {
        ct_condition_absl_wait(c, held);
        return 0;
    }
    uint64_t now_ns = ct_now_ns(), left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;
    if (!ct_condition_absl_wait_for(c, held->m, left_ns) || ct_now_ns() < deadline_ns)
        return 0;
    ct_condition_absl_signal(c);
    return ETIMEDOUT;
}

CT_CONDITION_ADAPT(absl)
CT_CONDITION_ADAPT_DESTROY(absl)

static const struct ct_condition_ops ct_condition_absl_ops = {
    .impl = {CT_CONDITION_IMPL(absl, "absl"),
             .summary = "absl::CondVar: one word, moves waiters to the mutex", .source = "Abseil",
             .package = CT_PACKAGE_absl,
             .traits = CT_PARKS | CT_TIMED | CT_OPAQUE | CT_PEER | CT_LATE},
    .mutex = "absl",
    CT_CONDITION_REQUIRED(absl),
    .destroy = ct_condition_absl_op_destroy,
};

#endif
