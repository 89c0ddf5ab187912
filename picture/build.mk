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
	$(link) $^ $(picture_libs)

.PHONY: picture-test
picture-test: $(picture_tests)
	tests/run $(picture_tests)
