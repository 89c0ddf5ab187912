# tests/bench: make bench measures Hark, the relay without a disk, and the store by itself, in one
# run on this machine; prints a table and writes build/bench.json.

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

.PHONY: bench bench-now
bench: setup-build
	@$(MAKE) --no-print-directory bench-now

bench-now: $(programs) $(bench_load) $(bench_relay) $(storage_bench)
	node tests/bench/run.mjs $(O) build/bench.json
