// SPDX-License-Identifier: MIT
/* Benchmarks of queues with one producer and one consumer. */
#include "benchmarks/queue.h"

#include "contend_impls.h"

QUEUE_INLINE void spsc_queue_loop(const struct ct_queue_ops *ops, struct bench_thread *t)
{
    queue_loop(ops, t, false);
}

BENCH_SUBJECTS(spsc_queue);

static const struct bench_workload workloads[] = {
    {.name = "one-to-one",
     .question = "How many words get from one thread to another, each on a CPU of its own?",
     .threads = THREADS_TWO,
     .parameter = FLOW_WORDS,
     .counts_per_op = 2},
    {.name = "records",
     .question = "... how many records of 64 bytes?",
     .threads = THREADS_TWO,
     .parameter = FLOW_RECORDS,
     .counts_per_op = 2},
    {.name = "batches",
     .question = "... how many words, when up to 16 are put in and taken out at once?",
     .threads = THREADS_TWO,
     .parameter = FLOW_BATCHES,
     .counts_per_op = 2},
    {.name = "one-to-one-same-cpu",
     .question = "... how many words, when both threads share one CPU?",
     .threads = THREADS_TWO,
     .parameter = FLOW_WORDS,
     .one_cpu = true,
     .counts_per_op = 2},
    {.name = "round-trip",
     .question = "How long until a word was answered from another CPU?",
     .threads = THREADS_TWO,
     .parameter = FLOW_ROUND_TRIPS,
     .counts_per_op = 2},
    {.name = "round-trip-same-cpu",
     .question = "... by a thread of the same CPU?",
     .threads = THREADS_TWO,
     .parameter = FLOW_ROUND_TRIPS,
     .one_cpu = true,
     .counts_per_op = 2},
    {.name = "pipeline",
     .question = "How many pieces get through two stages of about 200 ns each?",
     .hold_ns = 200,
     .think_ns = 200,
     .threads = THREADS_TWO,
     .parameter = FLOW_WORDS,
     .counts_per_op = 2,
     .role = ROLE_PATTERN,
     .hold_spread = SPREAD_EXPONENTIAL,
     .think_spread = SPREAD_EXPONENTIAL},
};

const struct bench_kind bench_spsc_queue = {
    .kind = "spsc_queue",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = queue_make,
    .unmake = queue_unmake,
    .verify = queue_verify,
    .fields = QUEUE_CAN,
};
