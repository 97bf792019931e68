// SPDX-License-Identifier: MIT
/* michael-scott - the lock-free linked queue, nodes given back by hazard pointers.
 *
 * Idea      A push links its node behind the last one and then moves tail, or somebody else does who finds
 *           it lagging; a pop moves head on to the next node, whose item is then its own. A node is freed
 *           when no thread has announced that it looks at it: whoever removes one keeps it until then.
 *           Announcements stand in records, of which an operation takes a free one, near the CPU it runs on.
 * Source    Michael & Scott, "Simple, fast, and practical non-blocking and blocking concurrent queue
 *           algorithms", PODC 1996; Michael, "Hazard pointers: safe memory reclamation for lock-free
 *           objects", TPDS 15(6), 2004.
 * State     head .. tail    one list: the node before the first item, the last or one before it; tail is
 *                           never behind head
 *           next            of a node: NULL, the next, or the queue itself: closed. Changes once.
 *           records         how many have been in use at the same time; those before are scanned
 *           hazard          of a record: nodes that its owner may look at
 *           removed, count  of a record, its owner's: nodes still to be freed
 *           pushed          items, or those on their way in; popped, done likewise once they are
 *           not_empty, idle where consumers and joiners sleep
 * Order     hazard's store and the second look at head or tail, against their compare-and-swap and the
 *           scan of hazards: all seq_cst, so the scan sees the hazard or the look sees the change.
 *           next's release pairs with its acquire; a record goes from owner to owner by busy.
 * Limits    More than CT_MICHAEL_SCOTT_RECORDS operations at once wait for each other. A record keeps up to
 *           three nodes for each record. A push asks for memory each time, whatever the capacity.
 * Lifetime  CT_LATE: a push looks for sleepers after its item was there.
 * Choose    where no thread may hold up another; ring-list is faster.
 */
#ifndef CONTEND_UNBOUNDED_QUEUE_MICHAEL_SCOTT_H
#define CONTEND_UNBOUNDED_QUEUE_MICHAEL_SCOTT_H

#include <contend/alloc.h>
#include <contend/queue_wait.h>
#include <contend/unbounded_queue.h>

#include <string.h>

enum { CT_MICHAEL_SCOTT_RECORDS = 128, CT_MICHAEL_SCOTT_HAZARDS = 2 };

struct ct_unbounded_queue_michael_scott_node {
    struct ct_ptr next;
    struct ct_unbounded_queue_michael_scott_node *removed; /* the next one in a record's list */
    unsigned char item[];                                  /* item_bytes */
};

struct ct_unbounded_queue_michael_scott_record {
    CT_APART struct ct_u32 busy;
    uint32_t count, scan_at; /* a scan is due with so many */
    struct ct_unbounded_queue_michael_scott_node *removed;
    struct ct_ptr hazard[CT_MICHAEL_SCOTT_HAZARDS];
};

struct ct_unbounded_queue_michael_scott {
    CT_APART struct ct_ptr head;
    struct ct_u64 popped;
    CT_APART struct ct_ptr tail;
    struct ct_u64 pushed;
    CT_APART struct ct_u64 done;
    CT_APART struct ct_u32 records; /* from here on, all read and hardly anybody writes */
    struct ct_u32 closed, push_cpu;
    struct ct_eventcount not_empty, idle;
    struct ct_unbounded_queue_michael_scott_record record[CT_MICHAEL_SCOTT_RECORDS];
};

/* A record for one operation: one that is free, or one more. */
static inline struct ct_unbounded_queue_michael_scott_record *
ct_unbounded_queue_michael_scott_enter(struct ct_unbounded_queue_michael_scott *q)
{
    uint32_t hint = ct_cpu_id();
    for (;;) {
        uint32_t records = ct_u32_load_relaxed(&q->records);
        for (uint32_t i = 0; i < records; i++) {
            struct ct_unbounded_queue_michael_scott_record *r = &q->record[(hint + i) % records];
            if (ct_u32_load_relaxed(&r->busy) == 0 &&
                ct_u32_exchange_acquire(&r->busy, 1) == 0) /* pairs with leave */
                return r;
        }
        if (records < CT_MICHAEL_SCOTT_RECORDS) {
            ct_u32_cas_seq_cst(&q->records, &records, records + 1); /* scans after it look there */
        } else {
            ct_pause();
            ct_yield();
        }
    }
}

static inline void
ct_unbounded_queue_michael_scott_leave(struct ct_unbounded_queue_michael_scott_record *r)
{
    for (int i = 0; i < CT_MICHAEL_SCOTT_HAZARDS; i++)
        ct_ptr_store_release(&r->hazard[i], NULL);
    ct_u32_store_release(&r->busy, 0);
}

/* The node at end, which stays until the record announces another. */
static inline struct ct_unbounded_queue_michael_scott_node *
ct_unbounded_queue_michael_scott_hold(struct ct_unbounded_queue_michael_scott_record *r,
                                      const struct ct_ptr *end)
{
    void *node = ct_ptr_load_relaxed(end), *seen;
    for (;; node = seen) {
        ct_ptr_store_seq_cst(&r->hazard[0], node);
        seen = ct_ptr_load_seq_cst(end);
        if (seen == node)
            return (struct ct_unbounded_queue_michael_scott_node *)node;
    }
}

static inline bool
ct_unbounded_queue_michael_scott_held(const struct ct_unbounded_queue_michael_scott *q,
                                      const void *node)
{
    uint32_t records = ct_u32_load_seq_cst(&q->records);
    for (uint32_t i = 0; i < records; i++)
        for (int k = 0; k < CT_MICHAEL_SCOTT_HAZARDS; k++)
            if (ct_ptr_load_seq_cst(&q->record[i].hazard[k]) == node)
                return true;
    return false;
}

/* Free what nobody looks at. A scan for each node would read all hazards for it; but the next scan is due
   only when so many more nodes have been removed as there are records. */
__attribute__((noinline)) static void
ct_unbounded_queue_michael_scott_scan(const struct ct_unbounded_queue_michael_scott *q,
                                      struct ct_unbounded_queue_michael_scott_record *r)
{
    struct ct_unbounded_queue_michael_scott_node *node = r->removed, *next;
    r->removed = NULL;
    r->count = 0;
    for (; node; node = next) {
        next = node->removed;
        if (ct_unbounded_queue_michael_scott_held(q, node)) {
            node->removed = r->removed;
            r->removed = node;
            r->count++;
        } else {
            ct_free(node);
        }
    }
    r->scan_at = r->count + ct_u32_load_relaxed(&q->records);
}

/* The owner has taken it out of the list. */
static inline void
ct_unbounded_queue_michael_scott_remove(const struct ct_unbounded_queue_michael_scott *q,
                                        struct ct_unbounded_queue_michael_scott_record *r,
                                        struct ct_unbounded_queue_michael_scott_node *node)
{
    node->removed = r->removed;
    r->removed = node;
    if (++r->count >= r->scan_at)
        ct_unbounded_queue_michael_scott_scan(q, r);
}

/* NULL: no memory. */
static inline struct ct_unbounded_queue_michael_scott_node *
ct_unbounded_queue_michael_scott_node(size_t item_bytes)
{
    struct ct_unbounded_queue_michael_scott_node *node = NULL;
    if (item_bytes <= SIZE_MAX / 4)
        node = (struct ct_unbounded_queue_michael_scott_node *)ct_alloc(sizeof(void *),
                                                                        sizeof *node + item_bytes);
    if (node)
        ct_ptr_store_relaxed(&node->next, NULL);
    return node;
}

static inline int ct_unbounded_queue_michael_scott_init(struct ct_unbounded_queue_michael_scott *q,
                                                        uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    struct ct_unbounded_queue_michael_scott_node *node =
        ct_unbounded_queue_michael_scott_node(item_bytes);
    if (!node)
        return ENOMEM;
    ct_ptr_store_relaxed(&q->head, node);
    ct_ptr_store_relaxed(&q->tail, node);
    ct_u64_store_relaxed(&q->pushed, 0);
    ct_u64_store_relaxed(&q->popped, 0);
    ct_u64_store_relaxed(&q->done, 0);
    ct_u32_store_relaxed(&q->push_cpu, CT_CPU_UNKNOWN);
    ct_u32_store_relaxed(&q->closed, 0);
    ct_u32_store_relaxed(&q->records, 0);
    ct_eventcount_init(&q->not_empty);
    ct_eventcount_init(&q->idle);
    for (int i = 0; i < CT_MICHAEL_SCOTT_RECORDS; i++) {
        struct ct_unbounded_queue_michael_scott_record *r = &q->record[i];
        ct_u32_store_relaxed(&r->busy, 0);
        r->count = 0;
        r->scan_at = 1;
        r->removed = NULL;
        for (int k = 0; k < CT_MICHAEL_SCOTT_HAZARDS; k++)
            ct_ptr_store_relaxed(&r->hazard[k], NULL);
    }
    return 0;
}

static inline void
ct_unbounded_queue_michael_scott_destroy(struct ct_unbounded_queue_michael_scott *q)
{
    void *node = ct_ptr_load_acquire(&q->head);
    while (node && node != q) {
        void *next =
            ct_ptr_load_acquire(&((struct ct_unbounded_queue_michael_scott_node *)node)->next);
        ct_free(node);
        node = next;
    }
    for (uint32_t i = 0; i < ct_u32_load_relaxed(&q->records); i++) {
        struct ct_unbounded_queue_michael_scott_node *removed = q->record[i].removed, *next;
        for (; removed; removed = next) {
            next = removed->removed;
            ct_free(removed);
        }
    }
}

/* Append a node, or the queue itself, behind which there is none; false: it is closed. */
static inline bool
ct_unbounded_queue_michael_scott_append(struct ct_unbounded_queue_michael_scott *q,
                                        struct ct_unbounded_queue_michael_scott_record *r,
                                        void *what)
{
    for (;;) {
        struct ct_unbounded_queue_michael_scott_node *last =
            ct_unbounded_queue_michael_scott_hold(r, &q->tail);
        void *next = NULL, *seen = last;
        if (ct_ptr_cas_release(&last->next, &next, what)) { /* pairs with try_pop */
            if (what != q)
                ct_ptr_cas_seq_cst(&q->tail, &seen, what); /* or somebody else did */
            return true;
        }
        if (next == q)
            return false;
        ct_ptr_cas_seq_cst(&q->tail, &seen, ct_ptr_load_acquire(&last->next));
    }
}

/* done never passes pushed: if pushed, read after it, is the same, it was so when it was read. */
static inline bool ct_unbounded_queue_michael_scott_can_join(const void *queue)
{
    const struct ct_unbounded_queue_michael_scott *q =
        (const struct ct_unbounded_queue_michael_scott *)queue;
    uint64_t done = ct_u64_load_acquire(&q->done); /* pairs with task_done */
    return done == ct_u64_load_relaxed(&q->pushed);
}

CT_QUEUE_FAST int
ct_unbounded_queue_michael_scott_try_push(struct ct_unbounded_queue_michael_scott *q,
                                          const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_michael_scott_node *node =
        ct_unbounded_queue_michael_scott_node(item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    ct_queue_say_cpu(&q->push_cpu, ct_u64_add_relaxed(&q->pushed, 1));
    struct ct_unbounded_queue_michael_scott_record *r = ct_unbounded_queue_michael_scott_enter(q);
    bool open = ct_unbounded_queue_michael_scott_append(q, r, node);
    ct_unbounded_queue_michael_scott_leave(r);
    if (open) {
        ct_eventcount_notify(&q->not_empty, 1);
        return 0;
    }
    ct_free(node);
    ct_u64_sub_relaxed(&q->pushed, 1);
    ct_eventcount_notify(&q->idle, CT_WAKE_ALL); /* who joins may have counted it */
    return EPIPE;
}

CT_QUEUE_FAST int ct_unbounded_queue_michael_scott_push(struct ct_unbounded_queue_michael_scott *q,
                                                        const void *item, size_t item_bytes,
                                                        uint64_t deadline_ns)
{
    (void)deadline_ns;
    return ct_unbounded_queue_michael_scott_try_push(q, item, item_bytes);
}

/* Move head on: the node that it leaves, and in *taken the one whose item is the caller's, which stays until
   leave; or NULL and in *taken what is behind the last: NULL, or the queue. */
static inline struct ct_unbounded_queue_michael_scott_node *
ct_unbounded_queue_michael_scott_advance(struct ct_unbounded_queue_michael_scott *q,
                                         struct ct_unbounded_queue_michael_scott_record *r,
                                         void **taken)
{
    for (;;) {
        struct ct_unbounded_queue_michael_scott_node *first =
            ct_unbounded_queue_michael_scott_hold(r, &q->head);
        void *last = ct_ptr_load_acquire(&q->tail), *seen = first;
        void *next = ct_ptr_load_acquire(&first->next); /* pairs with append */
        *taken = next;
        if (!next || next == q)
            return NULL;
        ct_ptr_store_seq_cst(&r->hazard[1], next);
        if (ct_ptr_load_seq_cst(&q->head) != first)
            continue;
        if (last == first)
            ct_ptr_cas_seq_cst(&q->tail, &last, next); /* it lags; head must not pass it */
        if (ct_ptr_cas_seq_cst(&q->head, &seen, next))
            return first;
    }
}

CT_QUEUE_FAST int
ct_unbounded_queue_michael_scott_try_pop(struct ct_unbounded_queue_michael_scott *q, void *item,
                                         size_t item_bytes)
{
    void *taken;
    struct ct_unbounded_queue_michael_scott_record *r = ct_unbounded_queue_michael_scott_enter(q);
    struct ct_unbounded_queue_michael_scott_node *left =
        ct_unbounded_queue_michael_scott_advance(q, r, &taken);
    if (left) {
        memcpy(item, ((struct ct_unbounded_queue_michael_scott_node *)taken)->item, item_bytes);
        ct_u64_add_release(&q->popped, 1);
        ct_ptr_store_relaxed(&r->hazard[0], NULL); /* its own announcement holds up nothing */
        ct_unbounded_queue_michael_scott_remove(q, r, left);
    }
    ct_unbounded_queue_michael_scott_leave(r);
    return left ? 0 : taken ? EPIPE : EAGAIN;
}

/* Looks at no node: while tail lags, the push that brought the item has not woken anybody yet. */
static inline bool ct_unbounded_queue_michael_scott_can_pop(const void *queue)
{
    const struct ct_unbounded_queue_michael_scott *q =
        (const struct ct_unbounded_queue_michael_scott *)queue;
    const void *last = ct_ptr_load_acquire(&q->tail);
    return last != ct_ptr_load_relaxed(&q->head) || ct_u32_load_relaxed(&q->closed);
}

__attribute__((noinline)) static int
ct_unbounded_queue_michael_scott_wait_item(struct ct_unbounded_queue_michael_scott *q,
                                           uint64_t deadline_ns)
{
    if (ct_queue_look_on(q, ct_unbounded_queue_michael_scott_can_pop, &q->push_cpu))
        return 0;
    return ct_queue_sleep(q, ct_unbounded_queue_michael_scott_can_pop, &q->not_empty, deadline_ns);
}

CT_QUEUE_FAST int ct_unbounded_queue_michael_scott_pop(struct ct_unbounded_queue_michael_scott *q,
                                                       void *item, size_t item_bytes,
                                                       uint64_t deadline_ns)
{
    int error;
    while ((error = ct_unbounded_queue_michael_scott_try_pop(q, item, item_bytes)) == EAGAIN) {
        error = ct_unbounded_queue_michael_scott_wait_item(q, deadline_ns);
        if (error != 0)
            break;
    }
    return error;
}

static inline void
ct_unbounded_queue_michael_scott_close(struct ct_unbounded_queue_michael_scott *q)
{
    struct ct_unbounded_queue_michael_scott_record *r = ct_unbounded_queue_michael_scott_enter(q);
    (void)ct_unbounded_queue_michael_scott_append(q, r, q);
    ct_unbounded_queue_michael_scott_leave(r);
    ct_u32_store_release(&q->closed, 1);
    ct_eventcount_notify(&q->not_empty, CT_WAKE_ALL);
}

/* Items at some moment: popped did not change between two looks, and pushed was read between. */
static inline size_t
ct_unbounded_queue_michael_scott_size(const struct ct_unbounded_queue_michael_scott *q)
{
    uint64_t popped, pushed;
    do {
        popped = ct_u64_load_acquire(&q->popped);
        pushed = ct_u64_load_acquire(&q->pushed);
    } while (ct_u64_load_relaxed(&q->popped) != popped);
    return pushed - popped;
}

static inline uint32_t
ct_unbounded_queue_michael_scott_capacity(const struct ct_unbounded_queue_michael_scott *q)
{
    (void)q;
    return UINT32_MAX;
}

static inline void
ct_unbounded_queue_michael_scott_task_done(struct ct_unbounded_queue_michael_scott *q)
{
    /* acquire: the pushed that this looks at counts the items of those who were done before */
    if (ct_u64_add_acqrel(&q->done, 1) + 1 == ct_u64_load_relaxed(&q->pushed))
        ct_eventcount_notify(&q->idle, CT_WAKE_ALL);
}

static inline int ct_unbounded_queue_michael_scott_join(struct ct_unbounded_queue_michael_scott *q,
                                                        uint64_t deadline_ns)
{
    if (ct_unbounded_queue_michael_scott_can_join(q))
        return 0;
    return ct_queue_sleep(q, ct_unbounded_queue_michael_scott_can_join, &q->idle, deadline_ns);
}

CT_QUEUE_ADAPT(unbounded_queue_michael_scott)
CT_QUEUE_ADAPT_BLOCKING(unbounded_queue_michael_scott)
CT_QUEUE_ADAPT_CLOSE(unbounded_queue_michael_scott)
CT_QUEUE_ADAPT_JOIN(unbounded_queue_michael_scott)

static const struct ct_queue_ops ct_unbounded_queue_michael_scott_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(michael_scott, "michael-scott"),
             .summary = "lock-free linked list, hazard pointers",
             .source = "Michael & Scott, PODC 1996; Michael 2004",
             .traits = CT_PARKS | CT_TIMED | CT_LATE},
    CT_QUEUE_REQUIRED(unbounded_queue_michael_scott),
    CT_QUEUE_BLOCKING(unbounded_queue_michael_scott),
    CT_QUEUE_CLOSE(unbounded_queue_michael_scott),
    CT_QUEUE_JOIN(unbounded_queue_michael_scott),
};

#endif
