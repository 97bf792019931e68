// SPDX-License-Identifier: MIT
#include "stress/scenario.h"

#include "contend_impls_lists.h"

#define DECLARE(kind) extern const struct scenario_kind scenario_kind_##kind;
CT_IMPLS_KINDS(DECLARE)

#define ADDRESS(kind) &scenario_kind_##kind,
const struct scenario_kind *const scenario_kinds[] = {CT_IMPLS_KINDS(ADDRESS) NULL};
