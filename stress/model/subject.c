// SPDX-License-Identifier: MIT
#include "stress/model/subject.h"

#include "stress/history.h"
#include "support/apart.h"
#include "support/fail.h"

#include <contend/cpu.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void subject_open(struct subject *s, const struct scenario_kind *kind, const struct ct_impl *impl,
                  const struct scenario *scenario, unsigned threads, unsigned steps, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->kind = kind;
    s->scenario = scenario;
    s->node_stride_bytes = apart(impl->node_bytes);
    size_t object_bytes = apart(impl->size_bytes), nodes_bytes = threads * s->node_stride_bytes;
    s->memory = must_alloc_aligned(CT_APART_BYTES,
                                   object_bytes + nodes_bytes + apart(scenario->state_bytes));
    s->object = s->memory;
    s->nodes = s->memory + object_bytes;
    s->state = s->nodes + nodes_bytes;
    s->round = (struct scenario_round){.ops = impl,
                                       .object = s->object,
                                       .state = s->state,
                                       .threads = threads,
                                       .steps = steps,
                                       .actors = s->actors,
                                       .history = scenario->recorded ? &s->history : NULL};
    for (unsigned i = 0; i < threads; i++)
        s->rngs[i] = rng_seeded(seed, i);
}

void subject_close(struct subject *s)
{
    free(s->memory);
}

static void setup(void *context)
{
    struct subject *s = context;
    s->round.object = s->object;
    memset(s->nodes, 0, s->round.threads * s->node_stride_bytes);
    memset(s->state, 0, s->scenario->state_bytes);
    for (unsigned i = 0; i < s->round.threads; i++) {
        s->actors[i] = (struct scenario_thread){.round = &s->round,
                                                .index = i,
                                                .rng = s->rngs[i],
                                                .node = s->nodes + i * s->node_stride_bytes,
                                                .at = ""};
    }
    history_begin(&s->history, s->round.threads);
    s->scenario->setup(&s->round);
}

static void body(void *context, unsigned thread)
{
    struct subject *s = context;
    s->scenario->actor(&s->actors[thread]);
}

static const char *volatile *broken(void *context, unsigned thread)
{
    return &((struct subject *)context)->actors[thread].failure;
}

static const char *verdict(void *context)
{
    struct subject *s = context;
    const char *failure = NULL;
    for (unsigned i = 0; i < s->round.threads && !failure; i++)
        failure = s->actors[i].failure;
    if (!failure)
        failure = s->scenario->verdict(&s->round);
    if (!failure && s->round.history && s->round.history->undecided)
        failure = "the history is too long to be judged";
    if (s->kind->release && !failure) /* what is broken is better not destroyed */
        s->kind->release(&s->round);
    return failure;
}

static void name(void *context, const void *address, char *text, size_t bytes)
{
    struct subject *s = context;
    const char *p = address;
    size_t nodes_bytes = s->round.threads * s->node_stride_bytes;
    if (p >= s->object && p < s->nodes) {
        snprintf(text, bytes, "object+%td", p - s->object);
    } else if (p >= s->nodes && p < s->nodes + nodes_bytes) {
        size_t offset = (size_t)(p - s->nodes);
        snprintf(text, bytes, "node%zu+%zu", offset / s->node_stride_bytes,
                 offset % s->node_stride_bytes);
    } else if (p >= s->state && p < s->state + s->scenario->state_bytes) {
        snprintf(text, bytes, "state+%td", p - s->state);
    } else {
        text[0] = '\0';
    }
}

static unsigned alike(const struct subject *s)
{
    unsigned all = (1U << s->round.threads) - 1;
    return s->scenario->alike == ALIKE_ALL         ? all
           : s->scenario->alike == ALIKE_BUT_FIRST ? all & ~1U
                                                   : 0;
}

struct program subject_program(struct subject *s)
{
    return (struct program){.context = s,
                            .threads = s->round.threads,
                            .alike = alike(s),
                            .setup = setup,
                            .body = body,
                            .verdict = verdict,
                            .broken = broken,
                            .name = name};
}

void scenario_point(struct scenario_thread *t, enum scenario_point where)
{
    (void)t;
    (void)where;
}
