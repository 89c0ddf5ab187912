# tests/browser: people in real browsers, against the real daemon.

test_needs += $(harkd) $(hark) $(test_modules)
test_runs += "node tests/browser/run.mjs $(O)"

.PHONY: browser-test
browser-test: $(harkd) $(hark) $(test_modules)
	tests/run "node tests/browser/run.mjs $(O)"
