// SPDX-License-Identifier: MIT
/* pthread - over POSIX's semaphore, which knows no maximum: a count of the room left stands before it.
 *
 * Idea      post takes room for its permits with a compare-and-swap, and only then posts them; a wait
 *           gives room back when it has its permit. So permits and room are never more than the maximum
 *           together. What another wait has taken but not yet given back as room does not count as
 *           taken; whoever posts what its own waits returned with finds room. The same goes for any
 *           semaphore that cannot be told a maximum, at the cost of a read-modify-write each way.
 * Source    POSIX.1-2024, sem_wait; the count before it: own.
 * State     over  the semaphore
 *           room  permits that may still be posted
 *           Invariant: value of over + room + calls that are between the two = the maximum.
 * Order     libc's: a post synchronises with the wait that it lets through. room orders nothing: what
 *           it guards is a number, and every change of it is a read-modify-write.
 * Lifetime  post takes room before, and touches the semaphore last in libc, as semaphore/pthread.
 * Choose    where sem_t is wanted for its own sake; else the others pay one read-modify-write less
 *           each way.
 */
#ifndef CONTEND_BOUNDED_SEMAPHORE_PTHREAD_H
#define CONTEND_BOUNDED_SEMAPHORE_PTHREAD_H

#include <contend/bounded_semaphore.h>
#include <contend/semaphore/pthread.h>

struct ct_bounded_semaphore_pthread {
    struct ct_semaphore_pthread over;
    struct ct_u32 room;
};

static inline void ct_bounded_semaphore_pthread_init(struct ct_bounded_semaphore_pthread *s,
                                                     uint32_t value, uint32_t max)
{
    ct_semaphore_pthread_init(&s->over, value);
    ct_u32_store_relaxed(&s->room, max - value);
}

static inline int ct_bounded_semaphore_pthread_timedwait(struct ct_bounded_semaphore_pthread *s,
                                                         uint64_t deadline_ns)
{
    int error = ct_semaphore_pthread_timedwait(&s->over, deadline_ns);
    if (error == 0)
        ct_u32_add_relaxed(&s->room, 1);
    return error;
}

static inline void ct_bounded_semaphore_pthread_wait(struct ct_bounded_semaphore_pthread *s)
{
    ct_semaphore_pthread_wait(&s->over);
    ct_u32_add_relaxed(&s->room, 1);
}

static inline bool ct_bounded_semaphore_pthread_trywait(struct ct_bounded_semaphore_pthread *s)
{
    bool taken = ct_semaphore_pthread_trywait(&s->over);
    if (taken)
        ct_u32_add_relaxed(&s->room, 1);
    return taken;
}

static inline int ct_bounded_semaphore_pthread_post(struct ct_bounded_semaphore_pthread *s,
                                                    uint32_t n)
{
    uint32_t room = ct_u32_load_relaxed(&s->room);
    do {
        if (n > room)
            return EOVERFLOW;
    } while (!ct_u32_cas_relaxed(&s->room, &room, room - n));
    return ct_semaphore_pthread_post(&s->over, n); /* fits: the maximum is libc's at most */
}

static inline uint32_t
ct_bounded_semaphore_pthread_value(const struct ct_bounded_semaphore_pthread *s)
{
    return ct_semaphore_pthread_value(&s->over);
}

CT_BOUNDED_SEMAPHORE_ADAPT(pthread)
CT_BOUNDED_SEMAPHORE_ADAPT_DESTROY(pthread)
CT_BOUNDED_SEMAPHORE_ADAPT_TIMED(pthread)

static const struct ct_bounded_semaphore_ops ct_bounded_semaphore_pthread_ops = {
    .impl = {CT_BOUNDED_SEMAPHORE_IMPL(pthread, "pthread"),
             .summary = "POSIX's sem_t behind a count of the room left",
             .source = "POSIX.1-2024, sem_wait", .traits = CT_PARKS | CT_TIMED | CT_OPAQUE},
    CT_BOUNDED_SEMAPHORE_REQUIRED(pthread),
    .destroy = ct_bounded_semaphore_pthread_op_destroy,
    .timedwait = ct_bounded_semaphore_pthread_op_timedwait,
};

#endif
