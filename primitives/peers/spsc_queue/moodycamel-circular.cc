// SPDX-License-Identifier: MIT
/* moodycamel-circular.cc - moodycamel::BlockingReaderWriterCircularBuffer as the C functions of moodycamel-circular.h. */
#include <readerwriterqueue/readerwritercircularbuffer.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <new>

struct ct_spsc_queue_moodycamel_circular {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

namespace
{

template <std::size_t bytes> struct item_of {
    alignas(8) unsigned char byte[bytes];
};

template <typename item_type>
using queue = moodycamel::BlockingReaderWriterCircularBuffer<item_type>;

/* What use returns for a value of the type with so many bytes; no other ever gets past init. */
template <typename Use> auto with_item(std::size_t item_bytes, Use use)
{
    if (item_bytes == 8)
        return use(item_of<8>());
    if (item_bytes == 24)
        return use(item_of<24>());
    return use(item_of<64>());
}

uint64_t now_ns()
{
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<uint64_t>(t.tv_sec) * 1000000000 + static_cast<uint64_t>(t.tv_nsec);
}

/* Its time-outs are relative, in microseconds of another clock: asked again until ours has passed. */
template <typename Try, typename Wait, typename Timed>
int waiting(uint64_t deadline_ns, Try attempt, Wait wait, Timed timed)
{
    constexpr uint64_t longest_ns = 1000000000;
    int saved = errno;
    bool done = true;
    if (deadline_ns == UINT64_MAX) {
        wait();
    } else {
        uint64_t now = now_ns();
        while (!(done = attempt()) && now < deadline_ns) {
            uint64_t left = deadline_ns - now < longest_ns ? deadline_ns - now : longest_ns;
            if ((done = timed(static_cast<std::int64_t>(left / 1000 + 1))))
                break;
            now = now_ns();
        }
    }
    errno = saved;
    return done ? 0 : ETIMEDOUT;
}

} // namespace

extern "C" {

int ct_spsc_queue_moodycamel_circular_init(ct_spsc_queue_moodycamel_circular *q, uint32_t capacity,
                                           std::size_t item_bytes)
{
    if (capacity == 0 || (item_bytes != 8 && item_bytes != 24 && item_bytes != 64))
        return EINVAL;
    int saved = errno, error = 0;
    q->item_bytes = static_cast<uint32_t>(item_bytes);
    try {
        with_item(item_bytes, [&](auto type) {
            auto *peer = new queue<decltype(type)>(capacity);
            q->peer = peer;
            q->capacity = static_cast<uint32_t>(peer->max_capacity());
        });
    } catch (const std::bad_alloc &) {
        error = ENOMEM;
    }
    errno = saved;
    return error;
}

void ct_spsc_queue_moodycamel_circular_destroy(ct_spsc_queue_moodycamel_circular *q)
{
    int saved = errno;
    with_item(q->item_bytes,
              [&](auto type) { delete static_cast<queue<decltype(type)> *>(q->peer); });
    errno = saved;
}

int ct_spsc_queue_moodycamel_circular_try_push(ct_spsc_queue_moodycamel_circular *q,
                                               const void *item, std::size_t item_bytes)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        return static_cast<queue<item_type> *>(q->peer)->try_enqueue(
                   *static_cast<const item_type *>(item))
                   ? 0
                   : EAGAIN;
    });
}

int ct_spsc_queue_moodycamel_circular_try_pop(ct_spsc_queue_moodycamel_circular *q, void *item,
                                              std::size_t item_bytes)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        return static_cast<queue<item_type> *>(q->peer)->try_dequeue(
                   *static_cast<item_type *>(item))
                   ? 0
                   : EAGAIN;
    });
}

std::size_t ct_spsc_queue_moodycamel_circular_size(const ct_spsc_queue_moodycamel_circular *q)
{
    return with_item(q->item_bytes, [&](auto type) -> std::size_t {
        return static_cast<const queue<decltype(type)> *>(q->peer)->size_approx();
    });
}

uint32_t ct_spsc_queue_moodycamel_circular_capacity(const ct_spsc_queue_moodycamel_circular *q)
{
    return q->capacity;
}

int ct_spsc_queue_moodycamel_circular_push(ct_spsc_queue_moodycamel_circular *q, const void *item,
                                           std::size_t item_bytes, uint64_t deadline_ns)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        auto &peer = *static_cast<queue<item_type> *>(q->peer);
        auto &value = *static_cast<const item_type *>(item);
        return waiting(
            deadline_ns, [&] { return peer.try_enqueue(value); }, [&] { peer.wait_enqueue(value); },
            [&](auto us) { return peer.wait_enqueue_timed(value, us); });
    });
}

int ct_spsc_queue_moodycamel_circular_pop(ct_spsc_queue_moodycamel_circular *q, void *item,
                                          std::size_t item_bytes, uint64_t deadline_ns)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        auto &peer = *static_cast<queue<item_type> *>(q->peer);
        auto &value = *static_cast<item_type *>(item);
        return waiting(
            deadline_ns, [&] { return peer.try_dequeue(value); }, [&] { peer.wait_dequeue(value); },
            [&](auto us) { return peer.wait_dequeue_timed(value, us); });
    });
}

} // extern "C"
