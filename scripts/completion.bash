# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of contend for bash: what the program itself says with --help and --list. Source this file.

_contend() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]} choices=
  [[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $word != = ]] || word=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    choices=$("$program" --help 2>/dev/null | sed -nE 's/^  ([a-z]+) +[a-z].*/\1/p')
  else
    case $before in
      --kind | -k) choices=$("$program" list --json 2>/dev/null | sed -nE 's/.*"kind": "([^"]*)".*/\1/p' | sort -u) ;;
      --impl) choices=$("$program" list --json 2>/dev/null | sed -nE 's/.*"name": "([^"]*)".*/\1/p' | sort -u) ;;
      --workload) choices=$("$program" bench --list 2>/dev/null | cut -d/ -f2 | sort -u) ;;
      --profile | -p) choices=$("$program" "${COMP_WORDS[1]}" --profile '?' 2>&1 | sed -n 's/.*valid are //p' | tr -d ',') ;;
      --store | --describe | --output | -o | import | compare) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
      *) choices=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+' | sort -u) ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
}
complete -F _contend contend
