// SPDX-License-Identifier: MIT
/* tbb-spin.cc - tbb::spin_mutex as the C functions of tbb-spin.h. */
#include <oneapi/tbb/spin_mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(tbb::spin_mutex) == sizeof(uint8_t) &&
                  alignof(tbb::spin_mutex) <= alignof(uint8_t),
              "struct ct_mutex_tbb_spin in tbb-spin.h holds one uint8_t");

extern "C" {

void ct_mutex_tbb_spin_init(tbb::spin_mutex *m)
{
    new (m) tbb::spin_mutex;
}

void ct_mutex_tbb_spin_destroy(tbb::spin_mutex *m)
{
    m->~spin_mutex();
}

void ct_mutex_tbb_spin_lock(tbb::spin_mutex *m)
{
    m->lock();
}

bool ct_mutex_tbb_spin_trylock(tbb::spin_mutex *m)
{
    return m->try_lock();
}

void ct_mutex_tbb_spin_unlock(tbb::spin_mutex *m)
{
    m->unlock();
}

} // extern "C"
