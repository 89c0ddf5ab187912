# protocol/: the wire. Builds and tests alone: make protocol-test

protocol_src := $(filter-out protocol/generate.c,$(wildcard protocol/*.c))
protocol_lib := $(O)/protocol.a
protocol_libs := -lcjson

$(protocol_lib): $(protocol_src:%.c=$(O)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

protocol_tests := $(patsubst tests/unit/protocol/%.c,$(O)/tests/unit/protocol/%,$(wildcard tests/unit/protocol/test_*.c))
unit_tests += $(protocol_tests)

$(protocol_tests): $(O)/tests/unit/protocol/%: $(O)/tests/unit/protocol/%.o $(protocol_lib)
	$(CC) $(LDFLAGS) -o $@ $^ $(protocol_libs)

.PHONY: protocol-test
protocol-test: $(protocol_tests)
	tests/run $^
