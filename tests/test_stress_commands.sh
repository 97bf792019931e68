#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What contend stress says of a failure is enough to see it again: the command that it prints, the file
# of evidence, the stacks of threads that hang; and the kill matrix counts and records what it says.
# Usage: test_stress_commands.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=$(realpath "${1:?"usage: test_stress_commands.sh CONTEND"}")
cd "$scratch"

# A control of a kind played as if it were an implementation: fails, and the command printed fails alike.
# again KIND CONTROL SCENARIO PERTURBATION SEEN: SEEN is what the report's headline says.
again() {
  local kind=$1 control=$2 scenario=$3 perturbation=$4 seen=$5 command
  local evidence=$scratch/stress-$kind-$control
  expect 1 "$seen" "$control fails" "$contend" stress --kind "$kind" --impl "$control" --scenario "$scenario" \
    --perturb "$perturbation" --seed 7 --seconds 30 --store "$scratch/stress.db"
  command=$(cat "$evidence"-*-7.txt | sed -n 's/^  again  *contend //p')
  expect 0 '.' "$control: the file of evidence has a command" echo "$command"
  rm -f "$evidence"-*
  # shellcheck disable=SC2086
  expect 1 "$seen" "$control: and again" "$contend" $command --store "$scratch/stress.db"
  expect 0 "of seed 7, perturbation $perturbation" "$control: its evidence" cat "$evidence"-*-7.txt
}
again mutex trylock-lies trylock delays 'a claim is broken'
again mutex futex-never-wakes lost-wakeup delays 'threads hang'
expect 0 '^  thread [0-9].* operations; kernel: S .* syscall 202 ' 'what the kernel says of who hangs' cat stress-mutex-futex-never-wakes-*-7.txt
expect 0 '^  stack of thread 0' 'where it is' cat stress-mutex-futex-never-wakes-*-7.txt
expect 0 '#[0-9]+ .*\+0x[0-9a-f]+' 'its frames' cat stress-mutex-futex-never-wakes-*-7.txt
expect 0 '^  object    [0-9]+ bytes: [0-9a-f]{8}' 'the words of the object' cat stress-mutex-futex-never-wakes-*-7.txt

stack_names_actor() {
  local command
  command=$(grep -m1 '^    addr2line ' stress-mutex-futex-never-wakes-*-7.txt)
  (cd "$OLDPWD" && $command)
}
if command -v addr2line >/dev/null; then
  OLDPWD=$PWD expect 0 'actor|setup|worker' 'the command that names them' stack_names_actor
fi

# What holds leaves nothing behind.
rm -f stress-*.txt
expect 0 'held' 'one that holds' "$contend" stress --kind semaphore --impl futex --scenario exclusion --rounds 100 --store "$scratch/stress.db"
expect 1 '' 'has no evidence' compgen -G 'stress-*.txt'

expect 2 'seeds: only together with --controls' 'seeds of what' "$contend" stress --seeds 2
matrix() {
  "$contend" stress --kind semaphore --impl post-wraps,post-adds-two --controls --seeds 3 --seed 1 --json --store matrix.db >matrix.json || return
  python3 - <<'PYTHON'
import json, sqlite3
m = json.load(open("matrix.json"))
assert {r["name"] for r in m["matrix"]} == {"post-wraps", "post-adds-two"}, m
for r in m["matrix"]:
    for checker in "plain", "delays":
        assert r[checker]["killed"] == 3 and 0 < r[checker]["median_seconds"] <= r[checker]["worst_seconds"], r
    assert r["model"] is None or r["model"]["killed"] == 3, r
seeds = sqlite3.connect("matrix.db").execute(
    "SELECT count(DISTINCT seed), count(*) FROM stress WHERE failure IS NOT NULL AND perturbation <> 'model'").fetchone()
assert seeds == (3, 12), seeds
print("as it should be")
PYTHON
}
if command -v python3 >/dev/null; then
  expect 0 'as it should be' 'the kill matrix' matrix
fi
check_result stress_commands
