/*
 * Reads INI text: "[section]", "key = value", lines that begin with # or ; are comments.
 *
 * An indented line goes on with the value of the key above it, behind a newline, so that long
 * texts can be written as they are read. A comment is a line of its own, never the end of one:
 * a value may hold # and ;. A byte order mark and CRLF are taken; a NUL byte is not.
 * (Debian's libinih cuts values at 200 bytes.)
 */
#ifndef HARK_DAEMON_INI_H
#define HARK_DAEMON_INI_H

#include <stddef.h>
#include <stdio.h>

enum {
	INI_LINE_MAX = 20000, /* bytes of a line */
	INI_VALUE_MAX = 20000, /* bytes of a value, its continuations included */
	INI_NAME_MAX = 64, /* bytes of a section's or key's name */
	INI_SENTENCE_MAX = 400,
};

struct ini_entry {
	const char *section; /* "" before the first one */
	const char *key;
	const char *value; /* without blanks around it; lines separated by \n */
	unsigned line; /* the key's */
};

/*
 * Calls `entry` for each key, in order; its strings are valid during the call. To refuse one, it
 * writes a sentence and returns -1. 0; or -1 with the sentence, ours or entry's, and the line it
 * is about (0: the file as a whole could not be read).
 */
int ini_read(FILE *file,
	int (*entry)(void *data, const struct ini_entry *entry, char *sentence, size_t size),
	void *data, unsigned *line, char sentence[INI_SENTENCE_MAX]);

#endif
