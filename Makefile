# SPDX-License-Identifier: MIT
# The front door: it only drives scripts/ and CMake.

PROFILE = quick
HOURS = 8
PREFIX = /usr/local
# More of `contend bench`, `stress`, `soak` or `report`, e.g. make bench ARGS="--workload uncontended".
ARGS =

contend = build/release/contend
only_kind = $(if $(KIND),--kind "$(KIND)")

help: ## what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r target what; do \
	  printf '%-14s %s\n' "$$target" "$$what"; done

bench: program ## measure everything and write the report [KIND=mutex] [PROFILE=quick] [ARGS=...]
	@# A broken implementation, a noisy machine or Ctrl-C leave results that a report can show.
	@trap : INT; status=0; \
	$(contend) bench --profile "$(PROFILE)" $(only_kind) $(ARGS) || status=$$?; \
	case $$status in 0 | 1 | 4 | 130) $(contend) report || exit $$? ;; esac; \
	exit $$status

stress: program ## try to break every implementation [KIND=mutex] [ARGS=...]
	$(contend) stress $(only_kind) $(ARGS)

soak: program ## the same for hours, resumable [HOURS=8] [KIND=mutex] [RESUME=1] [ARGS=--keep-going]
	$(contend) soak $(if $(RESUME),--resume,--for "$(HOURS)h" $(only_kind)) $(ARGS)

report: program ## write the report of the newest results again [ARGS=...]
	$(contend) report $(ARGS)

test: ## everything that must hold: tests in four builds, and the checks of the sources [PEERS=OFF]
	@scripts/bootstrap --checks
	@scripts/check

check: ## one or more steps of `make test` [STEPS="layers format tidy"]
	@scripts/check $(STEPS)

install: program ## install the headers and the program [PREFIX=/usr/local] [DESTDIR=]
	DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove what was built; results in reports/ stay
	rm -rf build

program:
	@scripts/bootstrap
	@scripts/build release

.PHONY: help bench stress soak report test check install clean program
