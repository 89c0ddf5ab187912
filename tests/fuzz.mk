# Fuzzing what is not the protocol's: SECONDS (a third of it) over the kept corpus.

fuzz_config := $(O)/tests/fuzz/fuzz_config
test_needs += $(fuzz_config)
test_runs += "$(fuzz_config) $(shell expr $(or $(SECONDS),60) / 3) tests/fuzz/corpus/config"

$(fuzz_config): $(O)/tests/fuzz/fuzz_config.o $(O)/tests/fuzz/drive.o $(daemon_lib)
	$(link) $^

$(O)/fuzz/fuzz_config: tests/fuzz/fuzz_config.c $(wildcard daemon/config*.c) \
		daemon/channel_text.c daemon/option.c daemon/ini.c daemon/log.c daemon/xalloc.c
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -o $@ $^

fuzz_phrases := $(O)/tests/fuzz/fuzz_phrases
test_needs += $(fuzz_phrases)
test_runs += "$(fuzz_phrases) $(shell expr $(or $(SECONDS),60) / 3) tests/fuzz/corpus/phrases"

$(fuzz_phrases): $(O)/tests/fuzz/fuzz_phrases.o $(O)/tests/fuzz/drive.o $(daemon_lib)
	$(link) $^ $(daemon_libs)

$(O)/fuzz/fuzz_phrases: tests/fuzz/fuzz_phrases.c $(wildcard daemon/phrases*.c) daemon/fold.c \
		daemon/xalloc.c daemon/log.c
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -o $@ $^ -lutf8proc

.PHONY: fuzz
fuzz: setup-check
	@$(MAKE) --no-print-directory fuzz-decode fuzz-config fuzz-phrases fuzz-picture

# With libFuzzer, which sees where the code branches.
.PHONY: fuzz-config
fuzz-config: $(O)/fuzz/fuzz_config
	@found=$$(mktemp -d) && trap 'rm -rf "$$found"' EXIT && \
	$< -max_total_time=$(or $(SECONDS),60) -max_len=65536 -artifact_prefix=$(O)/fuzz/ \
		"$$found" tests/fuzz/corpus/config

.PHONY: fuzz-phrases
fuzz-phrases: $(O)/fuzz/fuzz_phrases
	@found=$$(mktemp -d) && trap 'rm -rf "$$found"' EXIT && \
	$< -max_total_time=$(or $(SECONDS),60) -max_len=4096 -artifact_prefix=$(O)/fuzz/ \
		"$$found" tests/fuzz/corpus/phrases
