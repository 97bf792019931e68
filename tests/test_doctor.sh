#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# contend doctor as users and programs meet it. Usage: test_doctor.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=${1:?"usage: test_doctor.sh CONTEND"}

# Its exit status says whether anything FAILs, on whatever machine this is; the document agrees.
json_agrees() {
  local got=0
  "$contend" doctor --json "$@" >"$scratch/doctor.json" 2>"$scratch/stderr" || got=$?
  [[ ! -s $scratch/stderr ]] || return 10
  python3 - "$scratch/doctor.json" "$got" <<'PYTHON'
import json, sys
findings, got = json.load(open(sys.argv[1])), int(sys.argv[2])
assert len(findings) > 10, len(findings)
assert len({f["id"] for f in findings}) == len(findings), "an id twice"
for f in findings:
    assert {"id", "status", "value", "why", "remedy"} <= f.keys(), f
    assert f["status"] in ("OK", "UNKNOWN", "WARN", "FAIL"), f
    assert f["value"] and f["why"], f
    assert bool(f["remedy"]) >= (f["status"] in ("WARN", "FAIL")), f
assert got == any(f["status"] == "FAIL" for f in findings), got
print(len(findings), "findings")
PYTHON
}

expect 0 'Example: contend doctor' 'help starts with an example' "$contend" doctor --help
expect 2 'bogus' 'an unknown option' "$contend" doctor --bogus
expect 2 'extra' 'an argument' "$contend" doctor extra
expect '0|1' '^[0-9]+ FAIL, [0-9]+ WARN' 'the quick form' "$contend" doctor --quick
if command -v python3 >/dev/null; then
  expect 0 'findings' 'the quick document' json_agrees --quick
  expect 0 'findings' 'the whole document' json_agrees
fi

# A pipe gets no colour.
"$contend" doctor --quick >"$scratch/plain" || (($? == 1))
expect 1 '' 'escapes in a pipe' grep -q $'\033' "$scratch/plain"
check_result doctor_command
