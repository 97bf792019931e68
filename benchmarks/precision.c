// SPDX-License-Identifier: MIT
#include "benchmarks/precision.h"

#include "benchmarks/stats.h"
#include "support/fail.h"

#include <math.h>
#include <stdlib.h>

struct rates {
    double *per_s;
    unsigned *rounds; /* of each, rising */
    size_t count, capacity;
    bool dropped;
};

struct precision {
    const struct bench_plan *plan;
    struct rates *cases;
};

struct precision *precision_make(const struct bench_plan *plan)
{
    struct precision *p = must_alloc(sizeof *p);
    p->plan = plan;
    p->cases = must_alloc(plan->case_count * sizeof *p->cases);
    return p;
}

void precision_free(struct precision *p)
{
    for (size_t i = 0; i < p->plan->case_count; i++) {
        free(p->cases[i].per_s);
        free(p->cases[i].rounds);
    }
    free(p->cases);
    free(p);
}

void precision_add(struct precision *p, size_t index, const struct bench_sample *s)
{
    struct rates *r = &p->cases[index];
    if (r->count == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 32;
        r->per_s = realloc(r->per_s, r->capacity * sizeof *r->per_s);
        r->rounds = realloc(r->rounds, r->capacity * sizeof *r->rounds);
        if (!r->per_s || !r->rounds)
            fail(EXIT_ENVIRONMENT, "memory: none left for %zu rounds", r->capacity);
    }
    r->per_s[r->count] = (double)s->ops / (double)s->interval_ns;
    r->rounds[r->count++] = s->round;
}

void precision_drop(struct precision *p, size_t index)
{
    p->cases[index].dropped = true;
}

/* The rates of a over those of b in the rounds that both have; NULL b: its rates. */
static size_t ratios(const struct rates *a, const struct rates *b, double *out)
{
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->count; i++) {
        while (b && k < b->count && b->rounds[k] < a->rounds[i])
            k++;
        if (!b)
            out[n++] = a->per_s[i];
        else if (k < b->count && b->rounds[k] == a->rounds[i] && b->per_s[k] > 0)
            out[n++] = a->per_s[i] / b->per_s[k];
    }
    return n;
}

static bool narrow(const struct rates *a, const struct rates *b, double wanted)
{
    double *values = must_alloc(a->count * sizeof *values);
    size_t n = ratios(a, b, values);
    struct interval i = stats_bootstrap_median(values, n, 0.95, n);
    free(values);
    return n >= 2 && i.high - i.low <= 2 * wanted * fabs(i.median);
}

bool precision_reached(const struct precision *p, size_t first, size_t count, double wanted)
{
    const struct bench_case *cases = p->plan->cases;
    const struct rates *reference = NULL;
    for (size_t i = first; i < first + count && !reference; i++)
        if (!cases[i].twin && !p->cases[i].dropped && cases[i].subject->impl->traits & CT_REFERENCE)
            reference = &p->cases[i];
    bool reached = true;
    for (size_t i = first; i < first + count && reached; i++) {
        const struct rates *r = &p->cases[i];
        bool alone = !reference || count == 1;
        if (!r->dropped && (r != reference || alone))
            reached = narrow(r, alone ? NULL : reference, wanted);
    }
    return reached;
}
