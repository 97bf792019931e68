// SPDX-License-Identifier: MIT
/* urcu-wfcq - the wait-free concurrent queue of the userspace RCU library.
 *
 * Idea      A list of the caller's nodes. A push is one exchange of the last node and one store that links it;
 *           pops exclude each other by a mutex of libc's.
 * Source    Desnoyers & Jiangshan, liburcu, urcu/wfcqueue.h
 * Choose    many producers that must not wait, one consumer.
 *
 * Its nodes are the user's: each item lies in memory of its own with one. A push that has exchanged and not
 * linked holds up the pops: they say EAGAIN. It does not count its items: there is no size.
 */
#ifndef CONTEND_PEERS_UNBOUNDED_QUEUE_URCU_WFCQ_H
#define CONTEND_PEERS_UNBOUNDED_QUEUE_URCU_WFCQ_H

#include <contend/alloc.h>
#include <contend/unbounded_queue.h>
#include <contend/wait.h>

#include <string.h>
#include <urcu/wfcqueue.h>

struct ct_unbounded_queue_urcu_wfcq {
    CT_APART struct cds_wfcq_head head;
    CT_APART struct cds_wfcq_tail tail;
};

struct ct_unbounded_queue_urcu_wfcq_node {
    struct cds_wfcq_node peer; /* first */
    unsigned char item[];      /* item_bytes */
};

static inline int ct_unbounded_queue_urcu_wfcq_init(struct ct_unbounded_queue_urcu_wfcq *q,
                                                    uint32_t capacity, size_t item_bytes)
{
    if (capacity == 0 || item_bytes == 0)
        return EINVAL;
    if (item_bytes > SIZE_MAX / 4)
        return ENOMEM;
    cds_wfcq_init(&q->head, &q->tail);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_urcu_wfcq_try_push(struct ct_unbounded_queue_urcu_wfcq *q,
                                                        const void *item, size_t item_bytes)
{
    struct ct_unbounded_queue_urcu_wfcq_node *node =
        (struct ct_unbounded_queue_urcu_wfcq_node *)ct_alloc(sizeof(void *),
                                                             sizeof *node + item_bytes);
    if (!node)
        return ENOMEM;
    memcpy(node->item, item, item_bytes);
    cds_wfcq_node_init(&node->peer);
    cds_wfcq_enqueue(&q->head, &q->tail, &node->peer);
    return 0;
}

CT_QUEUE_FAST int ct_unbounded_queue_urcu_wfcq_try_pop(struct ct_unbounded_queue_urcu_wfcq *q,
                                                       void *item, size_t item_bytes)
{
    cds_wfcq_dequeue_lock(&q->head, &q->tail);
    struct cds_wfcq_node *peer = __cds_wfcq_dequeue_nonblocking(&q->head, &q->tail);
    cds_wfcq_dequeue_unlock(&q->head, &q->tail);
    if (!peer || peer == CDS_WFCQ_WOULDBLOCK)
        return EAGAIN;
    struct ct_unbounded_queue_urcu_wfcq_node *node =
        (struct ct_unbounded_queue_urcu_wfcq_node *)(void *)peer;
    memcpy(item, node->item, item_bytes);
    ct_free(node);
    return 0;
}

static inline void ct_unbounded_queue_urcu_wfcq_destroy(struct ct_unbounded_queue_urcu_wfcq *q)
{
    struct cds_wfcq_node *peer;
    while ((peer = __cds_wfcq_dequeue_blocking(&q->head, &q->tail)) != NULL)
        ct_free(peer);
    cds_wfcq_destroy(&q->head, &q->tail);
}

static inline uint32_t
ct_unbounded_queue_urcu_wfcq_capacity(const struct ct_unbounded_queue_urcu_wfcq *q)
{
    (void)q;
    return UINT32_MAX;
}

CT_QUEUE_ADAPT_UNCOUNTED(unbounded_queue_urcu_wfcq)

static const struct ct_queue_ops ct_unbounded_queue_urcu_wfcq_ops = {
    .impl = {CT_UNBOUNDED_QUEUE_IMPL(urcu_wfcq, "urcu-wfcq"),
             .summary = "wait-free push, pops under a mutex",
             .source = "Desnoyers & Jiangshan, liburcu, wfcqueue", .package = CT_PACKAGE_urcu,
             .traits = CT_OPAQUE | CT_PEER},
    CT_QUEUE_UNCOUNTED(unbounded_queue_urcu_wfcq),
};

#endif
