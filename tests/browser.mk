# tests/browser: people in real browsers, against the real daemon.

test_needs += $(harkd) $(hark) $(test_modules)

# Two halves: of a program that runs for more than five minutes tests/run believes that it hangs.
browser_runs := "node tests/browser/run.mjs $(O) desk exit launcher resume sleep talk" \
	"node tests/browser/run.mjs $(O) adult lookback looks oversight picture reached"
test_runs += $(browser_runs)

.PHONY: browser-test
browser-test: $(harkd) $(hark) $(test_modules)
	tests/run $(browser_runs)
