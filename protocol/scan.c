/*
 * A strict look at the bytes of a message before cJSON sees them.
 *
 * cJSON 1.7.15 cuts strings at \u0000, takes invalid UTF-8, raw controls, 01 and 1. as they come,
 * ignores what follows the value, rounds integers past 2^53 and nests 1,000 deep. None of that can
 * be seen in its tree, so it is refused here. What can be seen there (equal names, null, types) is
 * the decoder's. Last, the way from event to event in a batch, which stays text.
 */
#include "protocol/scan.h"

#include "protocol/eight.h"

struct scan {
	const unsigned char *at;
	const unsigned char *end;
	struct scan_member *members;
	size_t count;
	struct text name; /* of the value being scanned */
	struct scan_result result;
};

static bool scan_value(struct scan *scan, unsigned depth);

/* The scan goes on: only the first fault is kept. */
static void note(struct scan *scan, enum decode_status status)
{
	if (scan->result.status == DECODE_OK) {
		scan->result.status = status;
		scan->result.field = scan->name;
	}
}

/* The byte here, or NUL, which no rule accepts, at the end. */
static unsigned char peek(const struct scan *scan)
{
	return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(struct scan *scan, unsigned char byte)
{
	if (peek(scan) != byte) {
		return false;
	}
	scan->at++;
	return true;
}

static void skip_space(struct scan *scan)
{
	while (peek(scan) == ' ' || peek(scan) == '\n' || peek(scan) == '\r' ||
		peek(scan) == '\t') {
		scan->at++;
	}
}

static bool is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool take_digits(struct scan *scan)
{
	const unsigned char *start = scan->at;
	while (is_digit(peek(scan))) {
		scan->at++;
	}
	return scan->at > start;
}

/* ---- strings ---- */

static bool take_hex4(struct scan *scan, unsigned *value)
{
	*value = 0;
	for (int i = 0; i < 4; i++) {
		unsigned char byte = peek(scan);
		unsigned char letter = byte | 0x20;
		unsigned digit;
		if (is_digit(byte)) {
			digit = byte - (unsigned)'0';
		} else if (letter >= 'a' && letter <= 'f') {
			digit = letter - (unsigned)'a' + 10;
		} else {
			return false;
		}
		*value = *value << 4 | digit;
		scan->at++;
	}
	return true;
}

/* Behind a backslash. */
static bool scan_escape(struct scan *scan)
{
	unsigned char byte = peek(scan);
	if (byte == '\0' || strchr("\"\\/bfnrtu", byte) == NULL) {
		return false;
	}
	scan->at++;
	if (byte != 'u') {
		return true;
	}
	unsigned unit;
	if (!take_hex4(scan, &unit)) {
		return false;
	}
	if (unit >= 0xd800 && unit < 0xdc00) {
		const unsigned char *behind = scan->at;
		unsigned low = 0;
		if (take(scan, '\\') && take(scan, 'u') && take_hex4(scan, &low) && low >= 0xdc00 &&
			low < 0xe000) {
			return true;
		}
		scan->at = behind;
	}
	if (unit == 0 || (unit >= 0xd800 && unit < 0xe000)) {
		note(scan, DECODE_BAD_TEXT);
	}
	return true;
}

/* Bytes of the UTF-8 sequence here, 0 when it is none (RFC 3629 4: no overlong, no surrogate). */
static size_t utf8_size(const unsigned char *at, size_t left)
{
	unsigned char lead = at[0];
	unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */
	size_t size;
	if (lead >= 0xc2 && lead <= 0xdf) {
		size = 2;
	} else if (lead >= 0xe0 && lead <= 0xef) {
		size = 3;
		low = lead == 0xe0 ? 0xa0 : low;
		high = lead == 0xed ? 0x9f : high;
	} else if (lead >= 0xf0 && lead <= 0xf4) {
		size = 4;
		low = lead == 0xf0 ? 0x90 : low;
		high = lead == 0xf4 ? 0x8f : high;
	} else {
		return 0;
	}
	if (left < size || at[1] < low || at[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return size;
}

/* ASCII that stands for itself. */
static void skip_plain(struct scan *scan)
{
	while (scan->end - scan->at >= 8) {
		uint64_t eight = eight_load(scan->at);
		if ((eight_escaped(eight) | eight_high(eight)) != 0) {
			break;
		}
		scan->at += 8;
	}
}

/* *escaped: the string is not what its bytes say. */
static bool scan_string(struct scan *scan, bool *escaped)
{
	*escaped = false;
	if (!take(scan, '"')) {
		return false;
	}
	for (skip_plain(scan); scan->at < scan->end;) {
		unsigned char byte = *scan->at;
		if (byte == '"') {
			scan->at++;
			return true;
		}
		if (byte < 0x20) {
			return false;
		}
		if (byte == '\\') {
			scan->at++;
			*escaped = true;
			if (!scan_escape(scan)) {
				return false;
			}
		} else if (byte < 0x80) {
			scan->at++;
		} else {
			size_t size = utf8_size(scan->at, (size_t)(scan->end - scan->at));
			if (size == 0) {
				note(scan, DECODE_BAD_TEXT);
				size = 1;
			}
			scan->at += size;
			skip_plain(scan);
		}
	}
	return false;
}

/* ---- numbers ---- */

int64_t scan_number(struct text number)
{
	bool negative = number.bytes[0] == '-';
	int64_t value = 0;
	for (size_t i = negative; i < number.size; i++) {
		value = value * 10 + (number.bytes[i] - '0');
	}
	return negative ? -value : value;
}

static bool scan_digits(struct scan *scan)
{
	const unsigned char *start = scan->at;
	take(scan, '-');
	const unsigned char *digits = scan->at;
	if (!take(scan, '0') && !take_digits(scan)) {
		return false;
	}
	size_t count = (size_t)(scan->at - digits);
	bool whole = true;
	if (take(scan, '.')) {
		whole = false;
		if (!take_digits(scan)) {
			return false;
		}
	}
	if (take(scan, 'e') || take(scan, 'E')) {
		whole = false;
		if (!take(scan, '+')) {
			take(scan, '-');
		}
		if (!take_digits(scan)) {
			return false;
		}
	}
	if (!whole) {
		note(scan, DECODE_WRONG_TYPE);
		return true;
	}
	/* 2^53 - 1 has 16 digits: so many fit an int64_t. */
	int64_t value = count > 16 ? INT64_MAX
				   : scan_number((struct text){
					     (const char *)start, (size_t)(scan->at - start)});
	if (value > WIRE_INT_MAX || value < -WIRE_INT_MAX) {
		note(scan, DECODE_OUT_OF_RANGE);
	}
	return true;
}

/* ---- objects, lists, values ---- */

static void keep_member(struct scan *scan, const unsigned char *start)
{
	for (size_t i = 0; i < scan->count; i++) {
		struct scan_member *member = &scan->members[i];
		if (member->value.size == 0 && strlen(member->name) == scan->name.size &&
			memcmp(member->name, scan->name.bytes, scan->name.size) == 0) {
			member->value.bytes = (const char *)start;
			member->value.size = (size_t)(scan->at - start);
		}
	}
}

static bool scan_member(struct scan *scan, unsigned depth)
{
	const unsigned char *start = scan->at;
	bool escaped;
	if (!scan_string(scan, &escaped)) {
		return false;
	}
	scan->name.bytes = (const char *)start + 1;
	scan->name.size = (size_t)(scan->at - start) - 2;
	if (escaped) {
		note(scan, DECODE_EXTRA_FIELD);
	}
	skip_space(scan);
	if (!take(scan, ':')) {
		return false;
	}
	skip_space(scan);
	start = scan->at;
	if (!scan_value(scan, depth)) {
		return false;
	}
	if (depth == 1) {
		keep_member(scan, start);
	}
	return true;
}

static bool scan_object(struct scan *scan, unsigned depth)
{
	struct text outer = scan->name;
	skip_space(scan);
	if (take(scan, '}')) {
		return true;
	}
	do {
		skip_space(scan);
		if (!scan_member(scan, depth)) {
			return false;
		}
		scan->name = outer;
		skip_space(scan);
	} while (take(scan, ','));
	return take(scan, '}');
}

static bool scan_list(struct scan *scan, unsigned depth)
{
	skip_space(scan);
	if (take(scan, ']')) {
		return true;
	}
	do {
		skip_space(scan);
		if (!scan_value(scan, depth)) {
			return false;
		}
		skip_space(scan);
	} while (take(scan, ','));
	return take(scan, ']');
}

static bool scan_word(struct scan *scan, const char *word)
{
	while (*word != '\0' && take(scan, (unsigned char)*word)) {
		word++;
	}
	return *word == '\0';
}

/* depth: of the objects and lists around the value. */
static bool scan_value(struct scan *scan, unsigned depth)
{
	bool escaped;
	scan->result.values++;
	switch (peek(scan)) {
	case '{':
		scan->at++;
		return depth < WIRE_DEPTH_MAX && scan_object(scan, depth + 1);
	case '[':
		scan->at++;
		return depth < WIRE_DEPTH_MAX && scan_list(scan, depth + 1);
	case '"':
		return scan_string(scan, &escaped);
	case 't':
		return scan_word(scan, "true");
	case 'f':
		return scan_word(scan, "false");
	case 'n':
		return scan_word(scan, "null");
	default:
		return scan_digits(scan);
	}
}

struct scan_result scan_message(
	const char *bytes, size_t size, struct scan_member *members, size_t count)
{
	const unsigned char *start = (const unsigned char *)bytes;
	struct scan scan = {
		.at = start,
		.end = start + size,
		.members = members,
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		members[i].value = (struct text){0};
	}
	skip_space(&scan);
	bool json = peek(&scan) == '{' && scan_value(&scan, 0);
	skip_space(&scan);
	if (!json || scan.at != scan.end) {
		return (struct scan_result){.status = DECODE_BAD_JSON};
	}
	return scan.result;
}

/* The text has passed the scan, so counting braces outside of strings is enough. */
bool message_next_event(struct text *rest, struct text *event)
{
	size_t at = 0;
	while (at < rest->size && rest->bytes[at] != '{') {
		at++;
	}
	size_t start = at;
	unsigned depth = 0;
	bool quoted = false;
	for (; at < rest->size; at++) {
		char byte = rest->bytes[at];
		if (quoted) {
			quoted = byte != '"';
			at += byte == '\\';
		} else if (byte == '"') {
			quoted = true;
		} else if (byte == '{') {
			depth++;
		} else if (byte == '}' && --depth == 0) {
			*event = (struct text){rest->bytes + start, at + 1 - start};
			*rest = (struct text){rest->bytes + at + 1, rest->size - at - 1};
			return true;
		}
	}
	return false;
}
