# Hark's build: one non-recursive make. Each layer describes itself in its own
# build.mk; this file holds what they share and the commands a person types.
#
#   make            build harkd and hark            (O=build/plain)
#   make run        set up, build, start a demo school on http://127.0.0.1:8420
#   make test       set up, build, run every test; ends with "N passed, N failed"
#   make browser-test-http  browsers without a WebSocket; the talk is a part of make test
#   make coverage   which lines and branches of the C code the tests take; build/coverage
#   make check      test, plus format, includes, generated files, ASan+UBSan
#   make fuzz       every parser under libFuzzer: RUNS=1000000 each, or SECONDS= if that is less
#   make soak       kills, failing disks, a clock that is set: 20 minutes (SOAK_SECONDS=1200), one table
#   make fuzz-connections  bent connections against the daemon, COUNT=20000, SEED=1
#   make bench      measure, print a table, write build/bench.json
#   make bench-peers  the same beside other servers, which it installs; 17 minutes
#   make bench-scale, bench-search, bench-call  a long past and many at once; search; the way to an adult
#   make install    DESTDIR= PREFIX=/usr/local
#
#   V=1             show the compiler's command lines
#   SAN=1           the same under AddressSanitizer and UBSan, in build/san
#   COVERAGE=1      the same, counting, in build/coverage

SAN ?=
COVERAGE ?=
O := $(if $(SAN),build/san,$(if $(COVERAGE),build/coverage,build/plain))

CC ?= cc
PKG_CONFIG ?= pkg-config
PREFIX ?= /usr/local

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Werror
, := ,
sanitize := $(if $(SAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Every branch as it is written: nothing inlined, nothing folded, nothing checked in passing.
count := $(if $(COVERAGE),--coverage -fprofile-update=atomic)
harden := -fstack-protector-strong -fPIE $(if $(SAN)$(COVERAGE),,-D_FORTIFY_SOURCE=2)
CFLAGS ?= $(if $(COVERAGE),-O0,-O2) -g
override CFLAGS += -std=c11 -D_GNU_SOURCE -I. $(warnings) $(harden) $(sanitize) $(count) -MMD -MP
override LDFLAGS += -pie -Wl,-z,relro,-z,now $(sanitize) $(count) \
	$(if $(COVERAGE),$(O)/tests/coverage/killed.o)

# Quiet by default: one short line a file.
say = $(if $(V),,@echo "  $(1)"; )
link = $(call say,link $@)$(CC) $(LDFLAGS) -o $@

# What each layer fills in.
programs :=
unit_tests :=
test_runs :=
test_needs :=
check_runs :=
generated :=

# Each fuzzer for this long in make test; make fuzz is for finding things.
fuzz_test_s := 2

# Under libFuzzer, each of $(1) with inputs of up to fuzz_NAME_max bytes.
run_fuzzers = @tests/fuzz/run $(or $(RUNS),1000000) $(or $(SECONDS),0) $(O)/fuzz \
	$(foreach one,$(1),$(one):$(fuzz_$(one)_max))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

include protocol/build.mk
include storage/build.mk
include picture/build.mk
include daemon/build.mk
include web/build.mk
include tools/build.mk
include tests/build.mk

.PHONY: all
all: $(programs)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc $<)$(CC) $(CFLAGS) -c -o $@ $<

.PHONY: clean
clean:
	rm -rf build

-include $(shell find $(O) -name '*.d' -type f 2>/dev/null)
