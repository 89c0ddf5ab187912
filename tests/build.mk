# tests/: what make test and make check run. Layers add their programs to unit_tests (C), and
# quoted commands to test_runs; checks that are no tests are targets in check_runs.

# What the tests take from npm: a browser's driver, a checker of accessibility, a mail server.
test_modules := tests/node_modules/.package-lock.json

$(test_modules): tests/package.json tests/package-lock.json
	cd tests && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

include $(filter-out tests/build.mk,$(wildcard tests/*.mk))

# Set-up comes first and in a make of its own: libraries are looked for when make starts.
.PHONY: test test-now check check-now
test: setup-test
	@$(MAKE) --no-print-directory test-now

test-now: $(unit_tests) $(programs) $(test_needs)
	@tests/run $(unit_tests) $(test_runs)

# Over programs that count: everything but browsers, the pages' own tests and fuzzing; then one
# table, and build/coverage/index.html.
.PHONY: coverage coverage-now counted
coverage: setup-coverage
	@$(MAKE) --no-print-directory COVERAGE=1 counted
	@$(MAKE) --no-print-directory COVERAGE=1 coverage-now

# What every program that counts is linked with.
counted: $(O)/tests/coverage/killed.o

coverage-now: $(protocol_generate) $(unit_tests) $(programs) \
		$(filter-out $(O)/tests/fuzz/% $(web_tests),$(test_needs))
	@tests/coverage/run $(O) $(unit_tests) $(test_runs)

check: setup-check
	@$(MAKE) --no-print-directory check-now
	@$(MAKE) --no-print-directory test-now
	@$(MAKE) --no-print-directory SAN=1 test-now

check-now: check-format check-includes check-clang $(check_runs)

c_files := $(shell git ls-files -- '*.c' '*.h' 2>/dev/null)

.PHONY: check-format check-includes check-clang
check-format:
	@clang-format --dry-run -Werror $(c_files)

check-includes:
	@tests/includes

# What gcc lets through, the second compiler may not. tests/fault/shim.c defines what the fortified
# headers would define, and says so to gcc.
check-clang:
	@clang -std=c11 -D_GNU_SOURCE -I. $(warnings) $(transport_cflags) -fsyntax-only \
		$(filter-out tests/fault/shim.c,$(filter %.c,$(c_files)))
