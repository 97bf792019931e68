#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every implementation stands in the table of stress/model/README.md.
# usage: test_model_table.sh PROGRAM
# shellcheck source=../../tests/check.sh
. "$(dirname "$0")/../../tests/check.sh"
page=$(dirname "$0")/README.md

"$1" --list | sed -n 's|^implementation \([^ ]*\).*|\1|p' | sort >"$scratch/listed"
sed -n 's#^| \([a-z0-9_]*\) | \([a-z0-9-]*\) | \([0-9]\|not\).* |$#\1/\2#p' "$page" | sort -u >"$scratch/written"
expect 0 '' 'names in the table' test "$(wc -l <"$scratch/written")" -gt 10
expect 0 '' 'implementations without a row: scripts/model-table' \
  test -z "$(comm -23 "$scratch/listed" "$scratch/written")"
# A build may leave out implementations that its libraries lack, so the table may hold more.

check_result 'model table'
