# daemon/: harkd, and what it shares with the hark command.

include daemon/transport.mk

daemon_src := $(filter-out daemon/main.c daemon/channel_curl.c $(transport_src),$(wildcard daemon/*.c))
daemon_obj := $(daemon_src:%.c=$(O)/%.o)
daemon_lib := $(O)/daemon.a
daemon_libs := $(transport_libs) $(shell $(PKG_CONFIG) --libs libutf8proc 2>/dev/null) -lm

$(daemon_lib): $(daemon_obj) $(transport_obj)
	@rm -f $@
	$(AR) rcs $@ $^

harkd := $(O)/harkd
programs += $(harkd)

$(harkd): $(O)/daemon/main.o $(daemon_lib) $(storage_lib) $(protocol_lib) $(assets_obj)
	$(link) $^ $(daemon_libs) $(storage_libs) $(protocol_libs)

# What needs libcurl, and is loaded by who sends mail or speaks to web services.
hark_curl := $(O)/hark-curl.so
programs += $(hark_curl)

$(hark_curl): $(O)/pic/daemon/channel_curl.o $(O)/pic/daemon/xalloc.o
	$(call say,link $@)$(CC) $(filter-out -pie %/killed.o,$(LDFLAGS)) -shared -o $@ $^ \
		$(shell $(PKG_CONFIG) --libs libcurl libuv 2>/dev/null)

$(O)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc $<)$(CC) $(filter-out -fPIE,$(CFLAGS)) -fPIC -c -o $@ $<

include daemon/cli/build.mk

# Its unit tests link no network: they are about what is decided, not about bytes.
daemon_tests := $(patsubst tests/unit/daemon/%.c,$(O)/tests/unit/daemon/%,$(wildcard tests/unit/daemon/test_*.c))
daemon_test_lib := $(patsubst %.c,$(O)/%.o,$(filter-out tests/unit/daemon/test_%,$(wildcard tests/unit/daemon/*.c)))
unit_tests += $(daemon_tests)

$(daemon_tests): $(O)/tests/unit/daemon/%: $(O)/tests/unit/daemon/%.o $(daemon_test_lib) $(daemon_lib) $(storage_lib) $(protocol_lib)
	$(link) $^ $(daemon_libs) $(storage_libs) $(protocol_libs)

.PHONY: daemon-test
daemon-test: $(daemon_tests)
	tests/run $^
