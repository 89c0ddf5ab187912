# tests/bench: make bench measures Hark, the limits of its shape, and the store by itself, in one
# run on this machine; prints tables, writes build/bench.json, and renews the charts and the README.

bench_load := $(O)/tests/bench/load
bench_relay := $(O)/tests/bench/limit_relay

$(bench_load): $(patsubst %,$(O)/tests/bench/%.o,load proc ws_client wire_hark wire_mqtt \
		wire_socketio wire_xmpp) $(protocol_lib)
	$(link) $^ $(protocol_libs)

$(bench_relay): $(O)/tests/bench/limit_relay.o $(O)/tests/bench/limit_store.o
	$(link) $^ $(transport_libs) -lsqlite3 -lpthread

bench_search := $(O)/tests/bench/bench_search

$(bench_search): $(O)/tests/bench/bench_search.o $(storage_lib)
	$(link) $^ $(storage_libs)

# Search over a million messages; takes a few minutes, and is no part of make bench.
.PHONY: bench-search
bench-search: $(bench_search)
	$(bench_search) --json build/bench-search.json

# What looking a message through for watch phrases costs.
bench_phrases := $(O)/tests/bench/bench_phrases

$(bench_phrases): $(O)/tests/bench/bench_phrases.o $(daemon_lib)
	$(link) $^ $(daemon_libs)

.PHONY: phrases-bench
phrases-bench: $(bench_phrases)
	$<

# Hark beside the limits of its shape, in seven minutes.
.PHONY: bench bench-now bench-peers bench-peers-now
bench: setup-build
	@$(MAKE) --no-print-directory bench-now

# Thousands of connections are files: as many as one may have.
many_files := ulimit -n "$$(ulimit -Hn)"

bench_needs := $(programs) $(bench_load) $(bench_relay) $(storage_bench)

bench-now: $(bench_needs)
	$(many_files) && node tests/bench/run.mjs $(O) build/bench.json
	node tests/bench/readme.mjs build/bench.json

# The same beside other servers, from Debian and npm, within 17 minutes.
bench_peers := tests/bench/peers/node_modules/.package-lock.json
bench_addon := tests/bench/peers/node_modules/better-sqlite3/build/Release/better_sqlite3.node

$(bench_peers): tests/bench/peers/package.json tests/bench/peers/package-lock.json
	cd tests/bench/peers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Compiled here, against the headers beside Node: no ready-made binary is fetched.
$(bench_addon): $(bench_peers)
	cd tests/bench/peers && npm_config_build_from_source=true \
		npm_config_nodedir="$$(dirname "$$(command -v node)")/.." \
		npm rebuild better-sqlite3 --no-audit --no-fund
	@touch $@

bench-peers: setup-bench
	@$(MAKE) --no-print-directory bench-peers-now

# A peer that cannot be built is missing from the table; it does not stop the others.
bench-peers-now: $(bench_needs)
	-@$(MAKE) --no-print-directory $(bench_addon)
	$(many_files) && node tests/bench/run.mjs $(O) build/bench.json --peers
	node tests/bench/readme.mjs build/bench.json

# From the tap to the alarm, beside a talk of 200 messages a second.
.PHONY: bench-call
bench-call: $(programs) $(bench_load)
	node tests/bench/call.mjs $(O) 200 200

# That the bench judges its figures rightly, and that its client loses nothing: no time is asserted.
test_needs += $(bench_load) $(bench_relay)
test_runs += "node --test-reporter=tap tests/bench/figures.test.mjs $(O)"

# How the daemon bears size. A quarter of an hour; EVENTS=10000000 is a longer past, which takes 4 GB of
# disk and five minutes more; PARTS="storm feeds" are some of history, storm, feeds, stalled and
# rooms alone.
bench_history := $(O)/tests/bench/history
bench_crowd := $(O)/tests/bench/crowd

$(bench_history): $(O)/tests/bench/history.o $(storage_lib) $(protocol_lib)
	$(link) $^ $(storage_libs) $(protocol_libs)

$(bench_crowd): $(patsubst %,$(O)/tests/bench/%.o,crowd crowd_rest crowd_talk crowd_storm \
		crowd_look ws_client) $(protocol_lib)
	$(link) $^ $(protocol_libs)

.PHONY: bench-scale bench-scale-now
bench-scale: setup-build
	@$(MAKE) --no-print-directory bench-scale-now

bench-scale-now: $(programs) $(bench_relay) $(bench_history) $(bench_crowd)
	$(many_files) && node tests/bench/scale.mjs $(O) build/bench-scale.json $(or $(EVENTS),1000000) $(PARTS)
	if [ -e build/bench.json ]; then node tests/bench/readme.mjs build/bench.json; fi

# Its crowd is also a test: everybody comes back at once.
test_runs += "node tests/wire/comeback.mjs $(O)"
test_needs += $(bench_crowd)
