# tests/browser: people in real browsers, against the real daemon.

test_needs += $(harkd) $(hark) $(test_modules)

# In parts: of a program that runs for more than five minutes tests/run believes that it hangs. All
# of the talk goes over both roads; pictures, what counselors do, and what keeps abuse off, over http
# only when asked for: make test has little time left.
browser_runs_http := "node tests/browser/run.mjs $(O) --over http desk sleep talk" \
	"node tests/browser/run.mjs $(O) --over http adult exit launcher resume"
browser_runs_http_more := "node tests/browser/run.mjs $(O) --over http abuse oversight picture" \
	"node tests/browser/run.mjs $(O) --over http lookback reached"
browser_runs := $(browser_runs_http) \
	"node tests/browser/run.mjs $(O) abuse road" \
	"node tests/browser/run.mjs $(O) desk exit launcher resume sleep talk" \
	"node tests/browser/run.mjs $(O) adult lookback oversight" \
	"node tests/browser/run.mjs $(O) looks picture reached"
test_runs += $(browser_runs)

.PHONY: browser-test browser-test-http
browser-test: $(harkd) $(hark) $(test_modules)
	tests/run $(browser_runs)

browser-test-http: $(harkd) $(hark) $(test_modules)
	tests/run $(browser_runs_http) $(browser_runs_http_more)
