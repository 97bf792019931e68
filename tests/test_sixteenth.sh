#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A new implementation is one file and one line: the README's example, added to a copy of the tree,
# is then listed, held to the contract, measured, stressed, reported and in the README's table. There the
# README's path from a checkout to a lock in a program works as it is written. The copy's path has
# spaces, and `make` is all that is used.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"

tree="$scratch/a path with spaces"
copy_tree "$tree"
cd "$tree"
# Other kinds, and other projects' adapters, would only take time.
keep() { find "$1" -mindepth 1 -maxdepth 1 ! -name "$2" -exec rm -r {} +; }
rm -r primitives/peers/*
keep stress/broken mutex
find primitives/include/contend -mindepth 1 -maxdepth 1 -type d ! -name mutex -exec rm -r {} +
find primitives/tests -name '*.[ch]' ! -name 'mutex*' ! -name 'main.c' ! -name 'contract.h' -delete
# Nor would the tests of the harness be run.
: >tests/CMakeLists.txt
sed -i -E '/^(IMPL|PEER|BROKEN)\(/{/^(IMPL|BROKEN)\(mutex,/!d}' primitives/impls.def stress/broken.def
contend=build/release/contend
new=(--impl sixteenth)

cp tests/example/sixteenth.h primitives/include/contend/mutex/
expect 2 'sixteenth.h has no line in .*impls.def' 'the file alone' flat make program
echo 'IMPL(mutex, sixteenth)' >>primitives/impls.def
expect 0 '' 'the file and the line' make program
expect 0 '^$' 'a second make finds nothing to do' make --no-print-directory program
expect 1 '' 'nor configures or compiles' grep -E 'Building|Configuring|Re-run' build/release/build.log

expect 0 '"name": "sixteenth"' 'listed' "$contend" list --json
expect 0 '' 'the contract' scripts/test release -R '^contract/mutex/sixteenth$'
expect 0 'sixteenth' 'stressed' "$contend" stress "${new[@]}" --seconds 2 --store stress.db
# On a noisy machine these end with 4.
expect '0|4' '"mutex/uncontended/sixteenth/threads:1' 'measured' \
  "$contend" bench "${new[@]}" --rounds 1 --workload uncontended --trial 5ms --store bench.db --json
# Nor has a machine that is busy all the while a clean trial to report.
make_bench() {
  make bench KIND=mutex ARGS="--impl sixteenth --workload uncontended --rounds 1 --trial 5ms" 2>&1 |
    grep 'no clean trial' || cat reports/*/*.html
}
expect 0 'sixteenth|no clean trial' 'make bench, reported' make_bench
# The path, of which only the measuring is cut short. On a noisy machine measuring ends with 4, make then with 2.
awk '/^```/ { shown = 0 } shown { print } /^```c$/ { shown = ++blocks == 1 }' README.md >counter.c
steps=0
while read -r step; do
  expect '0|2|4' '' "the path: $step" env MAKEFLAGS='ARGS=--rounds\ 1\ --trial\ 5ms' bash -c "$step"
  steps=$((steps + 1))
done < <(sed -n '/^<!-- path -->/,/^<!-- .path -->/s/^    //p' README.md)
expect 0 '^200000$' "its program, after $steps steps" ./counter

expect 0 '' 'the README' scripts/readme-table "$contend"
expect 0 '^\| mutex \| .*sixteenth.* ticket lock in one word' 'the table of the README' cat README.md
check_result sixteenth
