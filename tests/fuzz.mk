# Fuzzing what is not the protocol's nor the pictures': a moment of each in make test, over the kept
# corpus; make fuzz for as long as it takes. One row a fuzzer: what it is built of, and its longest
# input in bytes.

fuzzers := config phrases peer fields token codename code csv

fuzz_config_src := $(wildcard daemon/config*.c) daemon/channel_text.c daemon/option.c daemon/ini.c \
	daemon/log.c daemon/xalloc.c
fuzz_config_max := 65536
fuzz_phrases_src := $(wildcard daemon/phrases*.c) daemon/fold.c daemon/xalloc.c daemon/log.c
fuzz_phrases_max := 4096
fuzz_peer_src := daemon/transport_peer.c daemon/transport_utf8.c
fuzz_peer_max := 512
fuzz_fields_src := daemon/transport_fields.c
fuzz_fields_max := 256
fuzz_token_src := daemon/secret_text.c daemon/transport_fields.c daemon/transport_peer.c
fuzz_token_max := 256
fuzz_codename_src := daemon/codename.c daemon/words.c
fuzz_codename_max := 512
fuzz_code_src := daemon/code_text.c
fuzz_code_max := 128
fuzz_csv_src := daemon/csv.c
fuzz_csv_max := 4096

fuzz_programs := $(fuzzers:%=$(O)/tests/fuzz/fuzz_%)
test_needs += $(fuzz_programs)
test_runs += $(foreach one,$(fuzzers),"$(O)/tests/fuzz/fuzz_$(one) $(fuzz_test_s) tests/fuzz/corpus/$(one)")

$(fuzz_programs): $(O)/tests/fuzz/fuzz_%: $(O)/tests/fuzz/fuzz_%.o $(O)/tests/fuzz/drive.o $(daemon_lib)
	$(link) $^ $(daemon_libs)

# With libFuzzer, which sees where the code branches.
.SECONDEXPANSION:
$(fuzzers:%=$(O)/fuzz/fuzz_%): $(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $$(fuzz_$$*_src)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -o $@ $^ \
		-lsodium -lutf8proc

.PHONY: fuzz fuzz-now $(fuzzers:%=fuzz-%)
fuzz: setup-check
	@$(MAKE) --no-print-directory fuzz-now

fuzz-now: $(patsubst %,$(O)/fuzz/fuzz_%,decode picture $(fuzzers))
	$(call run_fuzzers,decode picture $(fuzzers))

$(fuzzers:%=fuzz-%): fuzz-%: $(O)/fuzz/fuzz_%
	$(call run_fuzzers,$*)

# Connections: a few in make test, and as many as it takes against an instrumented daemon, and one
# under valgrind, which also sees into the libraries: 25 minutes or so.
test_runs += "node tests/fuzz/connections.mjs $(O)"

COUNT ?= 20000
SEED ?= 1

.PHONY: fuzz-connections
fuzz-connections: setup-check
	@$(MAKE) --no-print-directory SAN=1 all
	@$(MAKE) --no-print-directory all
	node tests/fuzz/connections.mjs build/san --count $(COUNT) --seed $(SEED)
	node tests/fuzz/connections.mjs build/plain --valgrind --count $(COUNT) --seed $(SEED)
	@echo "$(COUNT) connections under ASan and UBSan, and under valgrind: nothing found"
