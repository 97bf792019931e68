// SPDX-License-Identifier: MIT
/* queue.h - what the scenarios of all kinds of queue are made of: actors, setups, verdicts. Each kind has
 * its own rows, <kind>.c.
 *
 * The first half of the actors are producers, the others consumers, each of as many items as its share.
 * An item is a number; who pushes it writes to its cell before, who pops it reads and rewrites that. */
#ifndef STRESS_QUEUE_H
#define STRESS_QUEUE_H

#include "stress/lifetime.h"

#include <contend/atomic.h>
#include <contend/queue.h>

enum queue_needs {
    QUEUE_NEEDS_BLOCKING = 1,
    QUEUE_NEEDS_MANY = 2,
    QUEUE_NEEDS_CLOSE = 4,
    QUEUE_NEEDS_JOIN = 8,
};

enum { QUEUE_STEPS_MAX = 16, QUEUE_ITEM_WORDS = 3 };
enum { QUEUE_ITEMS_MAX = CELLS_ACTORS_MAX * QUEUE_STEPS_MAX };

struct queue_state {
    struct lifetime life;
    uint32_t capacity;
    size_t item_bytes;
    unsigned producers;
    void *second;            /* pipeline: another queue; else NULL */
    struct ct_u32 producing; /* producers that have not pushed their last item */
    struct ct_u32 stopped;   /* the flag that stops consumers */
    struct ct_u32 ahead;     /* pushes that returned, less pops that began, and an offset */
    struct cell cell[QUEUE_ITEMS_MAX];
};

unsigned queue_offers(const void *ops);
void queue_release(struct scenario_round *r);

/* Capacities, and items of one word; records: of QUEUE_ITEM_WORDS. */
void queue_setup_one_place(struct scenario_round *r);
void queue_setup_two_places(struct scenario_round *r);
void queue_setup_few_places(struct scenario_round *r); /* 1 to 3 */
void queue_setup_room_for_all(struct scenario_round *r);
void queue_setup_records(struct scenario_round *r);
void queue_setup_pipeline(struct scenario_round *r);
void queue_setup_destroy(struct scenario_round *r);

void queue_actor_try(struct scenario_thread *t);      /* asking again and again */
void queue_actor_blocking(struct scenario_thread *t); /* waiting */
void queue_actor_items(struct scenario_thread *t);    /* now this, now that, where offered */
void queue_actor_capacity(struct scenario_thread *t);
void queue_actor_batches(struct scenario_thread *t);
void queue_actor_timed(struct scenario_thread *t);
void queue_actor_close(struct scenario_thread *t);         /* by the last producer */
void queue_actor_close_wakes(struct scenario_thread *t);   /* ... while all consumers wait */
void queue_actor_close_anytime(struct scenario_thread *t); /* by actor 0: neither side */
void queue_actor_sentinels(struct scenario_thread *t);
void queue_actor_stop_flag(struct scenario_thread *t);
void queue_actor_join(struct scenario_thread *t);
void queue_actor_pipeline(struct scenario_thread *t); /* actors 0, 1 and 2 */
void queue_actor_destroy(struct scenario_thread *t);

const char *queue_verdict(struct scenario_round *r); /* every item that was pushed was popped */
const char *queue_verdict_destroy(struct scenario_round *r);

extern const struct ct_queue_ops queue_nothing; /* loses what it is given */

#endif
