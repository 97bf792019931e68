// SPDX-License-Identifier: MIT
#include "benchmarks/gbench.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstring>
#include <sstream>

namespace
{

// Google Benchmark 1.7.1 writes NaN for the coefficient of variation of a counter whose mean is 0,
// which strict JSON parsers refuse: leave such values out. It also adds to the names how often and by
// which clock it ran, which is the same for all of ours: a case is called the same everywhere.
class FiniteJson : public benchmark::JSONReporter
{
  public:
    void ReportRuns(const std::vector<Run> &runs) override
    {
        std::vector<Run> finite = runs;
        for (Run &run : finite) {
            benchmark::BenchmarkName plain;
            plain.function_name = run.run_name.function_name;
            run.run_name = plain;
            for (auto c = run.counters.begin(); c != run.counters.end();)
                c = std::isfinite(c->second.value) ? std::next(c) : run.counters.erase(c);
        }
        JSONReporter::ReportRuns(finite);
    }
};

void Report(benchmark::State &state, const gbench_case &c, size_t repetition)
{
    for (auto _ : state)
        state.SetIterationTime(c.error ? 0 : c.ns_per_op[repetition] * 1e-9);
    if (c.error)
        state.SkipWithError(c.error);
    for (const gbench_counter *k = c.counters; k->name; k++)
        state.counters[k->name] = k->value;
}

} // namespace

extern "C" char *gbench_json(const gbench_case *cases, size_t n, const gbench_context *context,
                             size_t context_count)
{
    char program[] = "contend";
    char *arguments[] = {program, nullptr};
    int argument_count = 1;
    benchmark::Initialize(&argument_count, arguments);
    for (size_t i = 0; i < context_count; i++)
        benchmark::AddCustomContext(context[i].key, context[i].value);
    for (size_t i = 0; i < n; i++) {
        const gbench_case &c = cases[i];
        size_t done = 0; // this copy of the lambda is the only one that runs
        benchmark::RegisterBenchmark(
            c.name, [&c, done](benchmark::State &s) mutable { Report(s, c, done++); })
            ->UseManualTime()
            ->Iterations(1)
            ->Repetitions(c.error ? 1 : static_cast<int>(c.repetitions));
    }
    std::ostringstream out;
    FiniteJson reporter;
    reporter.SetOutputStream(&out);
    reporter.SetErrorStream(&out);
    benchmark::RunSpecifiedBenchmarks(&reporter);
    benchmark::Shutdown();
    return strdup(out.str().c_str());
}
