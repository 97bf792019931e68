// SPDX-License-Identifier: MIT
/* tbb.cc - tbb::rw_mutex as the C functions of tbb.h. */
#include <oneapi/tbb/rw_mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(tbb::rw_mutex) <= sizeof(uint64_t) &&
                  alignof(tbb::rw_mutex) <= alignof(uint64_t),
              "struct ct_rwlock_tbb in tbb.h holds one uint64_t");

extern "C" {

void ct_rwlock_tbb_init(tbb::rw_mutex *rw)
{
    new (rw) tbb::rw_mutex;
}

void ct_rwlock_tbb_destroy(tbb::rw_mutex *rw)
{
    rw->~rw_mutex();
}

void ct_rwlock_tbb_rdlock(tbb::rw_mutex *rw)
{
    rw->lock_shared();
}

bool ct_rwlock_tbb_tryrdlock(tbb::rw_mutex *rw)
{
    return rw->try_lock_shared();
}

void ct_rwlock_tbb_rdunlock(tbb::rw_mutex *rw)
{
    rw->unlock_shared();
}

void ct_rwlock_tbb_wrlock(tbb::rw_mutex *rw)
{
    rw->lock();
}

bool ct_rwlock_tbb_trywrlock(tbb::rw_mutex *rw)
{
    return rw->try_lock();
}

void ct_rwlock_tbb_wrunlock(tbb::rw_mutex *rw)
{
    rw->unlock();
}

} // extern "C"
