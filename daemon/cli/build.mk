# daemon/cli/: the hark command. Tests alone: make cli-test

cli_src := $(wildcard daemon/cli/*.c)
cli_obj := $(cli_src:%.c=$(O)/%.o)
hark := $(O)/hark
programs += $(hark)

# Without a daemon the command carries a request out by itself, so it links all of it.
$(hark): $(cli_obj) $(daemon_lib) $(storage_lib) $(protocol_lib) $(assets_obj)
	$(link) $^ $(daemon_libs) $(storage_libs) $(protocol_libs)

# ---- the example, made from the option rows, and committed ----

$(O)/generated/examples/hark.conf: $(hark)
	@mkdir -p $(@D)
	$< --example-config >$@

.PHONY: generated-config check-config
generated: generated-config
check_runs += check-config

generated-config: $(O)/generated/examples/hark.conf
	@cmp -s $< examples/hark.conf || cp -v $< examples/hark.conf

check-config: $(O)/generated/examples/hark.conf
	@diff -u examples/hark.conf $< || { echo "examples/hark.conf: run make generated"; exit 1; }

# ---- tests: everything but main.c, with a stand-in for the daemon ----

cli_test_names := $(wildcard tests/unit/cli/test_*.c)
cli_tests := $(cli_test_names:%.c=$(O)/%)
cli_test_lib := $(patsubst %.c,$(O)/%.o,$(filter-out tests/unit/cli/test_%,$(wildcard tests/unit/cli/*.c)) \
	$(filter-out %/main.c,$(cli_src)) $(wildcard daemon/config*.c) daemon/channel_text.c \
	daemon/option.c daemon/ini.c daemon/log.c daemon/keyfile.c daemon/xalloc.c \
	daemon/audit_chain.c daemon/decoder_find.c daemon/fold.c daemon/phrases.c)
unit_tests += $(cli_tests)

$(cli_tests): $(O)/tests/unit/cli/%: $(O)/tests/unit/cli/%.o $(cli_test_lib) $(storage_lib) $(protocol_lib)
	$(link) $^ $(storage_libs) $(protocol_libs) -lutf8proc

# Beside a real daemon, and the demo school.
cli_runs := "node tests/wire/command.mjs $(O)" "node tests/wire/demo.mjs $(O)"
test_runs += $(cli_runs)

.PHONY: cli-test
cli-test: $(cli_tests) $(harkd) $(hark)
	tests/run $(cli_tests) $(cli_runs)
