// SPDX-License-Identifier: MIT
#include "contract.h"
static const struct contract_operation operations[] = {{0, 0}};
static unsigned offers(const void *o) { (void)o; return 0; }
static const struct contract_test tests[] = {{0}};
const struct contract_kind contract_condition = {.kind = "condition", .required = "x", .operations = operations, .offers = offers, .tests = tests, .special_tests = tests};
