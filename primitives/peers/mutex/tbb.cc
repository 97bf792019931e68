// SPDX-License-Identifier: MIT
/* tbb.cc - tbb::mutex as the C functions of tbb.h. */
#include <oneapi/tbb/mutex.h>

#include <cstdint>
#include <new>

static_assert(sizeof(tbb::mutex) == sizeof(uint8_t) && alignof(tbb::mutex) <= alignof(uint8_t),
              "struct ct_mutex_tbb in tbb.h holds one uint8_t");

extern "C" {

void ct_mutex_tbb_init(tbb::mutex *m)
{
    new (m) tbb::mutex;
}

void ct_mutex_tbb_destroy(tbb::mutex *m)
{
    m->~mutex();
}

void ct_mutex_tbb_lock(tbb::mutex *m)
{
    m->lock();
}

bool ct_mutex_tbb_trylock(tbb::mutex *m)
{
    return m->try_lock();
}

void ct_mutex_tbb_unlock(tbb::mutex *m)
{
    m->unlock();
}

} // extern "C"
