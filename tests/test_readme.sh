#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README shows what is there: the table of implementations, the example, and files that exist.
# Usage: test_readme.sh CONTEND
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
contend=${1:?usage: test_readme.sh CONTEND}
cd "$root"

expect 0 '' 'the table of implementations' scripts/readme-table --check "$contend" README.md
awk '/^```/ { shown = 0 } shown { print } /^```c$/ { shown = 1 }' README.md >"$scratch/code"
expect 0 '' 'the example, line by line' awk '
  FNR == NR { want[++n] = $0; next }
  $0 == want[at + 1] { if (++at == n) exit 0; next }
  { at = $0 == want[1] }
  END { exit at != n }' tests/example/sixteenth.h "$scratch/code"
while read -r target; do
  expect 0 '' "a link to $target" test -e "$target"
done < <(grep -oE '\]\([^)#:]+\)' README.md | sed 's/^](//; s/)$//' | sort -u)

# readme-table itself: writes what is missing, sees what differs, and wants its markers.
cp README.md "$scratch/README.md"
sed -i '/^| mutex /d' "$scratch/README.md"
expect 1 'is not what the program lists' 'a table without rows' scripts/readme-table --check "$contend" "$scratch/README.md"
expect 0 '' 'written' scripts/readme-table "$contend" "$scratch/README.md"
expect 0 '' 'as it was' scripts/readme-table --check "$contend" "$scratch/README.md"
sed -i '/^<!-- .implementations -->/d' "$scratch/README.md"
expect 1 'expected one line' 'a lost marker' scripts/readme-table "$contend" "$scratch/README.md"
check_result readme
