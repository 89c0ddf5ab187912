/*
 * From a struct to bytes, along the row. On the way of every message to everybody: no printf, no
 * allocation.
 */
#include "protocol/eight.h"
#include "protocol/table.h"

#include <assert.h>

struct writer {
	char *at;
	char *end;
	bool full; /* something did not fit: what was written is of no use */
};

/* ---- bytes ---- */

/* Room for that many bytes, to be filled; NULL when there is none. */
static char *reserve(struct writer *writer, size_t size)
{
	if (size > (size_t)(writer->end - writer->at)) {
		writer->full = true;
		return NULL;
	}
	char *at = writer->at;
	writer->at += size;
	return at;
}

static void put(struct writer *writer, const char *bytes, size_t size)
{
	char *at = reserve(writer, size);
	if (at != NULL && size > 0) {
		memcpy(at, bytes, size);
	}
}

static void put_byte(struct writer *writer, char byte)
{
	put(writer, &byte, 1);
}

static void put_int(struct writer *writer, int64_t number)
{
	char digits[20];
	char *at = digits + sizeof(digits);
	uint64_t rest = number < 0 ? (uint64_t)-number : (uint64_t)number;
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (number < 0) {
		*--at = '-';
	}
	put(writer, at, (size_t)(digits + sizeof(digits) - at));
}

static void put_hex(struct writer *writer, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	put_byte(writer, '"');
	char *at = reserve(writer, 2 * size);
	for (size_t i = 0; at != NULL && i < size; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	put_byte(writer, '"');
}

/* Only what RFC 8259 7 demands: quote, backslash, controls below 0x20. */
static bool needs_escape(unsigned char byte)
{
	return byte < 0x20 || byte == '"' || byte == '\\';
}

/* The letter behind the backslash; u stands for \u00xx. */
static char escape_letter(unsigned char byte)
{
	switch (byte) {
	case '"':
	case '\\':
		return (char)byte;
	case '\n':
		return 'n';
	case '\t':
		return 't';
	default:
		return 'u';
	}
}

/* Bytes from here that go out as they are. */
static size_t plain_size(const char *bytes, size_t size)
{
	size_t plain = 0;
	while (size - plain >= 8 && eight_escaped(eight_load(bytes + plain)) == 0) {
		plain += 8;
	}
	while (plain < size && !needs_escape((unsigned char)bytes[plain])) {
		plain++;
	}
	return plain;
}

static void put_text(struct writer *writer, struct text text)
{
	static const char digits[] = "0123456789abcdef";
	put_byte(writer, '"');
	for (size_t done = 0; done < text.size;) {
		size_t plain = plain_size(text.bytes + done, text.size - done);
		put(writer, text.bytes + done, plain);
		done += plain;
		if (done == text.size) {
			break;
		}
		unsigned char byte = (unsigned char)text.bytes[done++];
		char escape[6] = {
			'\\', escape_letter(byte), '0', '0', digits[byte >> 4], digits[byte & 15]};
		put(writer, escape, escape[1] == 'u' ? 6 : 2);
	}
	put_byte(writer, '"');
}

static size_t text_bound(struct text text)
{
	size_t bound = 2;
	for (size_t done = 0; done < text.size;) {
		size_t plain = plain_size(text.bytes + done, text.size - done);
		bound += plain;
		done += plain;
		if (done < text.size) {
			bound += escape_letter((unsigned char)text.bytes[done++]) == 'u' ? 6 : 2;
		}
	}
	return bound;
}

/* ---- members, read by offset ---- */

static int64_t get_int(const struct field *field, const unsigned char *base)
{
	int64_t number;
	memcpy(&number, base + field->offset, sizeof(number));
	assert(number >= field->min && number <= field->max);
	return number;
}

static bool get_bool(const unsigned char *base, size_t offset)
{
	bool truth;
	memcpy(&truth, base + offset, sizeof(truth));
	return truth;
}

static struct text get_text(const struct field *field, const unsigned char *base)
{
	struct text text;
	memcpy(&text, base + field->offset, sizeof(text));
	return text;
}

static struct text get_enum(const struct field *field, const unsigned char *base)
{
	unsigned number;
	memcpy(&number, base + field->offset, sizeof(number));
	assert(number < field->enumeration->count);
	return text_of(field->enumeration->values[number]);
}

static size_t get_list(
	const struct field *field, const unsigned char *base, const unsigned char **items)
{
	size_t count;
	memcpy(&count, base + field->count_offset, sizeof(count));
	memcpy(items, base + field->offset, sizeof(*items));
	assert(count <= (size_t)field->items);
	return count;
}

/* ---- along the row ---- */

static void encode_item(
	struct writer *writer, const struct record *record, const unsigned char *base);

static void encode_list(struct writer *writer, const struct field *field, const unsigned char *base)
{
	const unsigned char *items;
	size_t count = get_list(field, base, &items);
	put_byte(writer, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0) {
			put_byte(writer, ',');
		}
		if (field->kind == FIELD_TEXTS) {
			struct text text;
			memcpy(&text, items, sizeof(text));
			put_text(writer, text);
			items += sizeof(text);
		} else {
			const struct record *record = field->item();
			encode_item(writer, record, items);
			items += record->size;
		}
	}
	put_byte(writer, ']');
}

static void encode_value(
	struct writer *writer, const struct field *field, const unsigned char *base)
{
	struct text text;
	switch (field->kind) {
	case FIELD_INT:
		put_int(writer, get_int(field, base));
		break;
	case FIELD_BOOL:
		text = text_of(get_bool(base, field->offset) ? "true" : "false");
		put(writer, text.bytes, text.size);
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
		put_text(writer, get_text(field, base));
		break;
	case FIELD_HEX:
		put_hex(writer, base + field->offset, field->bytes);
		break;
	case FIELD_ENUM:
		text = get_enum(field, base);
		put_byte(writer, '"');
		put(writer, text.bytes, text.size);
		put_byte(writer, '"');
		break;
	case FIELD_TEXTS:
	case FIELD_LIST:
		encode_list(writer, field, base);
		break;
	case FIELD_EVENTS:
		text = get_text(field, base);
		put_byte(writer, '[');
		put(writer, text.bytes, text.size);
		put_byte(writer, ']');
		break;
	}
}

/* Each field is written with a comma before it, but the first of all when `bare`. */
static void encode_fields(
	struct writer *writer, const struct record *record, const unsigned char *base, bool bare)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		if (field->optional && !get_bool(base, field->has_offset)) {
			continue;
		}
		put(writer, field->key + bare, field->name_size + 4 - bare);
		bare = false;
		encode_value(writer, field, base);
	}
}

static void encode_item(
	struct writer *writer, const struct record *record, const unsigned char *base)
{
	put_byte(writer, '{');
	encode_fields(writer, record, base, true);
	put_byte(writer, '}');
}

size_t message_encode(enum message_type type, const void *message, char *buffer, size_t capacity)
{
	assert((size_t)type < TYPE_COUNT);
	const struct message_row *row = &message_rows[type];
	struct writer writer = {buffer, buffer + capacity, false};
	put(&writer, row->open, row->open_size);
	encode_fields(&writer, row->record(), message, false);
	put_byte(&writer, '}');
	return writer.full ? 0 : (size_t)(writer.at - buffer);
}

/* ---- bounds ---- */

static size_t record_bound(const struct record *record, const unsigned char *base);

static size_t list_bound(const struct field *field, const unsigned char *base)
{
	const unsigned char *items;
	size_t count = get_list(field, base, &items);
	size_t bound = 2 + count; /* brackets, commas */
	for (size_t i = 0; i < count; i++) {
		if (field->kind == FIELD_TEXTS) {
			struct text text;
			memcpy(&text, items, sizeof(text));
			bound += text_bound(text);
			items += sizeof(text);
		} else {
			const struct record *record = field->item();
			bound += 2 + record_bound(record, items);
			items += record->size;
		}
	}
	return bound;
}

static size_t value_bound(const struct field *field, const unsigned char *base)
{
	switch (field->kind) {
	case FIELD_INT:
		return 17; /* a sign and 16 digits */
	case FIELD_BOOL:
		return 5;
	case FIELD_TEXT:
	case FIELD_BODY:
		return text_bound(get_text(field, base));
	case FIELD_HEX:
		return 2 + 2 * field->bytes;
	case FIELD_ENUM:
		return 2 + get_enum(field, base).size;
	case FIELD_TEXTS:
	case FIELD_LIST:
		return list_bound(field, base);
	case FIELD_EVENTS:
		return 2 + get_text(field, base).size;
	}
	return 0;
}

static size_t record_bound(const struct record *record, const unsigned char *base)
{
	size_t bound = 0;
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		if (!field->optional || get_bool(base, field->has_offset)) {
			bound += field->name_size + 4 + value_bound(field, base);
		}
	}
	return bound;
}

size_t message_encode_bound(enum message_type type, const void *message)
{
	assert((size_t)type < TYPE_COUNT);
	const struct message_row *row = &message_rows[type];
	return row->open_size + record_bound(row->record(), message) + 1;
}
