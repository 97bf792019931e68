// SPDX-License-Identifier: MIT
#include "stress/runner.h"

/* scenario_kinds of the delayed build: the same rows in the same order. */
extern const struct scenario_kind *const scenario_kinds_delayed[];

static const struct ct_impl *impl_delayed(const struct scenario_kind *plain,
                                          const struct scenario_kind *delayed,
                                          const struct ct_impl *impl)
{
    for (size_t i = 0; plain->impls[i]; i++)
        if (plain->impls[i] == impl)
            return delayed->impls[i];
    for (size_t i = 0; plain->controls[i].impl; i++)
        if (plain->controls[i].impl == impl)
            return delayed->controls[i].impl;
    return plain->nothing == impl ? delayed->nothing : impl;
}

struct stress_case stress_delayed(const struct stress_case *c)
{
    struct stress_case twin = *c;
    for (size_t i = 0; scenario_kinds[i]; i++) {
        if (scenario_kinds[i] != c->kind)
            continue;
        twin.kind = scenario_kinds_delayed[i];
        twin.scenario = &twin.kind->scenarios[c->scenario - c->kind->scenarios];
        twin.impl = impl_delayed(c->kind, twin.kind, c->impl);
    }
    return twin;
}
