# tests/wire: transcripts of every message, played against the real daemon, the matrix of roles and
# messages, and everybody at once.

test_runs += "node tests/wire/run.mjs $(O)" "node tests/wire/matrix.mjs $(O)" \
	"node tests/wire/storm.mjs $(O)" "node tests/wire/notes.mjs $(O)" \
	"node tests/wire/proxy.mjs $(O)" \
	"node tests/wire/leave.mjs $(O)" "node tests/wire/mailbox.mjs $(O)" "node tests/wire/door.mjs $(O)" \
	"node tests/wire/ladder.mjs $(O)" "node tests/wire/channels.mjs $(O)" \
	"node tests/wire/daily.mjs $(O)"
test_runs += "node tests/wire/pictures.mjs $(O)"

# RFC 6455, case by case.
conformance_run := "node tests/wire/conformance.mjs $(echo_program)"
test_runs += $(conformance_run)

.PHONY: conformance
conformance: $(echo_program)
	node tests/wire/conformance.mjs $(echo_program)

# The fallback over plain HTTP: by itself, and under transcripts of what pages do; all of them with
# make wire-over-http.
test_runs += "node tests/wire/stream.mjs $(O)" \
	"node tests/wire/run.mjs $(O) --over http $(patsubst %,tests/wire/%.txt,hello wire chat.send room.history)" \
	"node tests/wire/run.mjs $(O) --over poll $(patsubst %,tests/wire/%.txt,wire room.take token.forget)"

.PHONY: wire-over-http
wire-over-http: $(programs) $(test_needs)
	@tests/run "node tests/wire/run.mjs $(O) --over http" "node tests/wire/run.mjs $(O) --over poll"

# Other origins, what was good once, and every request of those who may not.
test_runs += "node tests/wire/strangers.mjs $(O)"

# Slow, flooding and standing-still clients beside good ones.
test_runs += "node tests/fault/hostile.mjs $(O)"
