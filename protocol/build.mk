# protocol/: the wire. Builds and tests alone: make protocol-test

protocol_src := $(filter-out protocol/generate.c,$(wildcard protocol/*.c))
protocol_lib := $(O)/protocol.a
protocol_libs := -lcjson

$(protocol_lib): $(protocol_src:%.c=$(O)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

# ---- made from messages.def for others than C, and committed ----

protocol_generate := $(O)/protocol/generate
protocol_generated := protocol/schema.json protocol/README.md web/lib/protocol.ts
generated += $(protocol_generated)
check_runs += check-generated

$(protocol_generate): $(O)/protocol/generate.o $(protocol_lib)
	$(link) $^ $(protocol_libs)

$(O)/generated/protocol/schema.json: $(protocol_generate)
	@mkdir -p $(@D)
	$< schema >$@

$(O)/generated/protocol/README.md: protocol/README.md $(protocol_generate)
	@mkdir -p $(@D)
	$(protocol_generate) reference <$< >$@

$(O)/generated/web/lib/protocol.ts: $(protocol_generate)
	@mkdir -p $(@D)
	$< typescript >$@

# Each layer hangs its own files on these two.
.PHONY: generated check-generated generated-protocol check-generated-protocol
generated: generated-protocol
check-generated: check-generated-protocol

generated-protocol: $(protocol_generated:%=$(O)/generated/%)
	@mkdir -p web/lib
	@for file in $(protocol_generated); do \
		cmp -s $(O)/generated/$$file $$file || cp -v $(O)/generated/$$file $$file; done

check-generated-protocol: $(protocol_generated:%=$(O)/generated/%)
	@for file in $(protocol_generated); do \
		diff -u $$file $(O)/generated/$$file || { echo "$$file: run make generated"; exit 1; }; done

# ---- tests ----

protocol_tests := $(patsubst tests/unit/protocol/%.c,$(O)/tests/unit/protocol/%,$(wildcard tests/unit/protocol/test_*.c))
protocol_test_lib := $(patsubst %.c,$(O)/%.o,$(filter-out tests/unit/protocol/test_%,$(wildcard tests/unit/protocol/*.c)))
unit_tests += $(protocol_tests)

$(protocol_tests): $(O)/tests/unit/protocol/%: $(O)/tests/unit/protocol/%.o $(protocol_test_lib) $(protocol_lib)
	$(link) $^ $(protocol_libs)

.PHONY: protocol-test
protocol-test: $(protocol_tests)
	tests/run $^

# ---- fuzzing ----

fuzz_decode := $(O)/tests/fuzz/fuzz_decode
fuzz_decode_corpus := tests/fuzz/corpus/decode
fuzz_decode_max := 65536
test_runs += "$(fuzz_decode) $(fuzz_test_s) $(fuzz_decode_corpus)"
test_needs += $(fuzz_decode)

$(fuzz_decode): $(O)/tests/fuzz/fuzz_decode.o $(O)/tests/fuzz/drive.o $(protocol_lib)
	$(link) $^ $(protocol_libs)

# With libFuzzer, which wants clang.
$(O)/fuzz/fuzz_decode: tests/fuzz/fuzz_decode.c $(protocol_src)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -o $@ $^ $(protocol_libs)

.PHONY: fuzz-decode fuzz-decode-seeds
fuzz-decode: $(O)/fuzz/fuzz_decode
	$(call run_fuzzers,decode)

# After a change of messages.def.
$(O)/tests/fuzz/seed_decode: $(O)/tests/fuzz/seed_decode.o $(O)/tests/unit/protocol/sample.o $(protocol_lib)
	$(link) $^ $(protocol_libs)

fuzz-decode-seeds: $(O)/tests/fuzz/seed_decode
	rm -f $(fuzz_decode_corpus)/*.json
	$< $(fuzz_decode_corpus)
