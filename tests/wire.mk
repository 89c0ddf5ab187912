# tests/wire: transcripts of every message, played against the real daemon.

test_runs += "node tests/wire/run.mjs $(O)"
