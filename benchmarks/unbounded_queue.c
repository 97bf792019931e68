// SPDX-License-Identifier: MIT
/* Benchmarks of queues without a bound. */
#include "benchmarks/queue.h"

#include "contend_impls.h"

QUEUE_INLINE void unbounded_queue_loop(const struct ct_queue_ops *ops, struct bench_thread *t)
{
    queue_loop(ops, t, true);
}

BENCH_SUBJECTS(unbounded_queue);

static const struct bench_workload workloads[] = {
    {.name = "one-to-one",
     .question = "How many words get from one thread to another, each on a CPU of its own?",
     .threads = THREADS_TWO,
     .parameter = FLOW_WORDS,
     .counts_per_op = 2},
    {.name = "many-to-many",
     .question =
         "... from one half of the threads to the other half, when they have to share the CPUs?",
     .threads = THREADS_TWICE_CPUS | THREADS_FOUR_TIMES_CPUS,
     .parameter = FLOW_WORDS,
     .counts_per_op = 2},
    {.name = "one-to-many",
     .question = "... from one thread to all others?",
     .threads = THREADS_TWICE_CPUS,
     .parameter = FLOW_FROM_ONE,
     .counts_per_op = 2},
    {.name = "many-to-one",
     .question = "... from all others to one?",
     .threads = THREADS_TWICE_CPUS,
     .parameter = FLOW_TO_ONE,
     .counts_per_op = 2},
    {.name = "batches",
     .question = "... from one thread to another, when up to 16 are put in and taken out at once?",
     .threads = THREADS_TWO,
     .parameter = FLOW_BATCHES,
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
    {.name = "logger",
     .question =
         "How many lines do all threads but one leave, each every 2 us or so, for the one that "
         "takes 100 ns to write each?",
     .hold_ns = 100,
     .think_ns = 2000,
     .threads = THREADS_CONTENDED,
     .parameter = FLOW_TO_ONE,
     .counts_per_op = 2,
     .role = ROLE_PATTERN,
     .think_spread = SPREAD_EXPONENTIAL},
};

const struct bench_kind bench_unbounded_queue = {
    .kind = "unbounded_queue",
    .workloads = workloads,
    .workload_count = sizeof workloads / sizeof *workloads,
    .subjects = subjects,
    .subject_count = sizeof subjects / sizeof *subjects,
    .make = queue_make,
    .unmake = queue_unmake,
    .verify = queue_verify,
    .fields = QUEUE_CAN,
};
