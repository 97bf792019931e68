#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What `make install` leaves: a program that finds its data, and headers that programs outside find by
# find_package and by pkg-config.
# Usage: test_install.sh BUILD
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"
build=$(realpath "${1:?"usage: test_install.sh BUILD"}")
prefix="$scratch/here it"

expect 0 '' 'it installs' cmake --install "$build" --prefix "$prefix"
cd "$scratch"
expect 0 'futex-rseq' 'the program runs' "$prefix/bin/contend" list --kind mutex
expect 0 'holds' 'and finds the model checker' "$prefix/bin/contend" model --kind mutex --impl ticket
expect 0 'struct ct_mutex_ticket' 'one header from the installed ones' "$prefix/share/contend/amalgamate" mutex/ticket

# The manual page has every command; completion offers what the program knows.
expect 0 '' 'the manual page' grep -q '^\.SS bench$' "$prefix/share/man/man1/contend.1"
expect 0 'no colours' 'to its end' tail -n 1 "$prefix/share/man/man1/contend.1"
complete_words() {
  # shellcheck source=/dev/null
  source "$prefix/share/bash-completion/completions/contend"
  COMP_WORDS=("$prefix/bin/contend" "$@") COMP_CWORD=$#
  _contend
  echo "${COMPREPLY[*]}"
}
expect 0 '^bench$' 'completion of a command' complete_words ben
expect 0 '^semaphore$' 'of a kind' complete_words bench --kind sem
expect 0 '^--rounds$' 'of an option' complete_words bench --rou

mkdir outside
cp "$root/tests/adopter.c" outside
cat >outside/CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(outside C)
find_package(contend 0.1 REQUIRED)
add_executable(adopter adopter.c)
target_compile_definitions(adopter PRIVATE "ADOPTED=<contend/mutex/futex-rseq.h>")
target_link_libraries(adopter PRIVATE contend::primitives)
CMAKE
expect 0 '' 'find_package' cmake -S outside -B outside/build -DCMAKE_PREFIX_PATH="$prefix"
expect 0 '' 'a build with it' cmake --build outside/build
expect 0 '^200000$' 'its program' outside/build/adopter

pc=$(dirname "$(find "$prefix" -name contend.pc)")
flags=$(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs contend)
expect 0 '^0\.' 'pkg-config' env PKG_CONFIG_PATH="$pc" pkg-config --modversion contend
eval "words=($flags)" # pkg-config escapes the space in the path
# shellcheck disable=SC2154
expect 0 '' 'a build with it' gcc -std=c11 -DADOPTED='<contend/mutex/futex-rseq.h>' outside/adopter.c "${words[@]}" -o other
expect 0 '^200000$' 'its program' ./other
check_result install
