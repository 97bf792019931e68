#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/choose-check judges by what was measured afresh: a stand-in for contend says what was chosen and how fast
# each is. Once it asks the real one, for the names in its answers.
# usage: test_choose_check.sh CONTEND
# shellcheck source=tests/check.sh
. "$(dirname "$0")/check.sh"
contend=$1
command -v python3 >/dev/null || skip "no python3"
cd "$root"

# stand_in CHOSEN: it chooses that one; "slow" is 10 % slower than "fast", "near" 4 %
stand_in() {
  cat >"$scratch/contend" <<END
#!/bin/sh
[ "\$1" = choose ] && { echo '{"chosen": "$1"}'; exit; }
echo '{"benchmarks": [
  {"name": "event/broadcast/fast/threads:2", "ops_per_second": 1},
  {"name": "event/broadcast/fast/threads:2_median", "aggregate_name": "median", "ops_per_second": 100},
  {"name": "event/broadcast/near/threads:2_median", "aggregate_name": "median", "ops_per_second": 96},
  {"name": "event/broadcast/slow/threads:2_median", "aggregate_name": "median", "ops_per_second": 90}]}'
END
  chmod +x "$scratch/contend"
}

judge() { # CHOSEN STATUS SAYS
  stand_in "$1"
  expect "$2" "$3" "chosen: $1" scripts/choose-check --contend "$scratch/contend" --descriptions 2 --seed 1
}

judge fast 0 '^2 of 2 within 5%'
judge near 0 '^2 of 2 within 5%'
judge slow 1 '^0 of 2 within 5%'
judge nobody 5 '6 of 6 workloads had no clean trial'
expect '0|1|5' ' of the best: |no clean trial' "the real one" \
  scripts/choose-check --contend "$contend" --kind event --descriptions 1 --seed 1
check_result choose_check
