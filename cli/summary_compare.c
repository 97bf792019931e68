// SPDX-License-Identifier: MIT
/* Comparisons and verdicts, by the rule of summary.h. */
#include "cli/summary.h"
#include "support/fail.h"
#include "support/rng.h"

#include <math.h>
#include <stdlib.h>

uint64_t summary_seed(const struct summary *summary, uint64_t stream)
{
    struct rng rng = rng_seeded(summary->seed, stream);
    return rng_next(&rng);
}

static bool comparable(const struct case_summary *c)
{
    return !c->broken && c->rounds_valid > 0;
}

unsigned summary_ratios(const struct case_summary *a, const struct case_summary *b, double *ratios)
{
    unsigned n = 0;
    for (unsigned i = 0, k = 0; i < a->rounds_valid && k < b->rounds_valid;) {
        if (a->rounds[i] == b->rounds[k] && b->samples[k] > 0)
            ratios[n++] = a->samples[i] / b->samples[k];
        unsigned round = a->rounds[i];
        i += a->rounds[i] <= b->rounds[k];
        k += b->rounds[k] <= round;
    }
    return n;
}

struct summary_comparison summary_compare(const struct case_summary *a,
                                          const struct case_summary *b, uint64_t seed)
{
    double *ratios = must_alloc(a->rounds_valid * sizeof *ratios);
    struct summary_comparison c = {.rounds = summary_ratios(a, b, ratios)};
    c.ratio = stats_bootstrap_median(ratios, c.rounds, SUMMARY_CONFIDENCE, seed);
    for (unsigned i = 0; i < c.rounds; i++)
        ratios[i] = log(ratios[i]);
    c.p = c.rounds >= SUMMARY_ROUNDS_MIN ? stats_wilcoxon_p(ratios, c.rounds) : 1;
    free(ratios);
    return c;
}

bool summary_told_apart(const struct summary_comparison *c)
{
    return c->rounds >= SUMMARY_ROUNDS_MIN && c->p < SUMMARY_P_MAX &&
           (c->ratio.low > 1 || c->ratio.high < 1);
}

static enum summary_verdict judge(const struct summary_comparison *c)
{
    const struct interval *r = &c->ratio;
    if (c->rounds < SUMMARY_ROUNDS_MIN)
        return VERDICT_UNDECIDED;
    if (r->low >= 1 - SUMMARY_EFFECT && r->high <= 1 + SUMMARY_EFFECT)
        return VERDICT_TIE;
    if (summary_told_apart(c) && fabs(r->median - 1) > SUMMARY_EFFECT)
        return r->median > 1 ? VERDICT_FASTER : VERDICT_SLOWER;
    return VERDICT_UNDECIDED;
}

void summary_judge_twins(struct summary *summary)
{
    double *p = must_alloc(summary->twin_count * sizeof *p);
    for (size_t i = 0; i < summary->twin_count; i++)
        p[i] = summary->twins[i].again.p;
    stats_holm(p, summary->twin_count);
    for (size_t i = 0; i < summary->twin_count; i++) {
        struct summary_twin *twin = &summary->twins[i];
        twin->again.p = p[i];
        twin->again.verdict = judge(&twin->again);
        twin->apart = summary_told_apart(&twin->again) &&
                      fabs(twin->again.ratio.median - 1) > SUMMARY_TWIN_EFFECT;
    }
    free(p);
}

void summary_compare_group(const struct summary *summary, size_t against, const bool *excluded,
                           struct summary_comparison *out)
{
    const struct case_summary *reference = &summary->cases[against];
    double *p = must_alloc(summary->case_count * sizeof *p);
    size_t tests = 0;
    for (size_t i = 0; i < summary->case_count; i++) {
        const struct case_summary *c = &summary->cases[i];
        out[i] = (struct summary_comparison){.verdict = VERDICT_UNDECIDED, .p = 1};
        if (c->group != reference->group || i == against || !comparable(c) ||
            (excluded && excluded[i]))
            continue;
        out[i] = summary_compare(c, reference, summary_seed(summary, 2 * i + 1));
        if (out[i].rounds >= SUMMARY_ROUNDS_MIN)
            p[tests++] = out[i].p;
    }
    stats_holm(p, tests);
    tests = 0;
    for (size_t i = 0; i < summary->case_count; i++) {
        if (out[i].rounds >= SUMMARY_ROUNDS_MIN)
            out[i].p = p[tests++];
        if (out[i].rounds > 0)
            out[i].verdict = judge(&out[i]);
    }
    free(p);
    if (comparable(reference))
        out[against] =
            (struct summary_comparison){reference->rounds_valid, {1, 1, 1}, 1, VERDICT_REFERENCE};
}

void summary_judge_group(struct summary *summary, size_t first, size_t count)
{
    size_t reference = first;
    while (reference < first + count && !(summary->cases[reference].traits & CT_REFERENCE))
        reference++;
    if (reference == first + count)
        return;
    summary->cases[reference].verdict = VERDICT_REFERENCE;
    if (!comparable(&summary->cases[reference]))
        return;
    struct summary_comparison *all = must_alloc(summary->case_count * sizeof *all);
    summary_compare_group(summary, reference, NULL, all);
    for (size_t i = first; i < first + count; i++) {
        struct case_summary *c = &summary->cases[i];
        if (!comparable(c))
            continue;
        c->rounds_paired = all[i].rounds;
        c->ratio = all[i].ratio;
        c->p = all[i].p;
        c->verdict = all[i].verdict;
    }
    free(all);
}

/* The case of the group that comes nearest to the champion, or farthest beyond, in the rounds that both
   have; SIZE_MAX: none has any. */
static size_t challenger_of(const struct summary *summary, size_t champion, const bool *excluded,
                            double *ratio)
{
    const struct case_summary *best = &summary->cases[champion];
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < summary->case_count; i++) {
        const struct case_summary *c = &summary->cases[i];
        if (c->group != best->group || c == best || !comparable(c) || (excluded && excluded[i]))
            continue;
        double *ratios = must_alloc(c->rounds_valid * sizeof *ratios);
        unsigned rounds = summary_ratios(c, best, ratios);
        double median = stats_median(ratios, rounds);
        free(ratios);
        if (rounds > 0 && (found == SIZE_MAX || median > *ratio)) {
            *ratio = median;
            found = i;
        }
    }
    return found;
}

struct summary_winner summary_winner_among(const struct summary *summary, size_t group,
                                           const bool *excluded)
{
    struct summary_winner w = {SIZE_MAX, SIZE_MAX, 0, false};
    const struct case_summary *cases = summary->cases;
    for (size_t i = 0; i < summary->case_count; i++)
        if (cases[i].group == group && comparable(&cases[i]) && !(excluded && excluded[i]) &&
            (w.best == SIZE_MAX ||
             cases[i].ops_per_second.median > cases[w.best].ops_per_second.median))
            w.best = i;
    /* Medians over different rounds can mislead, paired ones not. They could go round in a circle,
       hence the bound. */
    double ratio = 0;
    for (size_t turn = 0; w.best != SIZE_MAX && turn < summary->case_count; turn++) {
        size_t challenger = challenger_of(summary, w.best, excluded, &ratio);
        if (challenger == SIZE_MAX || ratio <= 1)
            break;
        w.best = challenger;
    }
    if (w.best != SIZE_MAX)
        w.second = challenger_of(summary, w.best, excluded, &ratio);
    if (w.second == SIZE_MAX)
        return w;
    struct summary_comparison c = summary_compare(&cases[w.best], &cases[w.second],
                                                  summary_seed(summary, UINT64_MAX - group));
    w.margin = c.ratio.median - 1;
    w.decided = judge(&c) == VERDICT_FASTER;
    return w;
}

struct summary_winner summary_winner(const struct summary *summary, size_t group)
{
    return summary_winner_among(summary, group, NULL);
}

unsigned summary_rounds_needed(size_t implementations)
{
    double comparisons = implementations > 2 ? (double)(implementations - 1) : 1;
    unsigned rounds = SUMMARY_ROUNDS_MIN;
    while (comparisons * ldexp(2, -(int)rounds) >= SUMMARY_P_MAX)
        rounds++;
    return rounds;
}
