#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bootstrap on systems made of stand-ins: what it says is missing, what it would run, how it ends.
set -euo pipefail
# shellcheck source=check.sh
source "$(dirname "$0")/check.sh"

# A system: a directory with only these commands in it. $installed: the packages it has.
system=$scratch/system installed=$scratch/installed ran=$scratch/ran
mkdir "$system"
for command in bash sh env dirname mktemp rm tail cat sed; do ln -s "$(command -v $command)" "$system/"; done
stand_in() {
  printf '#!/bin/sh\n%s\n' "$2" >"$system/$1"
  chmod +x "$system/$1"
}
export installed ran
stand_in dpkg-query 'shift 3; for p; do grep -qx "$p" "$installed" && echo "installed $p"; done; true'
ln -s "$(command -v grep)" "$system/"
bootstrap() { env PATH="$system" bash "$root/scripts/bootstrap" "$@"; }
every() { awk '!/^#/ && NF { print $2 }' "$root/scripts/packages.txt"; }

every >"$installed"
expect 0 '^$' 'nothing missing' bootstrap --checks --peers --optional
expect 2 'unknown option "--all": valid are --checks' 'an option it does not have' bootstrap --all

every | grep -vx -e libhwloc-dev -e cppcheck >"$installed"
expect 5 'libhwloc-dev +topology' 'what for' bootstrap
expect 5 'no apt-get here' 'not Debian' bootstrap

stand_in apt-get 'echo "$*" >>"$ran"; [ ! -e "$installed.broken" ] || { echo "E: no network"; exit 100; }'
: >"$ran"
expect 0 'would run: apt-get install -y --no-install-recommends libhwloc-dev$' 'a set that is not asked for' bootstrap --dry-run
expect 0 'libhwloc-dev cppcheck$' 'two sets' bootstrap --checks --dry-run
expect 0 '^$' 'a dry run runs nothing' cat "$ran"
if ((EUID == 0)); then
  expect 0 'installing 1 packages' 'as root' bootstrap
  expect 0 '^update .*' 'the lists first' sed -n 1p "$ran"
  expect 0 '^install -y --no-install-recommends libhwloc-dev ' 'then the packages' sed -n 2p "$ran"
  touch "$installed.broken"
  expect 5 'E: no network' 'a failing install' bootstrap
else
  expect 5 'run as root, then try again: apt-get install' 'without root or sudo' bootstrap
  stand_in sudo 'shift; exec "$@"'
  expect 0 'installing 1 packages' 'with sudo' bootstrap
fi
check_result bootstrap
