# tests/wire: transcripts of every message, played against the real daemon, the matrix of roles and
# messages, and everybody at once.

test_runs += "node tests/wire/run.mjs $(O)" "node tests/wire/matrix.mjs $(O)" \
	"node tests/wire/storm.mjs $(O)" "node tests/wire/notes.mjs $(O)" \
	"node tests/wire/proxy.mjs $(O)" \
	"node tests/wire/leave.mjs $(O)" \
	"node tests/wire/ladder.mjs $(O)" "node tests/wire/channels.mjs $(O)" \
	"node tests/wire/daily.mjs $(O)"
test_runs += "node tests/wire/pictures.mjs $(O)"

# RFC 6455, case by case.
conformance_run := "node tests/wire/conformance.mjs $(echo_program)"
test_runs += $(conformance_run)

.PHONY: conformance
conformance: $(echo_program)
	node tests/wire/conformance.mjs $(echo_program)
