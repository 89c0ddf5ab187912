/*
 * Watch phrases: all of them looked for in one pass over a message. Text and phrases are folded
 * alike (NFKC, case, spacing, common look-alikes), and what matched is given as places in the text
 * as it was written. A match is a prompt to look, never a finding.
 */
#ifndef HARK_DAEMON_PHRASES_H
#define HARK_DAEMON_PHRASES_H

#include "protocol/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct phrases; /* compiled; immutable, so a new one replaces it whole */

enum {
	PHRASES_SPANS_MAX = 32, /* of one message */
};

struct phrase_rule {
	int64_t id;
	enum wire_severity severity;
	enum wire_match match;
	const char *category, *text; /* terminated; copied */
};

struct phrase_span {
	uint32_t from, size; /* code points of the text as written */
	const struct phrase_rule *rule; /* of the compiled phrases */
};

/* Compiles; never NULL. phrases_free() it. A rule whose text folds to nothing matches nothing. */
struct phrases *phrases_compile(const struct phrase_rule *rules, size_t count);
void phrases_free(struct phrases *phrases); /* NULL is fine */

/* Where the text matches, by place, without overlap (the graver, then the longer wins); at most
 * PHRASES_SPANS_MAX. Returns how many. */
size_t phrases_match(const struct phrases *phrases, const char *bytes, size_t size,
	struct phrase_span spans[PHRASES_SPANS_MAX]);

#endif
