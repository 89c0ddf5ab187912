/*
 * A strict look at the bytes of a message before cJSON sees them. For protocol/ alone.
 */
#ifndef HARK_PROTOCOL_SCAN_H
#define HARK_PROTOCOL_SCAN_H

#include "protocol/message.h"

/* A member of the outermost object that is looked for by name. */
struct scan_member {
	const char *name;
	struct text value; /* set by the scan: its bytes in the input, quotes included; or empty */
};

struct scan_result {
	enum decode_status status;
	struct text field; /* the innermost name in front of the fault, as written; may be empty */
	size_t values; /* objects, lists, texts, numbers, words in all */
};

/*
 * Holds the bytes to one JSON object as RFC 8259 has it and as cJSON takes it unharmed:
 *
 *	DECODE_BAD_JSON      not that, or nested deeper than WIRE_DEPTH_MAX
 *	DECODE_BAD_TEXT      a string with invalid UTF-8, \u0000 or half a surrogate pair
 *	DECODE_WRONG_TYPE    a number with a fraction or an exponent
 *	DECODE_OUT_OF_RANGE  a number beyond 2^53 - 1 either way
 *	DECODE_EXTRA_FIELD   a name with an escape in it: it could be read in two ways
 *
 * The first fault counts, but one of the latter four does not end the scan, so that a ref behind it
 * is found and bad JSON behind it is told. Of equal names the first is found. Never allocates.
 */
struct scan_result scan_message(
	const char *bytes, size_t size, struct scan_member *members, size_t count);

/* A number's text as a scan has passed it. */
int64_t scan_number(struct text number);

#endif
