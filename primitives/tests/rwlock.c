// SPDX-License-Identifier: MIT
#include "contract.h"
static const struct contract_test none[] = {{0}};
static unsigned offers(const void *o){(void)o;return 0;}
static const struct contract_operation ops[]={{0,0}};
const struct contract_kind contract_rwlock = {.kind="rwlock",.required="",.operations=ops,.offers=offers,.tests=none,.special_tests=none};
