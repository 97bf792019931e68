// SPDX-License-Identifier: MIT
/* std-lock.cc - std::lock as the C functions of std-lock.h. */
#include <contend/ordered.h>

#include <pthread.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <new>
#include <utility>

static_assert(sizeof(std::mutex) == sizeof(pthread_mutex_t) &&
                  alignof(std::mutex) <= alignof(pthread_mutex_t),
              "struct ct_ordered_std_lock in std-lock.h holds one pthread_mutex_t");

namespace
{

using lock_function = void (*)(void *const *locks);

template <std::size_t... Index> void lock_these(void *const *locks)
{
    if constexpr (sizeof...(Index) == 1)
        static_cast<std::mutex *>(locks[0])->lock();
    else if constexpr (sizeof...(Index) > 1)
        std::lock(*static_cast<std::mutex *>(locks[Index])...);
}

template <std::size_t... Index> constexpr lock_function lock_first(std::index_sequence<Index...>)
{
    return lock_these<Index...>;
}

template <std::size_t... Count> constexpr auto lock_by_count(std::index_sequence<Count...>)
{
    return std::array<lock_function, sizeof...(Count)>{
        lock_first(std::make_index_sequence<Count>{})...};
}

constexpr auto lock_functions = lock_by_count(std::make_index_sequence<CT_ORDERED_HELD_MAX + 1>{});

} // namespace

extern "C" {

void ct_ordered_std_lock_init(std::mutex *lock)
{
    new (lock) std::mutex;
}

void ct_ordered_std_lock_destroy(std::mutex *lock)
{
    lock->~mutex();
}

void ct_ordered_std_lock_lock_all(void *const *locks, unsigned count)
{
    lock_functions[count](locks);
}

void ct_ordered_std_lock_unlock(void *lock)
{
    static_cast<std::mutex *>(lock)->unlock();
}

} // extern "C"
