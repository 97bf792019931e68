// SPDX-License-Identifier: MIT
/* tbb.cc - the queue as the C functions of tbb.h. */
#include <oneapi/tbb/concurrent_queue.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace
{

struct record {
    unsigned char bytes[64];
};

using words = tbb::concurrent_queue<uint64_t>;
using records = tbb::concurrent_queue<record>;

/* The queue of words or the one of records: the member functions are called for either. */
struct queue {
    words *word;
    records *record_;
};

} // namespace

extern "C" {

int ct_unbounded_queue_tbb_init(queue *q, uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (item_bytes > SIZE_MAX / 4)
        return ENOMEM;
    if (item_bytes > sizeof(record))
        return EINVAL;
    q->word = nullptr;
    q->record_ = nullptr;
    try {
        if (item_bytes == sizeof(uint64_t)) {
            q->word = new words;
        } else {
            q->record_ = new records;
        }
    } catch (const std::bad_alloc &) {
        return ENOMEM;
    }
    return 0;
}

void ct_unbounded_queue_tbb_destroy(queue *q)
{
    delete q->word;
    delete q->record_;
}

int ct_unbounded_queue_tbb_try_push(queue *q, const void *item, size_t item_bytes)
{
    if (q->word) {
        uint64_t value;
        std::memcpy(&value, item, sizeof value);
        return (q->word->push(value), 0);
    }
    record value{};
    std::memcpy(value.bytes, item, item_bytes);
    return (q->record_->push(value), 0);
}

int ct_unbounded_queue_tbb_try_pop(queue *q, void *item, size_t item_bytes)
{
    if (q->word) {
        uint64_t value;
        if (!q->word->try_pop(value))
            return EAGAIN;
        std::memcpy(item, &value, sizeof value);
        return 0;
    }
    record value;
    if (!q->record_->try_pop(value))
        return EAGAIN;
    std::memcpy(item, value.bytes, item_bytes);
    return 0;
}

size_t ct_unbounded_queue_tbb_size(const queue *q)
{
    return q->word ? q->word->unsafe_size() : q->record_->unsafe_size();
}

uint32_t ct_unbounded_queue_tbb_capacity(const queue *q)
{
    (void)q;
    return UINT32_MAX;
}

} // extern "C"
