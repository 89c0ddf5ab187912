# web/: the pages. make web builds them into build/web, make web-test runs their unit tests.

web_modules := web/node_modules/.package-lock.json
web_sources := $(shell find web -path web/node_modules -prune -o -type f \
	\( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -name '*.mjs' \) -print)

# The daemon embeds what this lists.
web_manifest := build/web/manifest.txt

$(web_modules): web/package.json web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(web_manifest): $(web_modules) $(web_sources)
	cd web && node_modules/.bin/tsc --noEmit
	node web/build.mjs

build/web-test/tests.mjs: $(web_modules) $(web_sources)
	cd web && node_modules/.bin/tsc --noEmit -p test
	node web/build.mjs --test

web_tests := build/web-test/tests.mjs
web_test_run := "node --test-reporter=tap $(web_tests)"
test_runs += $(web_test_run)
test_needs += $(web_tests)

.PHONY: web web-test gallery
web: $(web_manifest)

web-test: $(web_tests)
	tests/run $(web_test_run)

gallery: $(web_modules)
	node web/build.mjs --gallery
