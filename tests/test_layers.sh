#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check-layers finds each breach planted in a copy of the tree, and no other in the files planted.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"

copy_tree "$scratch/tree"
cd "$scratch/tree"

# caught FILE RULE TEXT [FIRST]: TEXT, planted at the end of FILE (which starts with FIRST if it is new),
# must be found to break RULE.
planted=()
caught() {
  [[ -e $1 ]] || printf '%s\n' "${4-// SPDX-License-Identifier: MIT}" >"$1"
  printf '%s\n' "$3" >>"$1"
  planted+=("$1|$2|${5-$3}")
}

own=primitives/include/contend
caught support/fail.c '<stdatomic.h> belongs' '#include <stdatomic.h>'
caught $own/wait.h '<stdatomic.h> belongs' '#  include <stdatomic.h>'
caught benchmarks/mutex.c 'the inside of a cell' 'static int f(struct ct_u32 *c) { return (int)c->raw; }'
caught $own/mutex/ticket.h 'the inside of a cell' 'x = m.next.raw;'
caught support/fail.c 'futex and membarrier' 'long f(void) { return syscall(SYS_futex); }'
caught $own/mutex/ticket.h 'futex and membarrier' 'long f(void) { return syscall(__NR_membarrier); }'
caught $own/mutex/ticket.h 'instructions belong' 'void f(void) { __asm__ volatile("pause"); }'
caught $own/wait.h 'instructions belong' 'void f(void) { asm("nop"); }'
caught support/fail.c 'an architecture #if' '#if defined(__x86_64__)'
caught $own/wait.h 'an architecture #if' '#elif defined(__aarch64__)'
caught $own/mutex/ticket.h '#if is for' '#ifdef VARIANT'
caught cli/main.c '<hwloc.h> belongs' '#include <hwloc.h>'
caught benchmarks/mutex.c '<benchmark/benchmark.h> belongs' '#include <benchmark/benchmark.h>'
caught cli/main.c '<sqlite3.h> belongs' '#include <sqlite3.h>'

caught $own/cpu.h 'cpu.h stands alone' '#include <contend/atomic.h>'
caught $own/atomic.h 'atomic.h includes' '#include <contend/wait.h>'
caught $own/wait.h 'wait.h includes' '#include <contend/mutex.h>'
caught $own/impl.h 'impl.h stands alone' '#include <contend/atomic.h>'
caught $own/mutex.h 'a kind includes' '#include <contend/wait.h>'
caught $own/mutex/ticket.h 'an implementation includes' '#include <contend/mutex/tas.h>'
caught $own/mutex/ticket.h 'an implementation includes' '#include "support/fail.h"'
caught $own/rmutex/futex.h 'an implementation includes' '#include <contend/rmutex/pthread.h>'
caught stress/broken/mutex/planted.h 'an implementation includes' '#include <contend/mutex/ticket.h>'
caught support/fail.c 'support includes' '#include "benchmarks/bench.h"'
caught support/fail.c 'support includes' '#include "cli/cli.h"'
caught benchmarks/mutex.c 'benchmarks include' '#include "stress/scenario.h"'
caught benchmarks/mutex.c 'benchmarks include' '#include <stress/cell.h>'
caught stress/planted.c 'stress includes' '#include "benchmarks/bench.h"'
caught stress/planted.c 'stress includes' '#include "cli/cli.h"'
caught cli/main.c 'cli includes' '#include "tests/check.h"'

caught cli/main.c 'framework code names' 'void *p = &ct_mutex_ticket_ops;'
caught stress/planted.c 'framework code names' 'struct ct_mutex_futex_rseq m = CT_MUTEX_FUTEX_RSEQ_INIT;'
caught benchmarks/mutex.c 'framework code names' 'const char *best = "futex-adaptive";'
caught cli/main.c 'framework code names' 'const char *c = "mutex/contended/ticket/threads:2";'
caught benchmarks/mutex.c 'framework code includes' '#include <contend/mutex/ticket.h>'
caught support/fail.c 'framework code includes' '#include "stress/broken/mutex/planted.h"'

many() { yes "$1" | head -n 401 || true; }
caught support/unlicensed.c 'the first line' 'int planted;' 'int first;' 'int first;'
caught scripts/unlicensed 'the second line' 'true' '#!/bin/sh'
caught support/long.c 'a file has at most' "$(many 'int x;')" '// SPDX-License-Identifier: MIT' '401 lines'
caught scripts/long 'a file has at most' "$(many true)" '# SPDX-License-Identifier: MIT' '401 lines'
caught support/fail.c 'work left undone' '/* TO''DO: more */'
caught cmake/peers.cmake 'work left undone' '# FIX''ME later'

cat >support/fine.c <<'END'
// SPDX-License-Identifier: MIT
#include <linux/futex.h>
/* asm("nop") and <contend/mutex/ticket.h>, c->raw:
   "ticket" */ // "futex" SYS_futex
const char *fine = "// a ticket /* asm"; /* and */ int raw, tickets, XXXX;
END
scripts/check-layers . >"$scratch/found" || true
found() { grep -E "^$1:[0-9]+: $2" "$scratch/found" | grep -qF -- "$3"; }
for row in "${planted[@]}"; do
  IFS='|' read -r file rule text <<<"$row"
  expect 0 '' "$rule: \"$text\" in $file" found "$file" "$rule" "$text"
done
expect 1 '' 'words in comments and names alike' grep '^support/fine.c' "$scratch/found"
check_result layers
