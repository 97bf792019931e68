// SPDX-License-Identifier: MIT
/* Every scenario has room for all actors that it lets play, however many are asked for: one round of each
   with a crowd. What is written past its state the sanitizers' builds see. */
#include "stress/child.h"
#include "stress/history.h"
#include "tests/check.h"

enum { CROWD = 64 };

/* One that sleeps rather than spins, if there is one: a crowd of spinning threads takes its time. */
static const struct ct_impl *player(const struct scenario_kind *k, const struct scenario *s)
{
    const struct ct_impl *found = NULL;
    for (const struct ct_impl *const *i = k->impls; *i; i++)
        if (scenario_suits(k, s, *i) && (!found || !(found->traits & CT_PARKS)))
            found = *i;
    return found;
}

static bool play(const struct scenario_kind *k, const struct scenario *s, struct place *place,
                 struct ct_u32 *stop)
{
    struct stress_case c = {.kind = k,
                            .scenario = s,
                            .impl = player(k, s),
                            .perturb = &perturbs[0],
                            .threads = CROWD,
                            .seed = 1,
                            .rounds_max = 1};
    if (!c.impl)
        return false;
    static struct stress_result *r;
    if (!r)
        r = child_shared(sizeof *r);
    *r = (struct stress_result){.end = STRESS_NOT_RUN};
    child_play(&(struct child_orders){
        .cases = &c, .results = r, .count = 1, .place = place, .stop = stop});
    unsigned wanted = s->threads_max && s->threads_max < CROWD ? s->threads_max : CROWD;
    CHECK(r->end == STRESS_HELD && r->rounds + r->undecided == 1 &&
              r->operations + r->undecided > 0,
          "%s/%s %s: %s", k->kind, c.impl->name, s->name, r->failure);
    CHECK(r->threads == wanted, "%s %s: %u threads", k->kind, s->name, r->threads);
    return true;
}

int main(void)
{
    struct place *place = place_here();
    struct ct_u32 *stop = child_shared(sizeof *stop);
    for (const struct scenario_kind *const *k = scenario_kinds; *k; k++) {
        unsigned played = 0;
        for (size_t i = 0; i < (*k)->scenario_count; i++) {
            const struct scenario *s = &(*k)->scenarios[i];
            CHECK(!s->recorded || (s->threads_max && s->threads_max <= HISTORY_THREADS_MAX),
                  "%s %s: a history has no room for so many", (*k)->kind, s->name);
            played += play(*k, s, place, stop);
        }
        CHECK(played > 0, "%s: nothing was played", (*k)->kind);
    }
    place_close(place);
    return check_result("stress_crowd");
}
