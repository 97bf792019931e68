// SPDX-License-Identifier: MIT
#include "queue_fixture.h"

static const struct contract_test special_tests[] = {{NULL, 0, NULL, NULL}};

const struct contract_kind contract_spsc_queue = {
    .kind = "spsc_queue",
    .required = QUEUE_REQUIRED,
    .operations = queue_operations,
    .offers = queue_offers,
    .tests = queue_tests,
    .special_tests = special_tests,
};
