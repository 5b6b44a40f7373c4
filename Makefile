# Two commands matter: `make run` and `make test`. Both install what is missing, and both can be repeated.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
JOBS ?= $(shell nproc)
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: help run build deb test formatted unit e2e sim mutate mutants faults tsan bench flood soak fuzz fmt lint clean

help:
	@sed -n 's/^## //p' Makefile

## make run     install what is missing, build a release binary, start a demo server in the foreground
run: build
	@echo "==> starting portico serve --demo"
	@exec build/release/portico serve --demo

## make build   leave the release binary at build/release/portico
build:
	@tools/install_deps.sh build
	@echo "==> building the release binary"
	@test -f build/release/build.ninja || cmake --preset release >/dev/null
	@ninja -C build/release -j$(JOBS) portico

## make deb     pack the release binary as a Debian package with a systemd unit, into build/deb
deb: build
	@tools/install_deps.sh deb
	@tools/deb/make build/release/portico build/deb

## make test    install what the tests need, build, run every test
test:
	@tools/install_deps.sh test
	@echo "==> checking layers, tree, limits and format"
	@tools/check_layers.py
	@tools/check_tree.py
	@tools/check_rfc_map.py
	@tools/limits_doc.py --check
	@$(MAKE) --no-print-directory formatted unit e2e

unit:
	@echo "==> building the tests (debug, ASan + UBSan)"
	@test -f build/dev/build.ninja || cmake --preset dev >/dev/null
	@ninja -C build/dev -j$(JOBS)
	@echo "==> running the unit tests and the simulation"
	@ctest --test-dir build/dev --output-on-failure --no-tests=error -j$(JOBS)

e2e:
	@echo "==> running the end-to-end tests against build/dev/portico"
	@tests/e2e/run build/dev/portico

## make sim SEEDS=1000 SEED=1   whole systems over a bad network, on simulated time; SEED is the first one
SEEDS ?= 1000
SEED ?= 1
sim:
	@tools/install_deps.sh test
	@test -f build/dev/build.ninja || cmake --preset dev >/dev/null
	@ninja -C build/dev -j$(JOBS) sim
	@build/dev/sim $(SEEDS) $(SEED)

## make mutants   break the core on purpose, in some forty ways, and see each caught (tools/mutants.txt)
mutants:
	@tools/install_deps.sh test
	@JOBS=$(JOBS) tools/mutants.py $(MUTANTS)

## make mutate COUNT=1000000 SEED=1   spoiled SIP messages: inside, and over UDP, TCP and TLS to a server
COUNT ?= 1000000
mutate: build
	@tools/install_deps.sh test
	@test -f build/dev/build.ninja || cmake --preset dev >/dev/null
	@ninja -C build/dev -j$(JOBS) mutate
	@build/dev/mutate inside $(COUNT) $(SEED)
	@PORTICO_MUTATE=$(CURDIR)/build/dev/mutate PORTICO_MUTATIONS=$(COUNT) PORTICO_SEED=$(SEED) \
	  tests/e2e/run build/release/portico -s -k test_mutations

## make faults   a network or a clock that misbehaves, descriptors gone, once more against the release binary
faults: build
	@tools/install_deps.sh test
	@PORTICO_RELEASE_TESTS=1 tests/e2e/run build/release/portico

## make tsan    the unit tests under ThreadSanitizer
tsan:
	@tools/install_deps.sh test
	@test -f build/tsan/build.ninja || cmake --preset tsan >/dev/null
	@ninja -C build/tsan -j$(JOBS)
	@ctest --test-dir build/tsan --output-on-failure --no-tests=error -j$(JOBS)

## make bench   measure beside the peers, into docs/benchmarks.md
bench: build
	@tools/install_deps.sh bench
	@bench/run build/release/portico

## make flood   large floods against the release binary, with a table of what they did to it
flood: build
	@tools/install_deps.sh test
	@ninja -C build/release -j$(JOBS) flood
	@tests/flood/run build/release/portico

## make soak DURATION=4h RATE=2   mixed calls at a steady rate, into docs/soak.md
DURATION ?= 10m
RATE ?= 2
soak: build
	@tools/install_deps.sh test
	@tools/soak/run build/release/portico --duration $(DURATION) --rate $(RATE) --report docs/soak.md

## make fuzz    run each fuzz target for FUZZ_SECONDS of CPU (default 60; "until 7200": what it still lacks of that)
FUZZ_SECONDS ?= 60
fuzz:
	@tools/install_deps.sh test
	@test -f build/fuzz/build.ninja || cmake --preset fuzz >/dev/null
	@ninja -C build/fuzz -j$(JOBS)
	@fuzz/run $(FUZZ_SECONDS)

## make fmt     format the sources in place
SOURCES = git ls-files 'src/*.h' 'src/*.cc' 'tests/*.h' 'tests/*.cc' 'fuzz/*.cc' 'bench/*.cc'
fmt:
	@$(SOURCES) | xargs -r clang-format-19 -i

formatted:
	@$(SOURCES) | xargs -r -P$(JOBS) -n 50 clang-format-19 --dry-run -Werror

## make lint    clang-format and clang-tidy, warnings are errors
lint:
	@tools/install_deps.sh test
	@$(MAKE) --no-print-directory formatted
	@test -f build/dev/build.ninja || cmake --preset dev >/dev/null
	@git ls-files 'src/*.cc' | xargs -r -P$(JOBS) -n 4 clang-tidy-19 -p build/dev --quiet

clean:
	@rm -rf build
