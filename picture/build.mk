# picture/: hark-picture, the locked-in program that makes pictures fit to be shown. Builds and tests
# alone: make picture-test

picture_src := $(filter-out picture/main.c,$(wildcard picture/*.c))
picture_lib := $(O)/picture.a
picture_libs := $(shell $(PKG_CONFIG) --libs libjpeg libpng libwebp libseccomp 2>/dev/null)
picture_cflags := $(shell $(PKG_CONFIG) --cflags libjpeg libpng libwebp libseccomp 2>/dev/null)
picture_obj := $(picture_src:%.c=$(O)/%.o)

$(picture_obj): override CFLAGS += $(picture_cflags)

$(picture_lib): $(picture_obj)
	@rm -f $@
	$(AR) rcs $@ $^

hark_picture := $(O)/hark-picture
programs += $(hark_picture)

$(hark_picture): $(O)/picture/main.o $(picture_lib)
	$(link) $^ $(picture_libs)

# Pictures for tests, made by the formats' own libraries; also as a program.
picture_made := $(O)/tests/picture/kinds.o
picture_maker := $(O)/tests/picture/make
test_needs += $(picture_maker)

$(picture_maker): $(O)/tests/picture/make.o $(picture_made)
	$(link) $^ $(picture_libs)

picture_tests := $(patsubst tests/unit/picture/%.c,$(O)/tests/unit/picture/%,$(wildcard tests/unit/picture/test_*.c))
unit_tests += $(picture_tests)

$(picture_tests): $(O)/tests/unit/picture/%: $(O)/tests/unit/picture/%.o $(picture_made) $(picture_lib)
	$(link) $^ $(picture_wrapped:%=-Wl,--wrap=%) $(picture_libs)

# What tests/unit/picture/test_memory.c stands in front of; and two tests bring the source along.
$(O)/tests/unit/picture/test_memory: picture_wrapped := malloc calloc png_create_info_struct \
	png_create_read_struct
$(O)/tests/unit/picture/test_sandbox_steps.o $(O)/tests/unit/picture/test_main.o: \
	override CFLAGS += $(picture_cflags)

.PHONY: picture-test
picture-test: $(picture_tests)
	tests/run $(picture_tests)

# What anybody may send, over the kept corpus; and with libFuzzer.
fuzz_picture := $(O)/tests/fuzz/fuzz_picture
fuzz_picture_max := 65536
test_needs += $(fuzz_picture)
test_runs += "$(fuzz_picture) $(fuzz_test_s) tests/fuzz/corpus/picture"

$(fuzz_picture): $(O)/tests/fuzz/fuzz_picture.o $(O)/tests/fuzz/drive.o $(picture_lib)
	$(link) $^ $(picture_libs)

$(O)/fuzz/fuzz_picture: tests/fuzz/fuzz_picture.c $(filter-out picture/sandbox.c,$(picture_src))
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -o $@ $^ $(picture_libs)

.PHONY: fuzz-picture
fuzz-picture: $(O)/fuzz/fuzz_picture
	$(call run_fuzzers,picture)
