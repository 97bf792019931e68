#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One implementation as one header: each compiles alone, and one of them is used.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
strict=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror)
amalgamate=$root/scripts/amalgamate

expect 2 'contend: amalgamate: "mutex/tiket": expected KIND/NAME \[FILE\], KIND/NAME one of .*mutex/ticket' 'an unknown one' "$amalgamate" mutex/tiket
expect 2 'expected KIND/NAME' 'none' "$amalgamate"
"$amalgamate" --list >"$scratch/all"
expect 0 '' 'the list is that of the inventory' diff <(sort "$scratch/all") \
  <(sed -nE 's/^IMPL\(([a-z0-9_]+), ([a-z0-9-]+)\)$/\1\/\2/p' "$root/primitives/impls.def" | sort)

# Alone: in a directory without the project, and once more through its own guards.
alone() {
  local header=$scratch/${1//\//-}.h
  "$amalgamate" "$1" "$header"
  ! grep -nE '#include <contend/' "$header" || return 1
  for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" | "$compiler" "${strict[@]}" -x c -fsyntax-only - || return
  done
}
while read -r one; do
  expect 0 '' "$one compiles alone" alone "$one"
done <"$scratch/all"

"$amalgamate" mutex/futex-rseq "$scratch/taken.h"
expect 0 '' 'a program with it compiles' gcc "${strict[@]}" -O2 -DADOPTED='"taken.h"' -I"$scratch" "$root/tests/adopter.c" -o "$scratch/adopter" -pthread
expect 0 '^200000$' 'and runs' "$scratch/adopter"
echo precious >"$scratch/kept.h"
expect 2 'expected KIND/NAME' 'a refusal' "$amalgamate" mutex/none "$scratch/kept.h"
expect 0 '^precious$' 'leaves what was there' cat "$scratch/kept.h"
check_result amalgamate
