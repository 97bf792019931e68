#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The delayed build passes a hook at each operation of atomic.h and wait.h, a new one as well: the list is
# what the compiler sees in these headers, each operation is called, and its hooks are counted.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
cd "$scratch"
cc=${CC:-cc}
flags=(-D_GNU_SOURCE -std=c11 -I"$root" -I"$root/primitives/include")

# Functions that a delay before them would not change, for they are no access, and the parts that the
# others are made of. No implementation may call such a part past its hook.
no_access='panic misuse now_ns pause pauses_per_us backoff_ns yield cpus timespec thread_id compiler_barrier
  membarrier_usable rseq_usable'
parts='futex wait_how wake_how membarrier_register membarrier_call'

# Of the two headers alone: NAME(PARAMETERS), one each line.
operations() {
  local header
  for header in atomic wait; do
    "$cc" "${flags[@]}" -E "$1/primitives/include/contend/$header.h"
  done | awk -v seam='/contend/(atomic|wait)[.]h$' '
      /^# [0-9]+ "/ { file = $3; gsub(/"/, "", file); next }
      file ~ seam { printf "%s ", $0 }' |
    grep -oE '\<static inline [A-Za-z0-9_* ]+\<ct_[a-z0-9_]+\([^()]*\)' | sed -E 's/.*[ *](ct_[a-z0-9_]+\()/\1/' | sort -u
}

listed() { [[ " $(tr -s ' \n' '  ' <<<"$2") " == *" ${1#ct_} "* ]]; }

# An argument that lets the operation return at once.
argument() {
  case $1 in
  *'struct ct_u32 *to') echo '&other' ;;
  *'struct ct_u32 *'*) [[ $2 == ct_pi_* ]] && echo '&pi' || echo '&u32' ;;
  *'struct ct_u64 *'*) echo '&u64' ;;
  *'struct ct_ptr *'*) echo '&ptr' ;;
  *'uint32_t *'*) echo '&seen32' ;;
  *'uint64_t *'*) echo '&seen64' ;;
  *'void * *'* | *'void **'*) echo '&seen_ptr' ;;
  *deadline_ns) echo 1 ;;
  *'void *'*) echo NULL ;;
  *'int threads') echo 1 ;;
  *'uint32_t '* | *'uint64_t '*) echo 0 ;;
  *) ;; # void
  esac
}

# call NAME(PARAMETERS)
call() {
  local name=${1%%(*} parameters=${1#*(} parameter arguments=
  IFS=, read -ra parameters <<<"${parameters%)}"
  for parameter in "${parameters[@]}"; do
    arguments+="${arguments:+, }$(argument "$parameter" "$name")"
  done
  echo "$name($arguments)"
}

write_program() {
  cat <<'END'
#include <contend/wait.h>
#include <stdio.h>
_Thread_local uint32_t delays_left;
void delays_strike(void) {}
static struct ct_u32 u32, other, pi; static struct ct_u64 u64; static struct ct_ptr ptr;
static uint32_t seen32; static uint64_t seen64; static void *seen_ptr;
static unsigned done, failed;
#define TRY(operation) do { delays_left = 1000; (void)(operation); done++; \
  if (delays_left != 999) { failed++; printf("%u hooks: %s\n", 1000 - delays_left, #operation); } } while (0)
int main(void) {
  (void)seen32, (void)seen64, (void)seen_ptr, (void)other, (void)pi;
  bool barrier = ct_membarrier_usable(), restartable = ct_rseq_usable();
  (void)barrier, (void)restartable;
END
  local operation name
  operations "$1" | while read -r operation; do
    name=${operation%%(*}
    listed "$name" "$no_access $parts" && continue
    case $name in
    *rseq*) echo "  if (restartable)" ;;
    ct_membarrier) echo "  if (barrier)" ;;
    esac
    echo "  TRY($(call "$operation"));"
  done
  cat <<'END'
  printf("%u operations, %u without their hook\n", done, failed);
  return failed != 0;
}
END
}

# TREE: does each operation of its headers pass one hook?
hooks() {
  write_program "$1" >program.c
  "$cc" -D_GNU_SOURCE -std=c11 -I"$1/stress/delays/include" -I"$1" -I"$1/primitives/include" program.c -o program || return 2
  ./program
}
expect 0 ', 0 without their hook' 'each operation passes one hook' hooks "$root"

# None was overlooked: those tried are those that have a hook.
hooked_and_tried() {
  diff <(sed -nE 's/^#define (ct_[a-z0-9_]+)\(.*/\1/p' "$root"/stress/delays/include/contend/*.h | sort) \
    <(sed -nE 's/^  TRY\((ct_[a-z0-9_]+)\(.*/\1/p' program.c | sort)
}
expect 0 '' 'each hook was tried' hooked_and_tried

# A new operation of either header without a hook is found.
mkdir -p tree/stress tree/primitives
cp -r "$root/stress/delays" "$root/stress/delays.h" tree/stress
cp -r "$root/primitives/include" tree/primitives
sed -i 's|^CT_CELL_COMMON(ptr, void \*)|&\nCT_CELL_FETCH(u32, uint32_t, xor, atomic_fetch_xor_explicit, relaxed, memory_order_relaxed)|' \
  tree/primitives/include/contend/atomic.h
expect 1 '0 hooks: ct_u32_xor_relaxed' 'an operation on cells without one' hooks tree
sed -i 's|^#define CT_WAKE_ALL .*|&\nstatic inline void ct_nap(struct ct_u32 *c, uint32_t seen) { (void)c; (void)seen; }|' \
  tree/primitives/include/contend/wait.h
expect 1 '0 hooks: ct_nap' 'a call to the kernel without one' hooks tree

part_called() { grep -rnE "\<ct_(${parts// /|})\(" "$root"/primitives/include/contend/*/ "$root/stress/broken"; }
expect 1 '' 'no implementation goes past the hooks' part_called
check_result delays
