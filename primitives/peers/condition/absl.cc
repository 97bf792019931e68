// SPDX-License-Identifier: MIT
/* absl.cc - absl::CondVar as the C functions of absl.h. */
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>

static_assert(sizeof(absl::CondVar) == sizeof(uint64_t) &&
                  alignof(absl::CondVar) <= alignof(uint64_t),
              "struct ct_condition_absl in absl.h holds one uint64_t");

namespace
{
struct errno_kept {
    int saved = errno;
    ~errno_kept()
    {
        errno = saved;
    }
};
} // namespace

extern "C" {

void ct_condition_absl_init(absl::CondVar *c)
{
    new (c) absl::CondVar;
}

void ct_condition_absl_destroy(absl::CondVar *c)
{
    errno_kept kept;
    c->~CondVar();
}

void ct_condition_absl_wait_with(absl::CondVar *c, absl::Mutex *mutex)
{
    errno_kept kept;
    c->Wait(mutex);
}

bool ct_condition_absl_wait_for(absl::CondVar *c, absl::Mutex *mutex, uint64_t left_ns)
{
    errno_kept kept;
    auto left = std::min(left_ns, static_cast<uint64_t>(INT64_MAX));
    return c->WaitWithTimeout(mutex, absl::Nanoseconds(static_cast<int64_t>(left)));
}

void ct_condition_absl_signal(absl::CondVar *c)
{
    errno_kept kept;
    c->Signal();
}

void ct_condition_absl_signal_many(absl::CondVar *c, uint32_t n)
{
    errno_kept kept;
    for (; n > 0; n--)
        c->Signal();
}

void ct_condition_absl_broadcast(absl::CondVar *c)
{
    errno_kept kept;
    c->SignalAll();
}

} // extern "C"
