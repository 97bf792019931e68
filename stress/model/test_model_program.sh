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

# Decisions are all there is: without them the default schedule of a correct lock holds.
expect 0 'holds' 'default schedule' "$model" --replay mutex/ticket/exclusion/2x2/
expect 0 '' 'exhaustive twice' "$model" --impl ttas --scenario counter --mode exhaustive
count() { "$model" --impl mcs --scenario counter --mode exhaustive --json | grep '"executions"'; }
expect 0 '' 'the same executions twice' test "$(count)" = "$(count)"

check_result 'model program'
