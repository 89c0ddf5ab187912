# tests/wire: transcripts of every message, played against the real daemon,
# and the matrix of roles and messages.

test_runs += "node tests/wire/run.mjs $(O)" "node tests/wire/matrix.mjs $(O)"
