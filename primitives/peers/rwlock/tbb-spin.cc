// SPDX-License-Identifier: MIT
/* tbb-spin.cc - tbb::spin_rw_mutex as the C functions of tbb-spin.h. */
#include <oneapi/tbb/spin_rw_mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(tbb::spin_rw_mutex) <= sizeof(uint64_t) &&
                  alignof(tbb::spin_rw_mutex) <= alignof(uint64_t),
              "struct ct_rwlock_tbb_spin in tbb-spin.h holds one uint64_t");

extern "C" {

void ct_rwlock_tbb_spin_init(tbb::spin_rw_mutex *rw)
{
    new (rw) tbb::spin_rw_mutex;
}

void ct_rwlock_tbb_spin_destroy(tbb::spin_rw_mutex *rw)
{
    rw->~spin_rw_mutex();
}

void ct_rwlock_tbb_spin_rdlock(tbb::spin_rw_mutex *rw)
{
    rw->lock_shared();
}

bool ct_rwlock_tbb_spin_tryrdlock(tbb::spin_rw_mutex *rw)
{
    return rw->try_lock_shared();
}

void ct_rwlock_tbb_spin_rdunlock(tbb::spin_rw_mutex *rw)
{
    rw->unlock_shared();
}

void ct_rwlock_tbb_spin_wrlock(tbb::spin_rw_mutex *rw)
{
    rw->lock();
}

bool ct_rwlock_tbb_spin_trywrlock(tbb::spin_rw_mutex *rw)
{
    return rw->try_lock();
}

void ct_rwlock_tbb_spin_wrunlock(tbb::spin_rw_mutex *rw)
{
    rw->unlock();
}

} // extern "C"
