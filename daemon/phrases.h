/*
 * Watch phrases: all of them looked for in one pass over a message. Text and phrases are folded
 * alike (fold.h: case, accents, width, look-alikes, spacing), and what matched is given as places
 * in the text as it was written. A match is a prompt to look, never a finding.
 *
 * Besides what folding does, these are seen through: a letter written three times or more stands
 * for one or two of it ("killlll"); single letters with gaps between them for a word ("k i l l",
 * "k.i.l.l"); 1 ! | for i or l, @ for a, $ for s where they stand in a word.
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
	PHRASES_STEM_TAIL = 7, /* letters that may follow a stem */
	PHRASES_FOLDED_MAX = 120, /* code points a phrase may fold to */
	PHRASES_FOLDED_BYTES = PHRASES_FOLDED_MAX * 4 + 1,
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

/*
 * What a phrase is once folded, as terminated UTF-8: phrases of the same fold are the same phrase.
 * Returns its bytes; 0: nothing is left of it, or it is longer than PHRASES_FOLDED_MAX.
 */
size_t phrases_fold(const char *bytes, size_t size, char folded[PHRASES_FOLDED_BYTES]);

/* Compiles; never NULL. phrases_free() it. A rule whose text folds to nothing matches nothing. */
struct phrases *phrases_compile(const struct phrase_rule *rules, size_t count);
void phrases_free(struct phrases *phrases); /* NULL is fine */

/*
 * Where the text matches, by place, without overlap (the graver, then the longer wins); at most
 * PHRASES_SPANS_MAX, the gravest. Returns how many. Looks at the first 4,000 code points, which is
 * all that a message may have; allocates nothing.
 */
size_t phrases_match(const struct phrases *phrases, const char *bytes, size_t size,
	struct phrase_span spans[PHRASES_SPANS_MAX]);

#endif
