#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An inventory that does not match the headers stops the configuration with what to do about it.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"

# Only the parts that read inventories, so that a configuration takes a fraction of a second.
copy_tree "$scratch/tree"
cd "$scratch/tree"
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(inventories LANGUAGES NONE)
include(cmake/inventory.cmake)
foreach(pair "primitives/impls.def|IMPL|primitives/include/contend" "stress/broken.def|BROKEN|stress/broken")
  string(REPLACE "|" ";" pair "${pair}")
  list(GET pair 0 file)
  list(GET pair 1 word)
  list(GET pair 2 dir)
  inventory_read("${CMAKE_SOURCE_DIR}/${file}" "${word}" rows)
  inventory_check("${file}" "${CMAKE_SOURCE_DIR}/${dir}" "${rows}")
endforeach()
END
printf 'IMPL(mutex, ticket)\n' >primitives/impls.def
printf 'BROKEN(mutex, planted, H)\n' >stress/broken.def
find primitives/include/contend/*/ stress/broken -name '*.h' ! -name ticket.h -delete
mkdir -p stress/broken/mutex
touch stress/broken/mutex/planted.h
configure() { flat cmake -B build .; }

expect 0 'Generating done' 'the inventories as they are' configure
# stopped WHAT FILE LINE PATTERN: LINE added to FILE stops it so
stopped() {
  cp "$2" kept
  printf '%s\n' "$3" >>"$2"
  expect 1 "$4" "$1" configure
  mv kept "$2"
}
stopped 'a line without a header' primitives/impls.def 'IMPL(mutex, nothing)' \
  'impls.def: mutex/nothing has a line but no header: write .*/contend/mutex/nothing.h or remove the line'
stopped 'two lines' primitives/impls.def 'IMPL(mutex, ticket)' 'impls.def: mutex/ticket has two lines: remove one'
for line in 'IMPL(mutex, ticket' 'IMPL mutex, ticket)' 'IMPL(mutex,ticket)' 'IMPL(mutex)' 'IMPLEMENTATION(mutex, ticket)' \
  'BROKEN(mutex, ticket, H)' 'IMPL(mutex, Ticket)' 'IMPL(mutex, ticket) # and more' 'mutex ticket'; do
  stopped "a garbled line: $line" primitives/impls.def "$line" 'impls.def: .*: expected one of IMPL'
done
stopped 'a control without a header' stress/broken.def 'BROKEN(mutex, nothing, H)' 'broken.def: mutex/nothing has a line but no header'
cp primitives/include/contend/mutex/ticket.h primitives/include/contend/mutex/unlisted.h
expect 1 'contend/mutex/unlisted.h has no line in .*impls.def: add it there' 'a header without a line' configure
rm primitives/include/contend/mutex/unlisted.h
touch stress/broken/mutex/unlisted.h
expect 1 'broken/mutex/unlisted.h has no line in .*broken.def: add it there' 'a control without a line' configure
rm stress/broken/mutex/unlisted.h
expect 0 'Generating done' 'all taken back' configure
check_result inventory
