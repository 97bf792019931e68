// SPDX-License-Identifier: MIT
/* std.cc - an event on std::atomic's wait and notify as the C functions of std.h. */
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <new>

namespace
{

struct event {
    std::atomic<uint32_t> changes; /* so far, odd while set */
    bool auto_reset;

    bool take(uint32_t seen)
    {
        return changes.compare_exchange_strong(seen, seen + 1, std::memory_order_acquire);
    }
};

static_assert(sizeof(event) == 2 * sizeof(uint32_t) && alignof(event) <= alignof(uint32_t),
              "struct ct_event_std in std.h holds two uint32_t");

} // namespace

extern "C" {

void ct_event_std_init(event *e)
{
    new (e) event{{0}, false};
}

void ct_event_std_init_auto(event *e)
{
    new (e) event{{0}, true};
}

void ct_event_std_set(event *e)
{
    const bool one = e->auto_reset; /* read before the event may be gone */
    e->changes.fetch_or(1, std::memory_order_release);
    if (one)
        e->changes.notify_one();
    else
        e->changes.notify_all();
}

void ct_event_std_clear(event *e)
{
    uint32_t seen;
    do {
        seen = e->changes.load(std::memory_order_acquire);
    } while (seen & 1 && !e->take(seen));
}

bool ct_event_std_is_set(const event *e)
{
    return e->changes.load(std::memory_order_acquire) & 1;
}

void ct_event_std_wait(event *e)
{
    uint32_t began = e->changes.load(std::memory_order_acquire), seen = began;
    while (!(seen & 1 ? !e->auto_reset || e->take(seen) : !e->auto_reset && seen != began)) {
        if (!(seen & 1)) {
            int saved = errno;
            e->changes.wait(seen, std::memory_order_acquire);
            errno = saved;
        }
        seen = e->changes.load(std::memory_order_acquire);
    }
}

} // extern "C"
