#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check-inline finds calls through pointers in measured loops and their pieces, only there, and does
# not take a file without such loops for a good one.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
cd "$scratch"

# compile COMPILER BODY: object.o
compile() {
  cat >source.c <<END
struct ops { void (*before)(void), (*lock)(void); };
void direct(void), one(void), two(void), three(void), four(void), five(void), six(void);
void cold(void) __attribute__((cold));
extern const struct ops *ops;
extern void (*pointer)(void);
#define OUTSIDE(n) __attribute__((noinline)) void n(void) { __asm__ volatile("" : : "r"(#n) : "memory"); }
static OUTSIDE(ct_x_y_lock) static OUTSIDE(ct_x_y_slow) static OUTSIDE(ct_x_y_op_lock) OUTSIDE(ct_x_y_unlock)
const struct ops table = {ct_x_y_slow, ct_x_y_op_lock};
$2
END
  $1 -O2 -g -c source.c -o object.o
}
# said STATUS PATTERN WHAT BODY
said() {
  compile "$compiler" "$4"
  expect "$1" "$2" "$compiler: $3" "$root/scripts/check-inline" object.o
}

command -v objdump >/dev/null || skip 'no objdump (scripts/bootstrap --checks)'
for compiler in gcc clang aarch64-linux-gnu-gcc 'clang --target=aarch64-linux-gnu'; do
  command -v "${compiler%% *}" >/dev/null || continue
  [[ $compiler != *aarch64* ]] || command -v aarch64-linux-gnu-objdump >/dev/null || continue
  said 0 '2 measured loops, 0 calls' 'direct calls' \
    'void bench_x_run_y(void) { direct(); one(); } void bench_x_run_z_2(void) { two(); }'
  said 1 'bench_x_run_y: indirect: ' 'a pointer' 'void bench_x_run_y(void) { pointer(); direct(); }'
  said 1 'bench_x_run_y: indirect: ' 'a table' 'void bench_x_run_y(void) { direct(); ops->lock(); direct(); }'
  said 1 'bench_x_run_y: indirect: ' 'a tail call' 'void bench_x_run_y(void) { direct(); ops->lock(); }'
  said 1 'bench_x_run_y: not inlined: ' 'an adapter left outside' 'void bench_x_run_y(void) { ct_x_y_op_lock(); direct(); }'
  said 1 'bench_x_run_y: not inlined: ' 'an operation left outside' 'void bench_x_run_y(void) { ct_x_y_lock(); direct(); }'
  said 0 '1 measured loops, 0 calls' 'a slow path and a library' 'void bench_x_run_y(void) { ct_x_y_slow(); ct_x_y_unlock(); direct(); }'
  said 0 '1 measured loops, 0 calls' 'a pointer elsewhere' \
    'void bench_x_run_y(void) { direct(); } void bench_x_setup(void) { pointer(); direct(); }'
  said 0 '1 measured loops, 0 calls' 'a jump table' 'void bench_x_run_y(int k) { switch (k) {
    case 0: one(); break; case 1: two(); break; case 2: three(); break; case 3: four(); break;
    case 4: five(); break; case 5: six(); break; } direct(); }'
  said 1 '0 measured loops' 'no loop' 'void bench_x_setup(void) { direct(); }'
done
compiler=gcc
said 1 'bench_x_run_y\.cold: indirect: ' 'a piece' 'void bench_x_run_y(int k) { if (k) { cold(); pointer(); cold(); } direct(); }'
expect 1 '0 measured loops' 'no object file' "$root/scripts/check-inline" source.c
expect 2 'no file given' 'no file' "$root/scripts/check-inline"
check_result inline
