# tests/browser: people in real browsers, against the real daemon.

browser_modules := tests/browser/node_modules/.package-lock.json

$(browser_modules): tests/browser/package.json tests/browser/package-lock.json
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

test_needs += $(harkd) $(hark) $(browser_modules)
test_runs += "node tests/browser/run.mjs $(O)"

.PHONY: browser-test
browser-test: $(harkd) $(hark) $(browser_modules)
	tests/run "node tests/browser/run.mjs $(O)"
