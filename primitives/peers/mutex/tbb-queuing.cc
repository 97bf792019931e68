// SPDX-License-Identifier: MIT
/* tbb-queuing.cc - tbb::queuing_mutex as the C functions of tbb-queuing.h. */
#include <oneapi/tbb/queuing_mutex.h>

#include <cstdint>
#include <new>

using node = tbb::queuing_mutex::scoped_lock;

static_assert(sizeof(tbb::queuing_mutex) == sizeof(uint64_t) &&
                  alignof(tbb::queuing_mutex) <= alignof(uint64_t),
              "struct ct_mutex_tbb_queuing in tbb-queuing.h holds one uint64_t");
static_assert(sizeof(node) == sizeof(uint64_t[3]) && alignof(node) <= alignof(uint64_t),
              "struct ct_mutex_tbb_queuing_node in tbb-queuing.h holds three uint64_t");

extern "C" {

void ct_mutex_tbb_queuing_init(tbb::queuing_mutex *m)
{
    new (m) tbb::queuing_mutex;
}

void ct_mutex_tbb_queuing_destroy(tbb::queuing_mutex *m)
{
    m->~queuing_mutex();
}

void ct_mutex_tbb_queuing_lock(tbb::queuing_mutex *m, void *storage)
{
    new (storage) node(*m);
}

bool ct_mutex_tbb_queuing_trylock(tbb::queuing_mutex *m, void *storage)
{
    return (new (storage) node)->try_acquire(*m);
}

void ct_mutex_tbb_queuing_unlock(tbb::queuing_mutex *, node *n)
{
    n->~node();
}

} // extern "C"
