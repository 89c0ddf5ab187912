/*
 * From member to member of an object, and what its strings mean. The bytes have passed the scan:
 * nothing is checked here, and no end is run over, because everything is closed.
 */
#include "protocol/member.h"

#include "protocol/eight.h"

static bool is_space(char byte)
{
	return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static void skip(struct text *text, size_t size)
{
	text->bytes += size;
	text->size -= size;
}

static void skip_space(struct text *text)
{
	while (text->size > 0 && is_space(text->bytes[0])) {
		skip(text, 1);
	}
}

struct text member_first(const char *bytes, size_t size)
{
	struct text rest = {bytes, size};
	skip_space(&rest);
	skip(&rest, 1); /* the brace */
	return rest;
}

/* ---- how far a value goes ---- */

/* Of the string at the front, quotes included. */
static size_t string_size(struct text text)
{
	size_t at = 1;
	for (;; at++) {
		while (text.size - at >= 8) {
			uint64_t eight = eight_load(text.bytes + at);
			if ((eight_equal(eight, '"') | eight_equal(eight, '\\')) != 0) {
				break;
			}
			at += 8;
		}
		if (text.bytes[at] == '"') {
			return at + 1;
		}
		at += text.bytes[at] == '\\';
	}
}

/* Of the object or list at the front. */
static size_t nest_size(struct text text)
{
	unsigned depth = 0;
	size_t at = 0;
	do {
		switch (text.bytes[at]) {
		case '"':
			at += string_size((struct text){text.bytes + at, text.size - at});
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth--;
			break;
		default:
			break;
		}
		at++;
	} while (depth > 0);
	return at;
}

/* Of a number or a word. */
static size_t plain_size(struct text text)
{
	size_t size = 0;
	while (text.bytes[size] != ',' && text.bytes[size] != '}' && !is_space(text.bytes[size])) {
		size++;
	}
	return size;
}

static struct text take_value(struct text *rest)
{
	struct text value = *rest;
	switch (value.bytes[0]) {
	case '"':
		value.size = string_size(value);
		break;
	case '{':
	case '[':
		value.size = nest_size(value);
		break;
	default:
		value.size = plain_size(value);
		break;
	}
	skip(rest, value.size);
	return value;
}

bool member_next(struct text *rest, struct member *member)
{
	skip_space(rest);
	if (rest->bytes[0] == ',') {
		skip(rest, 1);
		skip_space(rest);
	}
	if (rest->bytes[0] == '}') {
		return false;
	}
	struct text name = take_value(rest);
	member->name = (struct text){name.bytes + 1, name.size - 2};
	skip_space(rest);
	skip(rest, 1); /* the colon */
	skip_space(rest);
	member->value = take_value(rest);
	return true;
}

/* ---- strings ---- */

static unsigned hex4(const char *digits)
{
	unsigned value = 0;
	for (int i = 0; i < 4; i++) {
		unsigned char digit = (unsigned char)digits[i];
		value = value << 4 | (digit <= '9' ? digit - (unsigned)'0'
						   : (digit | 0x20U) - (unsigned)'a' + 10);
	}
	return value;
}

static char *put_code_point(char *out, unsigned code)
{
	if (code < 0x80) {
		*out++ = (char)code;
		return out;
	}
	if (code < 0x800) {
		*out++ = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		*out++ = (char)(0xe0 | code >> 12);
		*out++ = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		*out++ = (char)(0xf0 | code >> 18);
		*out++ = (char)(0x80 | (code >> 12 & 0x3f));
		*out++ = (char)(0x80 | (code >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (code & 0x3f));
	return out;
}

/* What stands behind a backslash, to *out. Its bytes. */
static size_t put_escaped(const char *escape, char **out)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	if (escape[0] != 'u') {
		const char *letter = strchr(letters, escape[0]);
		*(*out)++ = letter != NULL ? meant[letter - letters] : escape[0];
		return 1;
	}
	unsigned unit = hex4(escape + 1);
	if (unit < 0xd800 || unit >= 0xdc00) {
		*out = put_code_point(*out, unit);
		return 5;
	}
	unsigned low = hex4(escape + 7); /* behind "\u"; the scan has found the pair whole */
	*out = put_code_point(*out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
	return 11;
}

size_t member_text(struct text quoted, char *out)
{
	const char *at = quoted.bytes + 1, *end = quoted.bytes + quoted.size - 1;
	char *start = out;
	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((escape != NULL ? escape : end) - at);
		memcpy(out, at, plain);
		out += plain;
		at += plain;
		if (escape != NULL) {
			at += 1 + put_escaped(escape + 1, &out);
		}
	}
	return (size_t)(out - start);
}
