// SPDX-License-Identifier: MIT
/* std.cc - std::barrier as the C functions of std.h. */
#include <contend/barrier.h>

#include <barrier>
#include <cerrno>
#include <new>

namespace
{

thread_local bool serial;

struct completion {
    void operator()() noexcept
    {
        serial = true;
    }
};

using barrier = std::barrier<completion>;

static_assert(sizeof(barrier) <= 4 * sizeof(uint64_t) && alignof(barrier) <= alignof(uint64_t),
              "struct ct_barrier_std in std.h holds four uint64_t");

} // namespace

extern "C" {

int ct_barrier_std_init(void *b, uint32_t parties)
{
    if (!ct_barrier_parties_valid(parties))
        return EINVAL;
    new (b) barrier(static_cast<std::ptrdiff_t>(parties));
    return 0;
}

void ct_barrier_std_destroy(void *b)
{
    static_cast<barrier *>(b)->~barrier();
}

int ct_barrier_std_wait(void *b)
{
    int saved = errno; /* the library sleeps by a system call */
    serial = false;
    static_cast<barrier *>(b)->arrive_and_wait();
    errno = saved;
    return serial ? CT_BARRIER_SERIAL : 0;
}

} // extern "C"
