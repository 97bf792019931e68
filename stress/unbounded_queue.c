// SPDX-License-Identifier: MIT
/* Scenarios of queues without a bound. Made with room for one, they find more in every round. */
#include "stress/queue.h"
#include "stress/recorded.h"

#include "contend_broken.h"
#include "contend_impls.h"

/* clang-format off */
#define SIZE .state_bytes = sizeof(struct queue_state)
#define STATE .threads_max = CELLS_ACTORS_MAX, SIZE
static const struct scenario scenarios[] = {
    {.name = "every-item-once", .claim = "every item pushed is popped once, in the order of its producer, with what was written before its push",
     .power = true, .threads_min = 2, .steps = 16, .model_threads = 4, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_items, .verdict = queue_verdict},
    {.name = "records", .claim = "a record of several words comes out whole",
     .threads_min = 2, .steps = 16, .model_threads = 2, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_records, .actor = queue_actor_items, .verdict = queue_verdict},
    {.name = "batches", .claim = "push_many and pop_many move as many items as they say, in order",
     .needs = QUEUE_NEEDS_MANY, .threads_min = 2, .steps = 16, .model_threads = 3, .model_steps = 2, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_batches, .verdict = queue_verdict},
    {.name = "lost-wakeup", .claim = "nobody sleeps for ever while there is an item",
     .long_because = LONG_SLEEPS, .needs = QUEUE_NEEDS_BLOCKING, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_SLEEPS,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 2,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_blocking, .verdict = queue_verdict},
    {.name = "lost-wakeup-many", .claim = "... when several producers wake several consumers",
     .long_because = LONG_SLEEPS, .needs = QUEUE_NEEDS_BLOCKING, .traits = CT_PARKS, .hold_ns = 60000, .must_see = SEE_SLEEPS,
     .threads_min = 4, .steps = 4, .model_threads = 4, .model_steps = 1,
     STATE, .setup = queue_setup_room_for_all, .actor = queue_actor_blocking, .verdict = queue_verdict},
    {.name = "timed-pop", .claim = "a pop that times out took nothing and is not early",
     .long_because = LONG_DEADLINES, .needs = QUEUE_NEEDS_BLOCKING, .hold_ns = 100000, .must_see = SEE_CONTENTION,
     .threads_min = 2, .steps = 4, .model_threads = 2, .model_steps = 1,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_timed, .verdict = queue_verdict},
    {.name = "close", .claim = "a closed queue takes nothing, and gives all it has before it says so",
     .needs = QUEUE_NEEDS_CLOSE, .threads_min = 2, .steps = 8, .model_threads = 3, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_close, .verdict = queue_verdict},
    {.name = "close-anytime", .claim = "a push that races with the close is refused, or its item comes out",
     .needs = QUEUE_NEEDS_CLOSE, .threads_min = 4, .steps = 8, .model_threads = 4, .model_steps = 1, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_two_places, .actor = queue_actor_close_anytime, .verdict = queue_verdict},
    {.name = "close-wakes", .claim = "closing wakes who sleeps for an item",
     .long_because = LONG_SLEEPS, .needs = QUEUE_NEEDS_CLOSE | QUEUE_NEEDS_BLOCKING, .traits = CT_PARKS, .hold_ns = 100000, .must_see = SEE_SLEEPS,
     .threads_min = 3, .steps = 2, .model_threads = 3, .model_steps = 1,
     STATE, .setup = queue_setup_two_places, .actor = queue_actor_close_wakes, .verdict = queue_verdict},
    {.name = "sentinel", .claim = "who stops at the item that says so has got all before it",
     .traits_not = CT_UNORDERED, .threads_min = 2, .steps = 8, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_one_place, .actor = queue_actor_sentinels, .verdict = queue_verdict},
    {.name = "stop-flag", .claim = "who sees the flag set after the last push, and then an empty queue, has got all",
     .threads_min = 2, .steps = 8, .must_see = SEE_CONTENTION,
     STATE, .setup = queue_setup_two_places, .actor = queue_actor_stop_flag, .verdict = queue_verdict},
    {.name = "join", .claim = "join returns when every item is worked off, not before, and shows the work",
     .long_because = LONG_WORK, .needs = QUEUE_NEEDS_JOIN, .threads_min = 2, .steps = 8, .model_threads = 2, .model_steps = 2, .hold_ns = 20000, .must_see = SEE_SLEEPS,
     STATE, .setup = queue_setup_two_places, .actor = queue_actor_join, .verdict = queue_verdict},
    {.name = "linearizable", .claim = "the answers of all calls fit one order of them, as if one thread had made them",
     .traits_not = CT_INEXACT, .power = true, .threads_min = 2, .threads_max = 4, .steps = 16, .model_threads = 2, .model_steps = 3, .must_see = SEE_CONTENTION,
     SIZE, RECORDED(queue)},
};
/* clang-format on */

static const struct ct_impl *const impls[] = {CT_IMPLS_unbounded_queue(SCENARIO_IMPL) NULL};
static const struct scenario_control controls[] = {
    CT_BROKEN_unbounded_queue(SCENARIO_CONTROL){NULL, NULL}};

const struct scenario_kind scenario_kind_unbounded_queue = {
    .kind = "unbounded_queue",
    .scenarios = scenarios,
    .scenario_count = sizeof scenarios / sizeof *scenarios,
    .offers = queue_offers,
    .release = queue_release,
    .impls = impls,
    .controls = controls,
    .nothing = &queue_nothing.impl,
};
