#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/test counts what CTest saw, shows what failed, and never takes nothing for success.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"

mkdir -p "$scratch/tree/scripts"
cp "$root/scripts/test" "$root/scripts/quietly" "$scratch/tree/scripts/"
cd "$scratch/tree"

# suite NAME LINES: build/NAME with those tests
suite() {
  mkdir -p "build/$1"
  printf '%s\n' "$2" >"build/$1/CTestTestfile.cmake"
}
# tallied NAME STATUS PATTERN COUNTS
tallied() {
  rm -f tally
  expect "$2" "$3" "$1" env CONTEND_TALLY="$PWD/tally" scripts/test "$1"
  expect 0 "^$4\$" "$1: counts" cat tally
}
good='add_test(good true)' bad='add_test(bad sh -c "echo what went wrong; exit 1")'
skips='add_test(skips sh -c "echo because; exit 77")
set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 77)'

suite all-good "$good
add_test(better true)"
tallied all-good 0 'all-good +2 passed, 0 failed, 0 skipped' '2 0 0'
suite one-bad "$good
$bad"
tallied one-bad 1 'what went wrong' '1 1 0'
suite one-skipped "$good
$skips"
tallied one-skipped 0 '1 passed, 0 failed, 1 skipped: skips' '1 0 1'
suite missing "$good
add_test(missing /nonexistent/program)"
tallied missing 1 '/nonexistent/program' '1 1 0'
suite crash 'add_test(crash sh -c "kill -SEGV $$")'
tallied crash 1 'SegFault' '0 1 0'
suite slow 'add_test(slow sleep 60)
set_tests_properties(slow PROPERTIES TIMEOUT 1)'
tallied slow 1 'Timeout' '0 1 0'
suite lies 'add_test(lies echo "<testcase status=\"run\"> 9 tests passed")'
tallied lies 0 '1 passed, 0 failed' '1 0 0'
suite empty ''
tallied empty 1 'empty +0 passed, 1 failed' '0 1 0'
check_result tally
