#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/genmc-check: what it refuses, and what it makes of a checker's answers, which stand-ins give here.
# usage: test_genmc_check.sh PROGRAM
# shellcheck source=../../tests/check.sh
. "$(dirname "$0")/../../tests/check.sh"
script=$(dirname "$0")/../../scripts/genmc-check
check() { "$script" --model "$model" "$@"; }
model=$(realpath "$1") python=$(python3 -c 'import sys; print(sys.executable)')

# A checker that says the same of every program: its name is its exit code.
for code in 0 42 5; do
  printf '#!/bin/sh\necho "Number of complete executions explored: 3"\nexit %s\n' "$code" >"$scratch/$code"
done
# And one that finds nothing but the end, where that is an error.
cat >"$scratch/holds" <<'END'
#!/bin/sh
for program; do :; done
echo "Number of complete executions explored: 3"
! grep -q 'define ENDS 0' "$program" || exit 42
END
chmod +x "$scratch"/[0-9]* "$scratch/holds"

expect 2 'contend: genmc-check: "nobody" is unknown; valid are litmus, ' 'unknown row' check nobody
expect 2 '"mutex/nobody" is unknown' 'unknown implementation' check mutex/nobody
expect 2 'expected a whole number above 0' 'no seconds' check --seconds 0
expect 2 'unrecognized' 'unknown option' check --fast
expect 2 'not a program' 'no such checker' check --genmc "$scratch/none"
expect 2 'not a program' 'no such model' "$script" --model "$scratch/none"
expect 77 'there is no GenMC' 'no checker' env PATH=/nowhere "$python" "$script" --model "$model"

expect 0 'litmus/SB.seq_cst +never +never +3 +agreed' 'both never see it' check --genmc "$scratch/0" litmus/SB+seq_cst
expect 0 'litmus/SB +seen +seen +3 +agreed' 'both see it' check --genmc "$scratch/42" litmus/SB
expect 1 'litmus/SB +seen +never +3 +DIFFERS +not expected' 'only the model sees it' check --genmc "$scratch/0" litmus/SB
expect 1 'mutex/ticket +holds +fails .*DIFFERS' 'only the checker finds it' check --genmc "$scratch/42" mutex/ticket
expect 1 'mutex/ticket +holds +unusable .*DIFFERS' 'it cannot read it' check --genmc "$scratch/5" mutex/ticket
expect 0 'mutex/ticket +holds +holds .*agreed' 'both hold it' check --genmc "$scratch/holds" mutex/ticket
expect 1 'mutex/ticket +holds +unusable .*DIFFERS' 'it never comes to the end' check --genmc "$scratch/0" mutex/ticket
expect 1 'mutex/ttas-unlock-relaxed +fails +holds .*DIFFERS' 'only the model kills a control' \
  check --genmc "$scratch/holds" mutex/ttas-unlock-relaxed
expect 0 'litmus/S +never +seen .*differs +[a-z]' 'an expected difference' check --genmc "$scratch/42" litmus/S
expect 1 'litmus/S +never +never .*AGREED +differences says' 'a difference that is none' \
  check --genmc "$scratch/0" litmus/S

check_result 'genmc-check'
