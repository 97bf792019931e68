// SPDX-License-Identifier: MIT
/* absl.cc - absl::Mutex as the C functions of absl.h. */
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(absl::Mutex) <= sizeof(uint64_t) && alignof(absl::Mutex) <= alignof(uint64_t),
              "struct ct_rwlock_absl in absl.h holds one uint64_t");

extern "C" {

void ct_rwlock_absl_init(absl::Mutex *rw)
{
    new (rw) absl::Mutex;
}

void ct_rwlock_absl_destroy(absl::Mutex *rw)
{
    rw->~Mutex();
}

void ct_rwlock_absl_rdlock(absl::Mutex *rw)
{
    rw->ReaderLock();
}

bool ct_rwlock_absl_tryrdlock(absl::Mutex *rw)
{
    return rw->ReaderTryLock();
}

void ct_rwlock_absl_rdunlock(absl::Mutex *rw)
{
    rw->ReaderUnlock();
}

void ct_rwlock_absl_wrlock(absl::Mutex *rw)
{
    rw->Lock();
}

bool ct_rwlock_absl_trywrlock(absl::Mutex *rw)
{
    return rw->TryLock();
}

void ct_rwlock_absl_wrunlock(absl::Mutex *rw)
{
    rw->Unlock();
}

} // extern "C"
