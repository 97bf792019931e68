// SPDX-License-Identifier: MIT
/* linear_specs.c - what locks, semaphores, events and queues do when one thread uses them: the ensures
   and errors of their contracts. */
#include "stress/linear.h"

#include <errno.h>
#include <string.h>

#define BIT(operation) (1U << (operation))

/* One number says it all: holders, permits, whether it is set. */
struct number {
    uint32_t value;
};

static size_t number_bytes(const void *state)
{
    (void)state;
    return sizeof(struct number);
}

static void number_begin(const struct history *h, void *state)
{
    ((struct number *)state)->value = h->start;
}

/* mutex: 0, or 1 + the owner. */
static bool mutex_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct number *owner = state;
    (void)h;
    if (c->is->what == MUTEX_UNLOCK) {
        if (owner->value != c->thread + 1)
            return false;
        owner->value = 0;
        return true;
    }
    if (c->is->error)
        return owner->value != 0;
    if (owner->value != 0)
        return false;
    owner->value = c->thread + 1;
    return true;
}

static const struct linear_operation mutex_operations[] = {
    [MUTEX_LOCK] = {.name = "lock"},
    [MUTEX_TRYLOCK] = {.name = "trylock", .may_refuse = true},
    [MUTEX_TIMEDLOCK] = {.name = "timedlock", .may_refuse = true},
    [MUTEX_UNLOCK] = {.name = "unlock"},
};

const struct linear_spec linear_mutex = {
    .name = "mutex",
    .operations = mutex_operations,
    .begin = number_begin,
    .step = mutex_step,
    .bytes = number_bytes,
};

/* rwlock: how many read, or RWLOCK_WRITTEN + the writer. */
enum { RWLOCK_WRITTEN = 1 << 16 };

static bool rwlock_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct number *holders = state;
    (void)h;
    switch ((enum linear_rwlock_operation)c->is->what) {
    case RWLOCK_RDLOCK:
    case RWLOCK_TRYRDLOCK:
    case RWLOCK_TIMEDRDLOCK:
        if (c->is->error)
            return holders->value >= RWLOCK_WRITTEN || c->excuses;
        holders->value++;
        return holders->value < RWLOCK_WRITTEN;
    case RWLOCK_WRLOCK:
    case RWLOCK_TRYWRLOCK:
    case RWLOCK_TIMEDWRLOCK:
        if (c->is->error)
            return holders->value != 0 || c->excuses;
        if (holders->value != 0)
            return false;
        holders->value = RWLOCK_WRITTEN + c->thread;
        return true;
    case RWLOCK_RDUNLOCK:
        holders->value--; /* below none it is more than anybody */
        return holders->value < RWLOCK_WRITTEN;
    case RWLOCK_WRUNLOCK:
        holders->value -= RWLOCK_WRITTEN + c->thread;
        return holders->value == 0;
    }
    return false;
}

/* A writer that waits, or gives up, keeps others out as well; and who has not returned from unlocking
   may still do so to a writer, although others are in already. */
#define WRITES BIT(RWLOCK_WRLOCK) | BIT(RWLOCK_TRYWRLOCK) | BIT(RWLOCK_TIMEDWRLOCK)
#define UNLOCKS BIT(RWLOCK_RDUNLOCK) | BIT(RWLOCK_WRUNLOCK)
#define READS BIT(RWLOCK_RDLOCK) | BIT(RWLOCK_TRYRDLOCK) | BIT(RWLOCK_TIMEDRDLOCK)
static const struct linear_operation rwlock_operations[] = {
    [RWLOCK_RDLOCK] = {.name = "rdlock"},
    [RWLOCK_TRYRDLOCK] = {.name = "tryrdlock",
                          .may_refuse = true,
                          .excused_by = WRITES,
                          .excused_by_refused = true},
    [RWLOCK_TIMEDRDLOCK] = {.name = "timedrdlock",
                            .may_refuse = true,
                            .excused_by = WRITES,
                            .excused_by_refused = true},
    [RWLOCK_RDUNLOCK] = {.name = "rdunlock"},
    [RWLOCK_WRLOCK] = {.name = "wrlock"},
    [RWLOCK_TRYWRLOCK] = {.name = "trywrlock",
                          .may_refuse = true,
                          .excused_by = WRITES | READS | UNLOCKS,
                          .excused_by_refused = true},
    [RWLOCK_TIMEDWRLOCK] = {.name = "timedwrlock",
                            .may_refuse = true,
                            .excused_by = WRITES | READS | UNLOCKS,
                            .excused_by_refused = true},
    [RWLOCK_WRUNLOCK] = {.name = "wrunlock"},
};

const struct linear_spec linear_rwlock = {
    .name = "rwlock",
    .operations = rwlock_operations,
    .begin = number_begin,
    .step = rwlock_step,
    .bytes = number_bytes,
};

/* A post is refused if it would bring too many permits, those included that a wait has taken which has
   not returned, or that another post is about to bring: one each. */
static bool semaphore_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct number *permits = state;
    switch ((enum linear_semaphore_operation)c->is->what) {
    case SEMAPHORE_WAIT:
    case SEMAPHORE_TRYWAIT:
    case SEMAPHORE_TIMEDWAIT:
        if (c->is->error)
            return permits->value == 0;
        return permits->value-- != 0;
    case SEMAPHORE_POST:
        if (c->is->error)
            return (uint64_t)permits->value + c->is->argument + c->excuses > h->limit;
        permits->value += c->is->argument;
        return permits->value <= h->limit;
    case SEMAPHORE_VALUE:
        return permits->value == c->is->got;
    }
    return false;
}

#define WAITS BIT(SEMAPHORE_WAIT) | BIT(SEMAPHORE_TRYWAIT) | BIT(SEMAPHORE_TIMEDWAIT)
#define SEMAPHORE_OPERATIONS(post_excused_by)                                                      \
    {                                                                                              \
        [SEMAPHORE_WAIT] = {.name = "wait"},                                                       \
        [SEMAPHORE_TRYWAIT] = {.name = "trywait", .may_refuse = true},                             \
        [SEMAPHORE_TIMEDWAIT] = {.name = "timedwait", .may_refuse = true},                         \
        [SEMAPHORE_POST] = {.name = "post", .may_refuse = true, .excused_by = post_excused_by},    \
        [SEMAPHORE_VALUE] = {.name = "value", .looks = true},                                      \
    }
static const struct linear_operation semaphore_operations[] = SEMAPHORE_OPERATIONS(0);
static const struct linear_operation bounded_semaphore_operations[] =
    SEMAPHORE_OPERATIONS(WAITS | BIT(SEMAPHORE_POST));

const struct linear_spec linear_semaphore = {
    .name = "semaphore",
    .operations = semaphore_operations,
    .begin = number_begin,
    .step = semaphore_step,
    .bytes = number_bytes,
};

const struct linear_spec linear_bounded_semaphore = {
    .name = "bounded semaphore",
    .operations = bounded_semaphore_operations,
    .begin = number_begin,
    .step = semaphore_step,
    .bytes = number_bytes,
};

static bool event_look(struct number *set, const struct linear_call *c)
{
    switch ((enum linear_event_operation)c->is->what) {
    case EVENT_SET:
    case EVENT_CLEAR:
        set->value = c->is->what == EVENT_SET;
        return true;
    case EVENT_WAIT:
    case EVENT_TIMEDWAIT:
        return (set->value != 0) == !c->is->error;
    case EVENT_IS_SET:
        return set->value == c->is->got;
    }
    return false;
}

static bool event_step(const struct history *h, void *state, const struct linear_call *c)
{
    (void)h;
    return event_look(state, c);
}

static bool event_auto_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct number *set = state;
    (void)h;
    if (!event_look(set, c))
        return false;
    if (c->is->what == EVENT_WAIT || c->is->what == EVENT_TIMEDWAIT)
        set->value = 0;
    return true;
}

static const struct linear_operation event_operations[] = {
    [EVENT_SET] = {.name = "set"},
    [EVENT_CLEAR] = {.name = "clear"},
    [EVENT_WAIT] = {.name = "wait"},
    [EVENT_TIMEDWAIT] = {.name = "timedwait", .may_refuse = true},
    [EVENT_IS_SET] = {.name = "is_set", .looks = true},
};

const struct linear_spec linear_event = {
    .name = "manual-reset event",
    .operations = event_operations,
    .begin = number_begin,
    .step = event_step,
    .bytes = number_bytes,
};

const struct linear_spec linear_event_auto = {
    .name = "auto-reset event",
    .operations = event_operations,
    .begin = number_begin,
    .step = event_auto_step,
    .bytes = number_bytes,
};

/* The items inside, the first first. */
struct queue {
    uint16_t closed, inside;
    uint16_t item[HISTORY_THREADS_MAX * HISTORY_CALLS_MAX];
};
_Static_assert(sizeof(struct queue) <= LINEAR_STATE_BYTES, "a state has room for every item");

static size_t queue_bytes(const void *state)
{
    return offsetof(struct queue, item) + ((const struct queue *)state)->inside * sizeof(uint16_t);
}

static void queue_begin(const struct history *h, void *state)
{
    struct queue *q = state;
    (void)h;
    q->closed = q->inside = 0;
}

static unsigned queue_producer(unsigned item)
{
    return (item - 1) / HISTORY_CALLS_MAX;
}

/* A push or pop that was refused: EPIPE, or EAGAIN and ETIMEDOUT, which mean the same. */
static bool queue_refused(const struct linear_call *c, bool for_ever, bool now)
{
    return c->is->error == EPIPE ? for_ever : now || c->excuses;
}

/* Stamps say nothing of two calls of one thread, which makes one after the other. */
static bool returned_before(const struct linear_call *one, const struct linear_call *other)
{
    return one->thread == other->thread
               ? one->is < other->is
               : stamp_before(&one->is->returned, one->thread, &other->is->called);
}

/* Could all that is inside have come out before the item that is pushed? */
static bool queue_keeps_order(const struct queue *q, const struct linear_call *push)
{
    const struct linear_call *own = push->got_by ? push->got_by[push->is->argument] : NULL;
    for (unsigned i = 0; own && i < q->inside; i++) {
        const struct linear_call *ahead = push->got_by[q->item[i]];
        if (!ahead || returned_before(own, ahead))
            return false;
    }
    return true;
}

static bool queue_push(const struct history *h, struct queue *q, const struct linear_call *c,
                       unsigned at)
{
    bool full = q->inside >= h->limit;
    if (c->is->error)
        return queue_refused(c, q->closed, full);
    if (q->closed || full || !queue_keeps_order(q, c))
        return false;
    memmove(q->item + at + 1, q->item + at, (q->inside - at) * sizeof *q->item);
    bool stays = c->got_by && !c->got_by[c->is->argument]; /* in what order does not matter */
    q->item[at] = stays ? 0 : (uint16_t)c->is->argument;
    q->inside++;
    return true;
}

/* found: the item that was got is inside, and may come out. */
static bool queue_pop(struct queue *q, const struct linear_call *c, unsigned at, bool found)
{
    bool empty = q->inside == 0;
    if (c->is->error)
        return queue_refused(c, empty && q->closed, empty && !q->closed);
    if (!found)
        return false;
    q->inside--;
    memmove(q->item + at, q->item + at + 1, (q->inside - at) * sizeof *q->item);
    return true;
}

static bool queue_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct queue *q = state;
    switch ((enum linear_queue_operation)c->is->what) {
    case QUEUE_TRY_PUSH:
    case QUEUE_PUSH:
        return queue_push(h, q, c, q->inside);
    case QUEUE_TRY_POP:
    case QUEUE_POP:
        return queue_pop(q, c, 0, q->inside && q->item[0] == c->is->got);
    case QUEUE_CLOSE:
        q->closed = 1;
        return true;
    }
    return false;
}

/* Sorted, which is the order of each producer, and equal whatever the order between them. */
static bool queue_unordered_step(const struct history *h, void *state, const struct linear_call *c)
{
    struct queue *q = state;
    bool pushes = c->is->what == QUEUE_TRY_PUSH || c->is->what == QUEUE_PUSH;
    uint32_t item = pushes ? c->is->argument : c->is->got;
    unsigned at = 0;
    if (c->is->what == QUEUE_CLOSE)
        return queue_step(h, state, c);
    while (at < q->inside && q->item[at] < item)
        at++;
    if (pushes)
        return queue_push(h, q, c, at);
    bool found = at < q->inside && q->item[at] == item;
    bool first = at == 0 || queue_producer(q->item[at - 1]) != queue_producer(item);
    return queue_pop(q, c, at, found && first);
}

#define PUSHES BIT(QUEUE_TRY_PUSH) | BIT(QUEUE_PUSH)
#define POPS BIT(QUEUE_TRY_POP) | BIT(QUEUE_POP)
#define QUEUE_OPERATION(shown, by, by_ended)                                                       \
    {                                                                                              \
        .name = shown, .may_refuse = true, .excused_by = by, .excused_by_ended = by_ended          \
    }
#define QUEUE_OPERATIONS(excuse)                                                                   \
    {                                                                                              \
        [QUEUE_TRY_PUSH] = QUEUE_OPERATION("try_push", excuse, PUSHES),                            \
        [QUEUE_PUSH] = QUEUE_OPERATION("push", excuse, PUSHES),                                    \
        [QUEUE_TRY_POP] = QUEUE_OPERATION("try_pop", excuse, POPS),                                \
        [QUEUE_POP] = QUEUE_OPERATION("pop", excuse, POPS), [QUEUE_CLOSE] = {.name = "close"},     \
    }
static const struct linear_operation queue_operations[] = QUEUE_OPERATIONS(0);
/* Either side: the slot in front may be claimed by the other side and not filled, or emptied; or what there
   is may be spoken for by a call of the same side that has not come to take it, or that will find the
   queue closed and give back what it claimed. */
static const struct linear_operation queue_claimed_operations[] = QUEUE_OPERATIONS(PUSHES | POPS);

const struct linear_spec linear_queue = {
    .name = "queue",
    .operations = queue_operations,
    .begin = queue_begin,
    .step = queue_step,
    .bytes = queue_bytes,
    .fifo_gets = POPS,
};

const struct linear_spec linear_queue_claimed = {
    .name = "queue whose slots are claimed first",
    .operations = queue_claimed_operations,
    .begin = queue_begin,
    .step = queue_step,
    .bytes = queue_bytes,
    .fifo_gets = POPS,
};

const struct linear_spec linear_queue_unordered = {
    .name = "queue without an order between producers",
    .operations = queue_claimed_operations,
    .begin = queue_begin,
    .step = queue_unordered_step,
    .bytes = queue_bytes,
};
