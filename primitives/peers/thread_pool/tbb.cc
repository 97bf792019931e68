// SPDX-License-Identifier: MIT
/* tbb.cc - tbb::task_arena as the C functions of tbb.h. */
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <new>

struct ct_future;
typedef int ct_task_function(void *argument, void **value);

namespace
{

struct arena {
    tbb::global_control parallelism;
    tbb::task_arena tasks;

    /* Both counts include a thread that waits inside; nobody does. */
    explicit arena(unsigned workers)
        : parallelism(tbb::global_control::max_allowed_parallelism, workers + 1),
          tasks(static_cast<int>(workers), 0)
    {
        tasks.initialize();
    }
};

} // namespace

extern "C" {

void *ct_thread_pool_tbb_arena(unsigned workers)
{
    try {
        return new arena(workers);
    } catch (...) {
        return nullptr;
    }
}

void ct_thread_pool_tbb_arena_free(void *a)
{
    delete static_cast<arena *>(a);
}

void ct_thread_pool_tbb_enqueue(void *a,
                                void (*run)(void *pool, ct_task_function *function, void *argument,
                                            struct ct_future *future),
                                void *pool, ct_task_function *function, void *argument,
                                struct ct_future *future)
{
    static_cast<arena *>(a)->tasks.enqueue([=] { run(pool, function, argument, future); });
}

} // extern "C"
