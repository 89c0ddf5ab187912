/*
 * Reading the members of an object that a scan has passed. For protocol/ alone.
 */
#ifndef HARK_PROTOCOL_MEMBER_H
#define HARK_PROTOCOL_MEMBER_H

#include "protocol/message.h"

struct member {
	struct text name; /* as written; the scan lets none with an escape through */
	struct text value; /* its bytes, with quotes or brackets */
};

/* What lies within the braces of a whole object. */
struct text member_first(const char *bytes, size_t size);

/* Takes the first member off the front. False when none is left. */
bool member_next(struct text *rest, struct member *member);

/*
 * Writes what a string means to out, which has room for the string as it stands, and returns how
 * many bytes that is: at least two fewer than the string with its quotes.
 */
size_t member_text(struct text quoted, char *out);

#endif
