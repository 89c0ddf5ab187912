# daemon/transport.mk: the network part of the daemon, its embedded files, and the echo program
# that stands in for the daemon in the transport's own tests. Included from daemon/build.mk.

transport_src := $(wildcard daemon/transport*.c) daemon/frame.c daemon/idmap.c daemon/assets.c
transport_cflags := $(shell $(PKG_CONFIG) --cflags libwebsockets libuv libsodium openssl 2>/dev/null)
transport_libs := $(shell $(PKG_CONFIG) --libs libwebsockets libuv libsodium openssl 2>/dev/null)
transport_obj := $(transport_src:%.c=$(O)/%.o)

$(transport_obj) $(O)/tests/wire/echo.o: override CFLAGS += $(transport_cflags)

# The pages as data: build/web (made by web/build.mk) becomes one object.
assets_obj := $(O)/assets_web.o

$(O)/assets_web.c: $(web_manifest) build/web/manifest.txt daemon/embed/embed.sh
	@mkdir -p $(@D)
	daemon/embed/embed.sh build/web/manifest.txt $@

$(assets_obj): $(O)/assets_web.c
	$(CC) $(CFLAGS) -c -o $@ $<

# The echo program, with a site of its own.
echo_site := $(O)/tests/wire/site
echo_obj := $(O)/tests/wire/echo.o $(O)/tests/wire/assets_site.o $(O)/daemon/xalloc.o
echo_program := $(O)/tests/wire/echo

$(echo_site)/manifest.txt: tests/wire/site.sh
	tests/wire/site.sh $(echo_site)

$(O)/tests/wire/assets_site.c: $(echo_site)/manifest.txt daemon/embed/embed.sh
	daemon/embed/embed.sh $< $@

$(O)/tests/wire/assets_site.o: $(O)/tests/wire/assets_site.c
	$(CC) $(CFLAGS) -c -o $@ $<

$(echo_program): $(echo_obj) $(transport_obj)
	$(link) $^ $(transport_libs)

# In two, as each has five minutes, and valgrind beside a busy machine takes most of them.
transport_run := "node tests/wire/transport.mjs $(echo_program) pages posts gate places messages faults" \
	"node tests/wire/transport.mjs $(echo_program) time ends doors streams"
test_runs += $(transport_run)
test_needs += $(echo_program)

.PHONY: transport-test
transport-test: $(echo_program)
	tests/run $(transport_run)
