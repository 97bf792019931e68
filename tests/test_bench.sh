#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# contend bench: workloads in a user's words, patterns, and runs that go on where they were interrupted.
# Usage: test_bench.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=$(realpath "${1:?"usage: test_bench.sh CONTEND"}")
cd "$scratch"
store=$scratch/contend.db
bench() { "$contend" bench "$@"; }
short=(--force --store "$store" --kind mutex --impl "ticket,pthread" --trial 2ms --rounds 2)

# On the command line.
expect 0 '^mutex/contended-hold-200ns-think-1us-objects-4/ticket/threads:8$' 'described' \
  bench --kind mutex --impl ticket --threads 8 --hold 200ns --think 1us --objects 4 --list
expect 0 '^mutex/contended-hold-spread-exponential/' 'a spread' bench --kind mutex --hold-spread exponential --list
expect 0 '^mutex/1us-1us-hold-2us/' 'of a row' bench --kind mutex --workload 1us-1us --hold 2us --list
expect 0 '^rwlock/writes-1-in-100-50-objects-8-lines-3/' 'of an rwlock' bench --kind rwlock --workload writes-1-in-100 --parameter 50 --objects 8 --lines 3 --list
expect 2 '--objects "0": expected a whole number from 1 to 4096' 'no objects' bench --objects 0
expect 2 '--skew "steep": expected a number from 0 to 10' 'a skew that is no number' bench --skew steep
expect 2 '--think-spread "normal": expected constant, exponential or bimodal' 'an unknown spread' bench --think-spread normal
expect 2 '--beside-lock "maybe": expected yes or no' 'neither' bench --beside-lock maybe
expect 2 '--burst and --idle: both or none' 'a burst without an end' bench --kind mutex --burst 1ms --list
expect 2 '--objects: semaphore has no such thing; kinds that have: mutex,.* rwlock|kinds that have: rwlock,.* mutex' 'refused' \
  bench --kind semaphore --objects 4 --list
expect 2 '--arrivals: spsc_queue has no such thing' 'refused by a queue' bench --kind spsc_queue --arrivals 1000 --list

# Thread counts.
cpus=$(nproc)
expect 0 "threads:$((2 * cpus))\$" 'multiples of the CPUs' bench --kind mutex --workload contended --threads 2x --list
expect 0 "threads:$cpus\$" 'as many' bench --kind mutex --workload contended --threads cpus --list
threads() { bench --kind mutex --impl ticket --workload contended --threads "$1" --list | sed 's/.*threads://' | paste -sd' '; }
expect 0 '^1 2 3 4 9$' 'from, to, and one more' threads 1..4,9
expect 2 '--threads "4\.\.1": 1 is less than 4' 'backwards' bench --threads 4..1
expect 2 '--threads "2y": expected a whole number from 1 to 4096' 'not a multiple' bench --threads 2y
expect 2 '--threads "1..4096": more than 32' 'too many' bench --threads 1..4096

# Memory.
expect '0|5' '^mutex/|--memory-node 0: ' 'the first node, where the system binds memory' bench --kind mutex --memory-node 0 --list
expect 2 '--memory-node 60000: there is no such node' 'no such node' bench --kind mutex --memory-node 60000 --list

# Patterns.
expect 0 '^semaphore/connection-pool/' 'a pattern by its name' bench --profile connection-pool --list
expect 0 '^thread_pool/fork-join/' 'a row that is one' bench --profile patterns --list
quick_lacks() { ! bench --list | grep -E '/(counter|logger)/'; }
expect 0 '' 'quick runs ordinary rows' quick_lacks
expect 0 '^mutex/counter/' 'unless they are named' bench --workload counter --list

# From a file.
cat >good.conf <<'FILE'
# two workloads
[short-and-many]
kind = mutex
hold = 100ns
objects = 16
threads = 1, 2x

  [readers]
  kind=rwlock
  workload = writes-1-in-100
  think-spread = bimodal
  think = 1us
FILE
expect 0 "^mutex/short-and-many/ticket/threads:$((2 * cpus))\$" 'a file' bench --describe good.conf --list
expect 0 '^rwlock/readers/' 'its second section' bench --describe good.conf --list
expect 3 'no case matches' 'of another kind' bench --describe good.conf --kind barrier --list
refuses() { # LINE WHAT TEXT...
  printf '%s\n' "${@:3}" >bad.conf
  expect 2 "bad.conf$1" "$2" bench --describe bad.conf --list
}
refuses ':3: hold "5": expected a duration' 'a value' '[a]' 'kind = mutex' 'hold = 5'
refuses ':2: unknown kind "mutx": valid are mutex' 'a kind' '[a]' 'kind = mutx'
refuses ':3: unknown key "hodl": valid are hold' 'a key' '[a]' 'kind = mutex' 'hodl = 5ns'
refuses ':3: unknown workload "contnded": valid are contended' 'a row' '[a]' 'kind = mutex' 'workload = contnded'
refuses ':1: expected \[name\] first' 'no section' 'kind = mutex'
refuses ':2: expected \[name\], key = value or # comment: "mutex"' 'neither' '[a]' 'mutex'
refuses ':3: \[a\] ends without kind' 'no kind' '[a]' '# nothing' 'hold = 5ns'
refuses ':3: the name is taken' 'a name twice' '[a]' 'kind = mutex' '[a]'
refuses ':3: said before' 'a key twice' '[a]' 'hold = 1ns' 'hold = 2ns'
refuses ':1: a name is made of' 'a name' '[a/b]'
refuses ':2: threads "0": expected' 'threads' '[a]' 'threads = 0'
refuses ': describes no workload' 'nothing' '# nothing'
expect 5 'none.conf: No such file' 'no file' bench --describe none.conf --list
expect 2 'no such option beside it' 'a file and options' bench --describe good.conf --hold 5ns --list

# Measured: what varies ends well, and what is too much is said.
expect '0|4' 'million operations' 'spread, skewed and touched' bench "${short[@]}" --hold 100ns --hold-spread bimodal --objects 8 --skew 1.2 \
  --lines 2 --lines-outside 2 --beside-lock yes --threads 1,3
expect '0|4' 'million operations' 'bursts' bench "${short[@]}" --burst 1ms --idle 1ms --threads 2
expect '0|4' 'million operations' 'queues with work' bench --force --store "$store" --trial 2ms --rounds 1 --profile pipeline
overloaded() { # clean trials are needed to say it: on a busy machine there may be none in some tries
  local try said
  for try in 1 2 3 4 5 6 7 8; do
    said=$(bench "${short[@]}" --threads 1 --hold 10us --arrivals 200000 2>&1) || true
    if grep 'overloaded: served [0-9]* %' <<<"$said"; then return; fi
    if ! grep -q contaminated <<<"$said"; then break; fi
    sleep "0.$try"
  done
  grep -q contaminated <<<"$said" && echo 'overloaded: served 0 % (never clean)'
}
expect 0 'overloaded: served [0-9]+ %' 'more arrivals than can be served' overloaded

# Interrupted, and gone on with: the cases and rounds of one run, each once.
expect 3 'nothing to resume: the newest run is done' 'nothing is unfinished' bench "${short[@]}" --resume
long=(--force --store "$store" --kind mutex --impl "ticket,pthread" --workload "uncontended,contended" --threads "1,2" --rounds 40 --trial 10ms)
interrupted() {
  "$contend" bench "${long[@]}" >out 2>&1 &
  local pid=$! got=0
  sleep 2
  kill -INT "$pid"
  wait "$pid" || got=$?
  return "$got"
}
rounds() {
  python3 - "$store" <<'PYTHON'
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
run, status = d.execute("SELECT id, status FROM run ORDER BY id DESC LIMIT 1").fetchone()
clean = d.execute("SELECT count(*) FROM sample JOIN bench_case ON case_id = bench_case.id WHERE run_id = ? AND rejected IS NULL", (run,)).fetchone()[0]
cases = d.execute("SELECT count(*) FROM bench_case WHERE run_id = ?", (run,)).fetchone()[0]
print("run", run, status, "cases", cases, "clean", clean)
PYTHON
}
expect 130 '' 'interrupted' interrupted
if command -v python3 >/dev/null; then
  expect 0 'interrupted cases [1-9]' 'it is there' rounds
  before=$(rounds)
  expect 3 'had another plan; it was: contend bench --force' 'another plan does not go on with it' bench "${long[@]}" --rounds 41 --resume
  expect '0|4' 'million operations' 'gone on with' bench "${long[@]}" --resume
  after=$(rounds)
  same_run() { [[ ${before%% interrupted*} == "${after%% done*}" ]]; }
  expect 0 '' "it is the same run: $before, $after" same_run
  more() { ((${after##* clean } >= ${before##* clean })); }
  expect 0 '' "with more rounds: $before, $after" more
  expect 0 ' done cases [1-9]' 'done' rounds
  expect 3 'the newest run is done' 'once' bench "${long[@]}" --resume
fi
check_result bench
