// SPDX-License-Identifier: MIT
/* moodycamel-blocking.cc - the queue as the C functions of moodycamel-blocking.h. */
#include <concurrentqueue/blockingconcurrentqueue.h>

#include <ctime>

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

using words = moodycamel::BlockingConcurrentQueue<uint64_t>;
using records = moodycamel::BlockingConcurrentQueue<record>;

uint64_t now_ns()
{
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<uint64_t>(t.tv_sec) * UINT64_C(1000000000) +
           static_cast<uint64_t>(t.tv_nsec);
}

/* From now on, rounded up; without end in a form that the library bears: negative. */
int64_t until_us(uint64_t deadline_ns)
{
    const uint64_t now = now_ns();
    if (deadline_ns >= INT64_MAX)
        return -1;
    return deadline_ns <= now ? 0 : static_cast<int64_t>((deadline_ns - now + 999) / 1000);
}

/* The queue of words or the one of records: the member functions are called for either. */
struct queue {
    words *word;
    records *record_;
};

} // namespace

extern "C" {

int ct_unbounded_queue_moodycamel_blocking_init(queue *q, uint32_t capacity, size_t item_bytes)
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

void ct_unbounded_queue_moodycamel_blocking_destroy(queue *q)
{
    delete q->word;
    delete q->record_;
}

int ct_unbounded_queue_moodycamel_blocking_try_push(queue *q, const void *item, size_t item_bytes)
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

int ct_unbounded_queue_moodycamel_blocking_try_pop(queue *q, void *item, size_t item_bytes)
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

size_t ct_unbounded_queue_moodycamel_blocking_size(const queue *q)
{
    return q->word ? q->word->size_approx() : q->record_->size_approx();
}

uint32_t ct_unbounded_queue_moodycamel_blocking_capacity(const queue *q)
{
    (void)q;
    return UINT32_MAX;
}

int ct_unbounded_queue_moodycamel_blocking_push(queue *q, const void *item, size_t item_bytes,
                                                uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_moodycamel_blocking_try_push(q, item, item_bytes);
}

int ct_unbounded_queue_moodycamel_blocking_pop(queue *q, void *item, size_t item_bytes,
                                               uint64_t deadline_ns)
{
    const int saved = errno; /* the library's is a system call's */
    int error = ETIMEDOUT;
    do {
        const int64_t wait_us = until_us(deadline_ns);
        if (q->word) {
            uint64_t value;
            if (q->word->wait_dequeue_timed(value, wait_us)) {
                std::memcpy(item, &value, sizeof value);
                error = 0;
            }
        } else {
            record value;
            if (q->record_->wait_dequeue_timed(value, wait_us)) {
                std::memcpy(item, value.bytes, item_bytes);
                error = 0;
            }
        }
    } while (error != 0 && now_ns() < deadline_ns);
    errno = saved;
    return error;
}

} // extern "C"
