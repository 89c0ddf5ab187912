/*
 * One option of the configuration as a row: what it is called, what it may be, where it is kept,
 * and the text that documents it. Values are set from text and turned back into the same text.
 */
#ifndef HARK_DAEMON_OPTION_H
#define HARK_DAEMON_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OPTION_TEXT_MAX = 1000, /* bytes of a text, or of one entry of a list */
	OPTION_VALUE_MAX = 17000, /* bytes of any value as text, with NUL */
};

enum option_type {
	OPTION_TEXT, /* char *; "" when empty */
	OPTION_LIST, /* char *[max + 1], NULL-ended; entries separated by blanks or commas */
	OPTION_COUNT, /* int64_t */
	OPTION_BYTES, /* int64_t; 262144, 256K, 256 KiB, 1M */
	OPTION_TIME, /* int64_t milliseconds; 500ms, 90s, 10m, 12h, 7d */
	OPTION_SWITCH, /* bool; yes/no, on/off, true/false, 1/0 */
};

struct option {
	const char *section, *key;
	enum option_type type;
	int64_t min, max; /* of the number; LIST: entries at most in max */
	const char *initial; /* the default, as one writes it */
	const char *unit; /* what a value looks like: "ADDRESS", "TIME" */
	const char *text; /* one or two sentences for the operator */
	bool reloadable; /* SIGHUP can change it */
	size_t offset; /* in the struct that holds the values */
	const char *(*check)(const char *value); /* of a text or an entry: NULL, or what it must
						    be; may itself be NULL */
};

/* Replaces the value in `base`. 0; or -1 with what is wrong ("is 99999, ..."), nothing changed. */
int option_set(
	const struct option *option, void *base, const char *text, char *sentence, size_t size);

/* The value as text that option_set takes and that gives the same value again. */
void option_get(const struct option *option, const void *base, char text[OPTION_VALUE_MAX]);

void option_swap(const struct option *option, void *one, void *other);
void option_clear(const struct option *option, void *base); /* frees; the value is then zero */

#endif
