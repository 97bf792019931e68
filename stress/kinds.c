// SPDX-License-Identifier: MIT
#include "stress/scenario.h"

const struct scenario_kind *const scenario_kinds[] = {&scenario_kind_mutex, NULL};
