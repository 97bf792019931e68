#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# contend model: what it says goes into the store as well, row by row, and what is no exploring does not.
# usage: test_model_store.sh CONTEND
# shellcheck source=check.sh
. "$(dirname "$0")/check.sh"
contend=$1
[[ -x $(dirname "$contend")/contend-model ]] || skip "this build has no model"
command -v python3 >/dev/null || skip "no python3"
cd "$scratch"
unset CONTEND_STORE

expect 0 'ticket .*holds' 'rows are printed as ever' "$contend" model --store s.db --kind mutex --impl ticket --scenario counter,bank
expect 0 'killed' 'controls too' "$contend" model --controls --impl futex-never-wakes --store=s.db --jobs 1
expect 0 '"seed": 1' 'and as JSON' "$contend" model --litmus --scenario SB,MP --seed 1 --json --store s.db
expect 0 '' 'its JSON is one document' bash -c "'$contend' model --json --store s.db --kind mutex --impl ticket,mcs --scenario counter --jobs 2 | python3 -m json.tool"

# What is in the store, and that it is what was said.
stored() {
  "$contend" export --store s.db -o all.json || return
  python3 - all.json <<'PYTHON'
import json, sys
runs = json.load(open(sys.argv[1]))["contend_runs"]
assert [r["run"][0]["command"] for r in runs] == ["model"] * 4, runs
assert all(r["run"][0]["status"] == "done" and r["run"][0]["seed"] == "1" and r["machine_fact"] for r in runs)
rows = [r["model_row"] for r in runs] # in the order in which they ended
assert sorted([(x["scenario"], x["verdict"], x["control"]) for x in rows[0]], reverse=True) == [("counter", "holds", 0), ("bank", "holds", 0)], rows[0]
assert all(x["executions"] >= x["complete"] > 0 and x["claim"] for x in rows[0]), rows[0]
(killed,) = rows[1]
assert killed["verdict"] == "killed" and killed["control"] == 1, killed
assert killed["replay"].startswith("mutex/futex-never-wakes/") and "sleeps while" in killed["trace"] and killed["why"], killed
assert not rows[2] and all(l["as_expected"] == 1 for l in runs[2]["model_litmus"]) and runs[2]["model_litmus"]
assert sorted(x["impl"] for x in rows[3]) == ["mcs", "ticket"], rows[3]
PYTHON
}
expect 0 '' 'the store has what was said' stored

# As CSV, which a spreadsheet reads back; and as a page, though nothing was measured.
as_csv() {
  "$contend" export --store s.db --format csv --table model_row -o rows.csv || return
  python3 - rows.csv all.json <<'PYTHON'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
wanted = [r for run in json.load(open(sys.argv[2]))["contend_runs"] for r in run["model_row"]]
assert len(rows) == len(wanted) > 0
for row, want in zip(rows, wanted):
    for key in "kind", "impl", "scenario", "claim", "verdict", "trace", "replay":
        assert row[key] == (want[key] or ""), (key, row[key], want[key])
PYTHON
}
expect 0 '' 'CSV of a table' as_csv
expect 2 'unknown table "model": valid are' 'no such table' "$contend" export --store s.db --format csv --table model
expect 2 'only with --format csv' 'a table as JSON' "$contend" export --store s.db --table run
if command -v gnuplot >/dev/null; then
  expect 0 'page.html' 'a report of nothing but the model' "$contend" report --store s.db -o page.html
  expect 0 'What the model explored' 'says what it explored' cat page.html
  expect 0 'futex-never-wakes' 'and what it killed' cat page.html
fi

# Neither a replay, nor a list, nor a mistake is a run; exit codes are the model's.
replay=$(python3 -c 'import json; print([x["replay"] for r in json.load(open("all.json"))["contend_runs"] for x in r["model_row"] if x["replay"]][0])')
expect 1 'lost wake-up' 'a replay' "$contend" model --store s.db --replay "$replay"
expect 0 'mutex/ticket' 'a list' "$contend" model --store s.db --list
expect 0 '--store=FILE' 'help' "$contend" model --help
expect 2 'unknown scenario|"nothing" is unknown' 'a mistake' "$contend" model --store s.db --scenario nothing
expect 2 'a file is needed' 'a store without a name' "$contend" model --store
expect 5 'no directory' 'a store nowhere' "$contend" model --store none/s.db
expect 3 'no case matches' 'nothing to do' "$contend" model --store s.db --impl ticket --kind mutex --controls
expect 0 '^0 of 4 runs added' 'none of these is stored' "$contend" import s.db --store s.db

# Interrupted: what was there is kept.
interrupted() {
  "$contend" model --store i.db --thorough --kind mutex >out 2>&1 &
  local pid=$! got=0
  for _ in {1..100}; do
    ! grep -q holds out || break
    sleep 0.1
  done
  kill -INT "$(cat "/proc/$pid/task/$pid/children")" # as a terminal does, to the whole group
  wait "$pid" || got=$?
  return "$got"
}
expect 130 '' 'an interrupt' interrupted
expect 0 '"status":"interrupted"' 'is recorded' "$contend" export --store i.db
expect 0 '"verdict":"holds"' 'with what was done' "$contend" export --store i.db
expect 0 '' 'nothing is left behind' test -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'contend-model-*' -newer s.db -user "$(id -un)" -print -quit)"

# Without a store named, and no reports/ here, nothing is written.
expect 0 'holds' 'no store' "$contend" model --impl ticket --kind mutex --scenario counter
expect 0 '' 'no file' test ! -e reports

check_result model_store
