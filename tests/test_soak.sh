#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A soak as its user meets it: killed and resumed, interrupted, with broken implementations let in, and
# with one that it was asked to run.
# Usage: test_soak.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=$(realpath "${1:?"usage: test_soak.sh CONTEND"}")
cd "$scratch"

expect 2 '--for "5": expected a duration' 'a duration without a unit' "$contend" soak --for 5 --store s.db
expect 2 '--inject-every "0": expected' 'no controls' "$contend" soak --inject-every 0 --store s.db
expect 2 '--resume: goes on as it was asked for' 'resume with a choice of its own' "$contend" soak --resume --kind mutex --store s.db
expect 5 'none.db: no such file' 'resume without a store' "$contend" soak --resume --store none.db
[[ ! -e s.db ]] || expect 0 '' 'bad usage makes no store' false

# start NAME OPTION...: in the background, $pid; what it says is in NAME.log
start() {
  "$contend" soak "${@:2}" >"$1.log" 2>&1 </dev/null &
  pid=$!
}
stolen_ms() { # by a hypervisor, of all CPUs
  awk -v hz="$(getconf CLK_TCK)" '$1 == "cpu" { print int($9 * 1000 / hz) }' /proc/stat
}
# Its end and how long that took after a signal, in ms that this machine had.
ended() {
  local from=$EPOCHREALTIME stolen got=0
  stolen=$(stolen_ms)
  kill "-$1" "$pid"
  wait "$pid" 2>/dev/null || got=$?
  took_ms=$(((${EPOCHREALTIME/./} - ${from/./}) / 1000 - ($(stolen_ms) - stolen)))
  return "$got"
}
value() { # value LOG PATTERN: the first group of the last line that matches
  sed -nE "s/.*$2.*/\1/p" "$1" | tail -n 1
}
in_order() { # in_order A B C...: numbers that do not fall
  echo "numbers: $*"
  printf '%s\n' "$@" | sort -nc
}

# Ten seconds with a kill -9 and an interrupt in them. What had ended is kept, the rest is made up for.
real=(--kind mutex --impl "ttas,ticket,futex" --slice 100ms --inject-every 8 --seed 7 --store s.db)
start first --for 10s --log-every 1s "${real[@]}"
sleep 3
expect 5 'another soak uses this store' 'a second soak beside it' "$contend" soak "${real[@]}"
killed=0
ended KILL || killed=$?
expect 0 '' 'it was killed' test "$killed" = 137
expect 0 '' 'its children are gone' bash -c "! pgrep -P $pid"
expect 0 'slices, .* operations, 0 violations, longest wait .*, least share .* MB, .* descriptors; ' 'lines in the log' cat first.log
before=$(value first.log 'left: ([0-9]+) slices')
start second --resume --store s.db
sleep 2
interrupted=0
ended INT || interrupted=$?
expect 0 '' 'exit of an interrupted soak' test "$interrupted" = 130
expect 0 '' 'an interrupt ends it within a second' in_order "$took_ms" 1000
expect 0 'INTERRUPTED: contend soak --resume goes on' 'what it says then' cat second.log
expect 0 'resumed 1 times' 'resumed once' cat second.log
between=$(value second.log 'times, ([0-9]+) slices')
expect 0 '' 'slices of before the kill count' in_order "${before:-0}" "${between:-none}"
from=$SECONDS
expect 0 'resumed 2 times' 'resumed to its end' "$contend" soak --resume --store s.db --log-every 1h
expect 0 '' 'only the rest was left' in_order "$((SECONDS - from))" 8
expect 3 'nothing to resume' 'it came to its end' "$contend" soak --resume --store s.db

# What the store has of it.
stored() {
  "$contend" export --store s.db -o run.json
  python3 - run.json "$between" <<'PYTHON'
import json, sys
(run,) = json.load(open(sys.argv[1]))["contend_runs"]
soak, cases, samples, controls = run["soak"][0], run["soak_case"], run["soak_sample"], run["soak_control"]
assert run["run"][0]["status"] == "done", run["run"]
assert soak["slices"] >= int(sys.argv[2]) and soak["slices"] > 0 and soak["slices"] == sum(c["slices"] for c in cases), soak
assert soak["elapsed_ns"] >= 10e9 and soak["resumed"] == 2 and soak["violations"] == 0, soak
progress = run["soak_progress"]
assert soak["cases"] >= len(cases) and {p["elapsed_ns"] for p in progress} <= {x["elapsed_ns"] for x in samples}, progress
assert sum(p["operations"] for p in progress if p["elapsed_ns"] == samples[-1]["elapsed_ns"]) == sum(c["operations"] for c in cases)
assert {c["impl"] for c in cases} <= {"ttas", "ticket", "futex"}, cases
assert soak["controls"] == soak["controls_caught"] == len(controls) > 0, soak
assert all(c["how"] for c in controls), controls
assert len(samples) >= 2 and samples[-1]["slices"] == soak["slices"], samples
print("all there")
PYTHON
}
if command -v python3 >/dev/null; then
  expect 0 'all there' 'the store' stored
fi

# A broken implementation that it is asked to run is a violation, and the evidence repeats it.
broken=(--kind mutex --impl ttas-test-then-store --store b.db)
expect 1 'violation 1: mutex ttas-test-then-store, .*see .*violation-1.txt' 'the first violation ends it' "$contend" soak --for 1h "${broken[@]}"
evidence=b.db-soak-1-violation-1.txt
expect 0 '^again +contend stress --kind mutex --impl ttas-test-then-store --scenario ' 'evidence' cat "$evidence"
expect 0 'claim|ThreadSanitizer' 'with what its process said' cat "$evidence"
again=$(sed -nE '1,/^$/s/^again +contend (.*) --seconds 60$/\1/p' "$evidence")
# shellcheck disable=SC2086 # words of a command line
expect 1 'ttas-test-then-store' 'the command in it' "$contend" $again --seconds 20 --store again.db
expect 1 'violation 2: ' 'going on' "$contend" soak --for 5s --slice 50ms --keep-going "${broken[@]}"
expect 0 '' 'evidence is bounded' in_order "$(find . -name 'b.db-soak-*-violation-*' | wc -l)" 101
expect 0 '' 'the disk is bounded' in_order "$(du -sk . | cut -f1)" 4000

# A library that loses memory and descriptors whenever a mutex is made. Sanitizers want to come first.
cat >leak.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
    static unsigned calls;
    int (*real)(pthread_mutex_t *, const pthread_mutexattr_t *);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_init");
    if (calls++ % 64 == 0) {
        char *lost = malloc(LOST_BYTES);
        if (lost)
            memset(lost, 1, LOST_BYTES);
        __asm__ volatile("" : : "r"(lost) : "memory");
    }
    return real(m, a);
}
C
if ! grep -qE '__[at]san_init' "$contend" && cc -D_GNU_SOURCE -DLOST_BYTES=262144 -O1 -shared -fPIC -o leak.so leak.c -ldl 2>/dev/null; then
  expect 1 'the process leaks resident memory: ' 'a leak' env LD_PRELOAD="$PWD/leak.so" "$contend" soak --kind mutex --impl pthread --slice 1s --for 60s --store l.db
fi

# A page of it, though nothing was measured.
if command -v gnuplot >/dev/null; then
  expect 0 'page.html' 'a report of nothing but a soak' "$contend" report --store s.db -o page.html
  expect 0 'id="soak_pace_' 'has it over time' cat page.html
  expect 0 'id="mutex_timeline_' 'by implementation too' cat page.html
fi

check_result soak
