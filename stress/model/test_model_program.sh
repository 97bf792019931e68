#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# contend-model: names and numbers it refuses, failures that replay, the same answer twice.
# usage: test_model_program.sh PROGRAM
# shellcheck source=../../tests/check.sh
. "$(dirname "$0")/../../tests/check.sh"
model=$1

expect 2 'contend: model: --impl: "nobody" is unknown' 'unknown implementation' "$model" --impl ticket,nobody
expect 2 'unknown; --list' 'unknown kind' "$model" --kind nothing
expect 2 'unknown; --list' 'unknown scenario' "$model" --scenario nothing
expect 2 'from 1 to 8' 'no threads' "$model" --threads 0
expect 2 'from 1 to 8' 'too many threads' "$model" --threads 9
expect 2 'whole number' 'not a number' "$model" --stale some
expect 2 'valid are auto' 'unknown mode' "$model" --mode fast
expect 2 'a duration' 'no duration' "$model" --seconds soon
expect 2 'expected KIND' 'no replay string' "$model" --replay 0101
expect 3 'no case matches' 'nothing to do' "$model" --impl ticket --kind mutex --controls
expect 0 'control mutex/' 'names' "$model" --list

# A control's failure, replayed by its string: the same failure, a trace with its line, in few lines.
"$model" --controls --impl futex-never-wakes --json >"$scratch/json"
replay=$(sed -n 's/.*"replay": "\(.*\)".*/\1/p' "$scratch/json")
expect 1 'lost wake-up' 'replay fails as it did' "$model" --replay "$replay"
expect 1 'futex-never-wakes.h:[0-9]+ +sleeps while' 'the trace shows the sleep' "$model" --replay "$replay"
"$model" --replay "$replay" >"$scratch/trace" || true
expect 0 '' 'a short trace' test "$(wc -l <"$scratch/trace")" -lt 45
expect 0 '"seed"' 'one JSON document' grep seed "$scratch/json"
one_lock() { "$model" --kind mutex --impl ticket --seconds 50ms "$@"; }
expect 0 '' 'each row once in the JSON document' \
  test "$(one_lock --json | grep -c '"scenario"')" = "$(one_lock | grep -c '^mutex ')"

# The same as a picture: in the document and in a file, for those who read SVG with nothing but an XML parser.
picture() {
  command -v python3 >/dev/null || return 0
  python3 "$scratch/picture.py" "$@"
}
cat >"$scratch/picture.py" <<'END'
import json, sys, xml.etree.ElementTree as xml
svg = "{http://www.w3.org/2000/svg}"
failed = [row for row in json.load(open(sys.argv[1]))["rows"] if "failure" in row]
names = [(row["implementation"], row["scenario"], row["mode"], row["threads"]) for row in failed]
assert failed and len(set(names)) == len(names), names
for row in failed:
    picture = xml.fromstring(row["svg"])
    lanes = [lane.findtext(svg + "text") for lane in picture.iter(svg + "g") if lane.get("class") == "lane"]
    assert lanes == [f"T{i}" for i in range(row["threads"])], lanes
    violation = [text.text for g in picture.iter(svg + "g") if g.get("class") == "violation" for text in g]
    assert violation[0] == row["failure"], violation
    text = [t.text for t in picture.iter(svg + "text")]
    assert all(row["trace"].count(t.strip()) for t in text if ".h:" in t), text
    assert not any(e.get("id") or e.tag.endswith("script") for e in picture.iter()), "ids and scripts are not for many in a page"
if len(sys.argv) > 2:
    assert open(sys.argv[2]).read() == failed[0]["svg"], "not that of the first failure"
END
"$model" --controls --kind mutex,event --json --jobs 2 --svg "$scratch/first.svg" >"$scratch/json"
expect 0 '' 'a picture of each failure' picture "$scratch/json" "$scratch/first.svg"
"$model" --replay "$replay" --json --svg "$scratch/first.svg" >"$scratch/json" || true
expect 0 '' 'a picture of a replay' picture "$scratch/json" "$scratch/first.svg"
expect 0 'nothing failed, so there is no picture' 'no failure, no picture' \
  "$model" --impl ticket --kind mutex --scenario exclusion --svg "$scratch/none.svg"
expect 1 '' 'and no file' test -e "$scratch/none.svg"
expect 2 'contend: model: --svg' 'a picture that cannot be written' "$model" --impl ticket --svg "$scratch/no/such.svg"

# Decisions are all there is: without them the default schedule of a correct lock holds.
expect 0 'holds' 'default schedule' "$model" --replay mutex/ticket/exclusion/2x2/1/
expect 0 '' 'exhaustive twice' "$model" --impl ttas --scenario counter --mode exhaustive
count() { "$model" --impl mcs --scenario counter --mode exhaustive --json | grep '"executions"'; }
expect 0 '' 'the same executions twice' test "$(count)" = "$(count)"

rows() { "$model" --kind mutex --impl ticket,mcs,clh --scenario exclusion --json --jobs 2 | grep -c '"verdict"'; }
expect 0 '' 'each row once, from however many processes' test "$(rows)" = 3

check_result 'model program'
