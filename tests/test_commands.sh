#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The program as users and programs meet it: help, bad input, exit codes, what a run leaves behind.
# Usage: test_commands.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=$(realpath "${1:?"usage: test_commands.sh CONTEND"}")
cd "$scratch"
store=$scratch/contend.db

expect 2 'Usage: contend COMMAND' 'no command' "$contend"
expect 0 'Try: contend bench' 'help' "$contend" --help
expect 0 '^contend [0-9]' 'version' "$contend" --version
expect 2 'unknown command "bnech": valid are bench,' 'a misspelt command names the nearest first' "$contend" bnech
for command in list bench stress soak report compare choose export import bars doctor; do
  expect 0 'Example: contend' "help of $command starts with an example" "$contend" "$command" --help
  expect 2 'contend' "an unknown option of $command" "$contend" "$command" --no-such-option
done

expect 2 'unknown kind "mutx": valid are mutex' 'list: unknown kind' "$contend" list --kind mutx
for command in bench stress soak; do
  expect 2 'unknown kind "mutx": valid are mutex' "$command: unknown kind" "$contend" "$command" --kind mutx
  expect 2 'unknown implementation "tiket": valid are ticket, ' "$command: unknown implementation" "$contend" "$command" --impl ttas,tiket
  expect 2 'contend: --seed "x": expected' "$command: a seed that is no number" "$contend" "$command" --seed x
done
expect 2 'unknown workload "contnded": valid are contended,' 'bench: unknown workload' "$contend" bench --workload contnded
expect 2 'unknown profile "qick": valid are quick, standard, full' 'bench: unknown profile' "$contend" bench --profile qick
expect 2 'unknown placement "compct": valid are compact,' 'bench: unknown placement' "$contend" bench --placement compct
expect 2 '--threads "0": expected a whole number from 1' 'bench: no threads' "$contend" bench --threads 2,0
expect 2 '--trial "5": expected a duration' 'bench: a duration without a unit' "$contend" bench --trial 5
expect 2 '--filter "\(": ' 'bench: a filter that is no expression' "$contend" bench --filter '('
expect 2 'choose: --kind is needed' 'choose: no kind' "$contend" choose
expect 2 'unknown need "fiffo": valid are fifo,' 'choose: an unknown need' "$contend" choose --kind mutex --need fiffo
expect 2 'unknown workload "contnded": valid are contended,' 'choose: an unknown workload' "$contend" choose --kind mutex --workload contnded
expect 2 '--tail "9": expected a duration' 'choose: a tail without a unit' "$contend" choose --kind mutex --tail 9
expect 0 'mutex/contended-hold-300ns/ticket/threads:3' 'choose: what would be measured' "$contend" choose --kind mutex --hold 300ns --threads 3 --dry-run
expect 2 'two runs are needed' 'compare: one run' "$contend" compare 1
expect 2 '--threshold "5x": expected a percentage' 'compare: a threshold that is none' "$contend" compare 1 2 --threshold 5x
expect 5 'none.db' 'compare: no store' "$contend" compare none.db:1 none.db:2
expect 0 '^[0-9]+ cases: about ' 'bars: the plan' "$contend" bars --kind mutex --dry-run
expect 3 'no case matches' 'bench: nothing matched' "$contend" bench --filter '^nothing$'
expect 2 'unknown scenario "exclsion": valid are exclusion,' 'stress: unknown scenario' "$contend" stress --scenario exclsion
expect 2 'unknown perturbation' 'stress: unknown perturbation' "$contend" stress --perturb nothing-such
expect 5 'none.db' 'report: no store' "$contend" report --store none.db
expect 5 'no/such/dir' 'bench: a store in no directory' "$contend" bench --force --impl ticket --workload uncontended --rounds 1 --trial 1ms --store no/such/dir/x.db
printf 'not a store, just text\n' >text.db
cp text.db before.db
expect 5 'text.db' 'bench: a file that is no store' "$contend" bench --force --impl ticket --workload uncontended --rounds 1 --trial 1ms --store text.db
expect 0 '' 'the file is untouched' cmp text.db before.db

expect 0 '^mutex/uncontended/ticket/threads:1$' 'bench: the list of cases' "$contend" bench --list
expect 0 ' cases in .* rounds each, seed 7: about ' 'bench: the plan' "$contend" bench --dry-run --seed 7

# A small run: the document's names and counters, the limits inside its context, and no word but JSON.
bench_json() {
  local got=0
  "$contend" bench --force --kind mutex --impl ticket,pthread --workload uncontended,contended --threads 1,2 --rounds 3 --trial 2ms \
    --seed 5 --store "$store" --json >run.json 2>stderr || got=$?
  ((got == 0 || got == 4)) || { cat stderr; return "$got"; }
  grep -vE '^contend: bench: (.*contaminated|calibrated work drifted|the limits drifted)' stderr && return 9
  python3 - run.json <<'PYTHON'
import json, sys
d = json.load(open(sys.argv[1]), parse_constant=lambda c: sys.exit("not JSON: " + c))
limits = d["context"]["limits"]
for name in "rmw_ns line_round_trip_ns futex_round_trip_ns clock_ns pause_ns syscall_ns membarrier_ns".split():
    assert name in limits or name.startswith(("line", "futex", "membarrier")), name
runs = {b["run_name"] for b in d["benchmarks"]}
assert runs == {f"mutex/{w}/{i}/threads:{t}" for w in ("uncontended", "contended") for i in ("ticket", "pthread") for t in (1, 2)}, runs
counters = """ops_per_second cpu_ns_per_op ns_per_op p50_ns p90_ns p99_ns p999_ns p9999_ns max_ns fairness_min_max fairness_jain
    ratio_to_reference ratio_low ratio_high rounds_valid rounds_discarded starved_ns sleeps_per_second memory_bytes""".split()
for b in d["benchmarks"]:
    if b["run_type"] == "aggregate" and b["aggregate_name"] == "median" and b["run_name"].endswith("pthread/threads:1"):
        assert set(counters) <= b.keys(), set(counters) - b.keys()
        assert abs(b["real_time"] / b["ns_per_op"] - 1) < 0.5, b
        assert b["ratio_to_reference"] == 1, b
print(len(runs), "cases")
PYTHON
}
if command -v python3 >/dev/null; then
  expect 0 '^8 cases' 'bench: the document' bench_json
fi
expect '0|4' 'million operations per second' 'bench: the tables' "$contend" bench --force --kind mutex --impl ticket,pthread --workload uncontended --rounds 2 --trial 2ms --store "$store"

expect 0 '^mutex/contended-hold-200ns-think-1us/ticket/threads:3$' 'bench: a described workload' "$contend" bench --kind mutex --hold 200ns --think 1us --threads 3 --list
expect 2 '--precision "x": expected a percentage' 'bench: a precision that is none' "$contend" bench --precision x
expect 2 '--budget "0s": expected a duration' 'bench: a budget of nothing' "$contend" bench --budget 0s
expect 2 '--hold "5": expected a duration' 'bench: a hold without a unit' "$contend" bench --hold 5

# A store of the first version is brought up to date when it is opened.
upgraded() {
  cp "$store" old.db
  python3 - old.db <<'PYTHON' || return
import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
for table, column in [("bench_case", "parameter"), ("bench_case", "twin"), ("sample", "starved_ns"), ("sample", "cycles_per_op"),
                      ("sample", "instructions_per_op"), ("sample", "cache_misses_per_op")]:
    d.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
for table in ("soak", "soak_case", "soak_sample", "soak_progress", "soak_control", "soak_violation", "model_row",
              "model_litmus"):
    d.execute("DROP TABLE " + table)
d.execute("PRAGMA user_version = 1")
d.commit()
PYTHON
  "$contend" compare old.db old.db --all
}
# Then it has the columns, in whatever order, and the indices of a new one.
same_schema() {
  python3 - old.db "$store" <<'PYTHON'
import sqlite3, sys
def schema(path):
    d = sqlite3.connect(path)
    names = sorted(n for (n,) in d.execute("SELECT name FROM sqlite_schema"))
    return names, [(n, sorted(tuple(c)[1:] for c in d.execute(f"PRAGMA table_info({n})"))) for n in names]
assert schema(sys.argv[1]) == schema(sys.argv[2]), (schema(sys.argv[1]), schema(sys.argv[2]))
PYTHON
}
if command -v python3 >/dev/null; then
  expect 0 '^[1-9][0-9]* cases compared' 'an old store' upgraded
  expect 0 '' 'it is as a new one' same_schema
fi

# Out of the store, into another, and once more without doubles.
expect 2 'unknown format "xml": valid are' 'export: an unknown format' "$contend" export --store "$store" --format xml
expect 5 'none.db' 'export: no store' "$contend" export --store none.db
expect 3 'no run of that number' 'export: no such run' "$contend" export --store "$store" --run 999
expect 0 '^1,mutex,uncontended,(ticket|pthread),1,compact,0,0,0,' 'export: CSV' "$contend" export --store "$store" --format csv
# (of a busy machine that let no trial be clean it says so)
expect 0 '"ratio_to_reference"|"no clean trial"' 'export: Google Benchmark' "$contend" export --store "$store" --format gbench
expect 0 '' 'export: JSON' "$contend" export --store "$store" -o runs.json
expect 0 '^2 of 2 runs added' 'import: the file' "$contend" import runs.json --store other.db
expect 0 '^0 of 2 runs added, 2 were' 'import: again' "$contend" import runs.json --store other.db
expect 0 '^0 of 2 runs added' 'import: the store itself' "$contend" import "$store" --store other.db
expect 0 '' 'export: of the import' "$contend" export --store other.db -o again.json
expect 0 '' 'it is what was exported' cmp runs.json again.json
expect 0 '^2 of 2 runs added' 'import: a store' "$contend" import "$store" --store third.db
sed 's/"schema":[0-9]*/"schema":99/' runs.json >newer.json
sed 's/"impl":/"imp":/' runs.json >strange.json
sed 's/"case_id":[0-9]*/"case_id":77/' runs.json >orphan.json
head -c 2000 runs.json >cut.json
expect 5 'schema version 99' 'import: a newer schema' "$contend" import newer.json --store fourth.db
expect 5 'strange.json: a column that' 'import: a column of another program' "$contend" import strange.json --store fourth.db
expect 5 'orphan.json: a row that belongs to none' 'import: rows without a case' "$contend" import orphan.json --store fourth.db
expect 5 'cut.json: line' 'import: a file that ends early' "$contend" import cut.json --store fourth.db
expect 5 'text.db: ' 'import: no store' "$contend" import text.db --store fourth.db
expect 3 'has no run' 'nothing came in' "$contend" export --store fourth.db

# What two runs decide of pairs.
expect 0 ' pairs decided in both runs, 0 of them the other way round' 'compare: rankings' "$contend" compare --ranking "$store" "$store"

# Killed at once, a run leaves what it had, and no process behind.
recorded() { "$contend" export --store killed.db --format csv 2>/dev/null | grep -c '^1,mutex,uncontended,ticket,1,compact,0,0,0,'; }
# eventually COMMAND...: it succeeds within 30 s, for a busy machine may be late.
eventually() {
  for _ in {1..300}; do
    ! "$@" || return 0
    sleep 0.1
  done
  return 9
}
has_recorded() { (($(recorded) >= 2)); }
finds_workers() { workers=$(cat "/proc/$1/task/$1/children") && [[ $workers ]]; }
are_gone() { for worker in $1; do [[ ! -e /proc/$worker ]] || return 1; done; }
killed() {
  "$contend" bench --force --impl ticket --workload uncontended --rounds 100000 --trial 2ms --store "$scratch/killed.db" >out 2>&1 &
  local pid=$! workers before
  eventually has_recorded && eventually finds_workers "$pid" || return
  before=$(recorded)
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null || true
  eventually are_gone "$workers" && (($(recorded) >= before))
}
expect 0 '' 'bench: killed' killed

# Interrupted: what is done stays, labelled, and can be reported.
interrupted() {
  "$contend" bench --force --rounds 1000 --trial 20ms --workload uncontended --store "$store" >out 2>&1 &
  local pid=$! got=0
  sleep 2
  kill -INT "$pid"
  wait "$pid" || got=$?
  return "$got"
}
expect 130 '' 'bench: interrupted' interrupted
# On a machine so busy that no trial was clean there is nothing to draw, which is said.
expect '0|4' 'index.html|no clean trial' 'report: of the interrupted run' "$contend" report --store "$store"
[[ ! -e latest.html ]] || expect 0 '' 'it is labelled' grep -qi 'interrupted' latest.html
check_result commands
