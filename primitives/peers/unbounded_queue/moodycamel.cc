// SPDX-License-Identifier: MIT
/* moodycamel.cc - the queue as the C functions of moodycamel.h. */
#include <concurrentqueue/concurrentqueue.h>

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

using words = moodycamel::ConcurrentQueue<uint64_t>;
using records = moodycamel::ConcurrentQueue<record>;

/* The queue of words or the one of records: the member functions are called for either. */
struct queue {
    words *word;
    records *record_;
};

} // namespace

extern "C" {

int ct_unbounded_queue_moodycamel_init(queue *q, uint32_t capacity, size_t item_bytes)
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
            q->word = new words(capacity);
        } else {
            q->record_ = new records(capacity);
        }
    } catch (const std::bad_alloc &) {
        return ENOMEM;
    }
    return 0;
}

void ct_unbounded_queue_moodycamel_destroy(queue *q)
{
    delete q->word;
    delete q->record_;
}

int ct_unbounded_queue_moodycamel_try_push(queue *q, const void *item, size_t item_bytes)
{
    if (q->word) {
        uint64_t value;
        std::memcpy(&value, item, sizeof value);
        return q->word->enqueue(value) ? 0 : ENOMEM;
    }
    record value{};
    std::memcpy(value.bytes, item, item_bytes);
    return q->record_->enqueue(value) ? 0 : ENOMEM;
}

int ct_unbounded_queue_moodycamel_try_pop(queue *q, void *item, size_t item_bytes)
{
    if (q->word) {
        uint64_t value;
        if (!q->word->try_dequeue(value))
            return EAGAIN;
        std::memcpy(item, &value, sizeof value);
        return 0;
    }
    record value;
    if (!q->record_->try_dequeue(value))
        return EAGAIN;
    std::memcpy(item, value.bytes, item_bytes);
    return 0;
}

size_t ct_unbounded_queue_moodycamel_size(const queue *q)
{
    return q->word ? q->word->size_approx() : q->record_->size_approx();
}

uint32_t ct_unbounded_queue_moodycamel_capacity(const queue *q)
{
    (void)q;
    return UINT32_MAX;
}

} // extern "C"
