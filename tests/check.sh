# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# check.h for scripts: source this, CHECK, and end with check_result NAME. Makes $scratch, a directory
# that goes when the script ends, and $root, the project.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
check_done=0 check_failed=0

# expect STATUS PATTERN WHAT COMMAND...: it ends with STATUS ("0|4": either), and what it says matches PATTERN
# (extended; '' for anything).
expect() {
  local status=$1 pattern=$2 what=$3 said got=0
  shift 3
  said=$("$@" 2>&1 </dev/null) || got=$?
  check_done=$((check_done + 1))
  if [[ ! $got =~ ^($status)$ ]] || ! grep -qE -- "$pattern" <<<"$said"; then
    check_failed=$((check_failed + 1))
    printf 'failed: %s: expected exit %s and "%s", got exit %s and:\n%s\n' "$what" "$status" "$pattern" "$got" "$(tail -c 4000 <<<"$said")" >&2
  fi
}

# What a command says, as one line: CMake wraps its messages.
flat() {
  "$@" 2>&1 | tr -s ' \n' ' '
  return "${PIPESTATUS[0]}"
}

# The tree without what was built and measured in it.
copy_tree() {
  mkdir -p "$1"
  # tar says 1 when something came or went meanwhile, such as another test's temporary file
  { tar -C "$root" --exclude=./build --exclude=./.git --exclude='./reports/*.db*' --warning=no-file-changed \
    --warning=no-file-removed -cf - . || (($? == 1)); } | tar -C "$1" -xf -
}

skip() {
  echo "skipped: $*"
  exit 77
}

check_result() {
  printf '%s: %d checks, %d failed\n' "$1" "$check_done" "$check_failed"
  ((check_failed == 0 && check_done > 0))
}
