// SPDX-License-Identifier: MIT
#include "stress/scenario.h"

extern const struct scenario_kind scenario_kind_mutex;

const struct scenario_kind *const scenario_kinds[] = {&scenario_kind_mutex, NULL};
