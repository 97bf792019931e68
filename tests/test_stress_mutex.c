// SPDX-License-Identifier: MIT
/* The mutex scenarios' power, where no listed control shows it: an unlock that touches the mutex after
   giving it away, a trylock that lies the other way, a timed lock that is early. And processes that the
   perturbations of this one reach: none waits for ever because it was made during a pause. */
#include "stress/child.h"
#include "support/clock.h"
#include "tests/check.h"

#include <contend/mutex.h>
#include <contend/wait.h>

#include <string.h>

struct toy {
    struct ct_u32 held;
    struct ct_u32 unlocks;
};

static void toy_init(void *m)
{
    struct toy *toy = m;
    ct_u32_store_relaxed(&toy->held, 0);
    ct_u32_store_relaxed(&toy->unlocks, 0);
}

static void toy_lock(void *m, void *node)
{
    struct toy *toy = m;
    (void)node;
    while (ct_u32_exchange_acquire(&toy->held, 1))
        ct_yield();
}

static bool toy_trylock(void *m, void *node)
{
    struct toy *toy = m;
    (void)node;
    return !ct_u32_exchange_acquire(&toy->held, 1);
}

static int toy_timedlock(void *m, void *node, uint64_t deadline_ns)
{
    while (!toy_trylock(m, node)) {
        if (ct_now_ns() >= deadline_ns)
            return ETIMEDOUT;
        ct_yield();
    }
    return 0;
}

static void toy_unlock(void *m, void *node)
{
    struct toy *toy = m;
    (void)node;
    ct_u32_store_release(&toy->held, 0);
}

static void unlock_touching_late(void *m, void *node)
{
    struct toy *toy = m;
    toy_unlock(m, node);
    ct_yield();
    ct_u32_add_relaxed(&toy->unlocks, 1);
}

static bool trylock_false(void *m, void *node)
{
    (void)m;
    (void)node;
    return false;
}

static int timedlock_early(void *m, void *node, uint64_t deadline_ns)
{
    (void)deadline_ns;
    return toy_trylock(m, node) ? 0 : ETIMEDOUT;
}

static int timedlock_too_strict(void *m, void *node, uint64_t deadline_ns)
{
    return ct_now_ns() >= deadline_ns ? ETIMEDOUT : toy_timedlock(m, node, deadline_ns);
}

#define TOY(table, its_traits, its_trylock, its_timedlock, its_unlock)                             \
    static const struct ct_mutex_ops table = {                                                     \
        .impl = {.kind = "mutex",                                                                  \
                 .name = #table,                                                                   \
                 .size_bytes = sizeof(struct toy),                                                 \
                 .align_bytes = _Alignof(struct toy),                                              \
                 .traits = its_traits},                                                            \
        .init = toy_init,                                                                          \
        .lock = toy_lock,                                                                          \
        .trylock = its_trylock,                                                                    \
        .timedlock = its_timedlock,                                                                \
        .unlock = its_unlock,                                                                      \
    }
TOY(shared, CT_PSHARED, toy_trylock, NULL, toy_unlock);
TOY(correct, CT_TIMED, toy_trylock, toy_timedlock, toy_unlock);
TOY(touches_late, CT_TIMED, toy_trylock, toy_timedlock, unlock_touching_late);
TOY(never_tries, 0, trylock_false, NULL, toy_unlock);
TOY(early, CT_TIMED, toy_trylock, timedlock_early, toy_unlock);
TOY(too_strict, CT_TIMED, toy_trylock, timedlock_too_strict, toy_unlock);

static struct place *place;
static struct ct_u32 *stop;

extern const struct scenario_kind scenario_kind_mutex;

static const struct scenario *scenario_named(const char *name)
{
    for (size_t i = 0; i < scenario_kind_mutex.scenario_count; i++)
        if (strcmp(scenario_kind_mutex.scenarios[i].name, name) == 0)
            return &scenario_kind_mutex.scenarios[i];
    CHECK(false, "no scenario %s", name);
    return NULL;
}

static const struct perturb *perturb_named(const char *name)
{
    const struct perturb *p = perturbs;
    while (p->name && strcmp(p->name, name) != 0)
        p++;
    CHECK(p->name, "no perturbation %s", name);
    return p;
}

static struct stress_result play(const struct ct_mutex_ops *ops, const struct scenario *scenario,
                                 const char *perturb, uint64_t duration_ns)
{
    struct stress_case c = {.kind = &scenario_kind_mutex,
                            .scenario = scenario,
                            .impl = &ops->impl,
                            .perturb = perturb_named(perturb),
                            .threads = 2,
                            .seed = 1,
                            .duration_ns = duration_ns};
    struct stress_result *r = child_shared(sizeof *r);
    struct child_orders orders = {
        .cases = &c, .results = r, .count = 1, .place = place, .stop = stop, .quiet = true};
    child_play(&orders);
    return *r;
}

/* A sanitizer may see it first, and ends the process in its own way. */
static void check_killed(const struct ct_mutex_ops *ops, const char *scenario, const char *seen)
{
    struct stress_result r = play(ops, scenario_named(scenario), "none", 2 * NS_PER_S);
    CHECK(r.end == STRESS_FAILED, "%s survived %s: %d", ops->impl.name, scenario, r.end);
    CHECK(strstr(r.failure, seen) || strstr(r.failure, "process ended") ||
              strstr(r.failure, "process died") || strstr(r.failure, "ThreadSanitizer"),
          "%s in %s: %s", ops->impl.name, scenario, r.failure);
}

int main(void)
{
    place = place_here();
    stop = child_shared(sizeof *stop);
    unsigned played = 0;
    for (size_t i = 0; i < scenario_kind_mutex.scenario_count; i++) {
        const struct scenario *s = &scenario_kind_mutex.scenarios[i];
        if (!scenario_suits(&scenario_kind_mutex, s, &correct.impl))
            continue;
        struct stress_result r = play(&correct, s, "none", 30 * NS_PER_MS);
        CHECK(r.end == STRESS_HELD && r.rounds > 0, "%s: %s", s->name, r.failure);
        played++;
    }
    CHECK(played >= 9, "only %u scenarios offered", played);
    CHECK(!scenario_suits(&scenario_kind_mutex, scenario_named("timedlock"), &never_tries.impl),
          "timedlock was not offered");
    struct stress_result r = play(&shared, scenario_named("processes"), "stutter", 300 * NS_PER_MS);
    CHECK(r.end == STRESS_HELD && r.rounds > 0, "processes: %s", r.failure);
    check_killed(&touches_late, "destroy", "after it was destroyed");
    check_killed(&never_tries, "trylock", "trylock of a free mutex was false");
    check_killed(&early, "timedlock", "before its deadline");
    check_killed(&too_strict, "timedlock", "free mutex failed");
    place_close(place);
    return check_result("stress_mutex");
}
