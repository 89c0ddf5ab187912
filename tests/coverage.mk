# tests/coverage: which lines and branches of the C code the tests take.

# Everything that make test runs but browsers, the pages' own tests and the fuzzers, over programs
# that count; then one table, and build/coverage/index.html. Set-up comes first, in a make of its own.
.PHONY: coverage coverage-now
coverage: setup-coverage
	@$(MAKE) --no-print-directory COVERAGE=1 coverage-now

coverage-now: $(protocol_generate) $(unit_tests) $(programs) $(test_needs)
	@tests/coverage/run $(O) $(unit_tests) $(test_runs)
