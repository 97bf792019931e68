// SPDX-License-Identifier: MIT
/* absl.cc - absl::Mutex as the C functions of absl.h. */
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(absl::Mutex) == sizeof(uint64_t) && alignof(absl::Mutex) <= alignof(uint64_t),
              "struct ct_mutex_absl in absl.h holds one uint64_t");

extern "C" {

void ct_mutex_absl_init(absl::Mutex *m)
{
    new (m) absl::Mutex;
}

void ct_mutex_absl_destroy(absl::Mutex *m)
{
    m->~Mutex();
}

void ct_mutex_absl_lock(absl::Mutex *m)
{
    m->Lock();
}

bool ct_mutex_absl_trylock(absl::Mutex *m)
{
    return m->TryLock();
}

void ct_mutex_absl_unlock(absl::Mutex *m)
{
    m->Unlock();
}

} // extern "C"
