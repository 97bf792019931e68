// SPDX-License-Identifier: MIT
/* boost-lockfree.cc - boost::lockfree::spsc_queue as the C functions of boost-lockfree.h. */
#include <boost/lockfree/spsc_queue.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>

struct ct_spsc_queue_boost_lockfree {
    void *peer;
    uint32_t capacity;
    uint32_t item_bytes;
};

namespace
{

template <std::size_t bytes> struct item_of {
    alignas(8) unsigned char byte[bytes];
};

template <typename item_type> using queue = boost::lockfree::spsc_queue<item_type>;

/* What use returns for a value of the type with so many bytes; no other ever gets past init. */
template <typename Use> auto with_item(std::size_t item_bytes, Use use)
{
    if (item_bytes == 8)
        return use(item_of<8>());
    if (item_bytes == 24)
        return use(item_of<24>());
    return use(item_of<64>());
}

} // namespace

extern "C" {

int ct_spsc_queue_boost_lockfree_init(ct_spsc_queue_boost_lockfree *q, uint32_t capacity,
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
            q->capacity = capacity;
        });
    } catch (const std::bad_alloc &) {
        error = ENOMEM;
    }
    errno = saved;
    return error;
}

void ct_spsc_queue_boost_lockfree_destroy(ct_spsc_queue_boost_lockfree *q)
{
    int saved = errno;
    with_item(q->item_bytes,
              [&](auto type) { delete static_cast<queue<decltype(type)> *>(q->peer); });
    errno = saved;
}

int ct_spsc_queue_boost_lockfree_try_push(ct_spsc_queue_boost_lockfree *q, const void *item,
                                          std::size_t item_bytes)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        return static_cast<queue<item_type> *>(q->peer)->push(*static_cast<const item_type *>(item))
                   ? 0
                   : EAGAIN;
    });
}

int ct_spsc_queue_boost_lockfree_try_pop(ct_spsc_queue_boost_lockfree *q, void *item,
                                         std::size_t item_bytes)
{
    return with_item(item_bytes, [&](auto type) {
        using item_type = decltype(type);
        return static_cast<queue<item_type> *>(q->peer)->pop(*static_cast<item_type *>(item))
                   ? 0
                   : EAGAIN;
    });
}

std::size_t ct_spsc_queue_boost_lockfree_size(const ct_spsc_queue_boost_lockfree *q)
{
    return with_item(q->item_bytes, [&](auto type) -> std::size_t {
        return static_cast<const queue<decltype(type)> *>(q->peer)->read_available();
    });
}

uint32_t ct_spsc_queue_boost_lockfree_capacity(const ct_spsc_queue_boost_lockfree *q)
{
    return q->capacity;
}

} // extern "C"
