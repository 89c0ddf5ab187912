/*
 * From bytes to a struct: scan, then hold each member to the row. Most messages are flat, and are
 * read where they stand; for a list or an object cJSON builds the tree.
 */
#include "protocol/eight.h"
#include "protocol/member.h"
#include "protocol/problem.h"
#include "protocol/scan.h"
#include "protocol/table.h"
#include "protocol/value.h"

#include <cjson/cJSON.h>

enum {
	/*
	 * A message with more values than its row can hold is refused without building its tree,
	 * which takes cJSON 6 ms for 64 KiB of "1,1,1". A few more may pass: then the refusal can
	 * say which field has too many.
	 */
	VALUES_OVER = 500
};

struct decoder {
	struct message *message; /* takes what is allocated */
	struct decode_problem *problem;
	size_t input_size;
};

static enum decode_status decode_object(
	const struct decoder *decoder, const struct record *record, const cJSON *object, void *out);

/* ---- fields ---- */

static enum decode_status decode_int(
	const struct field *field, const struct value *value, void *out)
{
	if (value->kind != VALUE_NUMBER) {
		return DECODE_WRONG_TYPE;
	}
	if (value->number < field->min || value->number > field->max) {
		return DECODE_OUT_OF_RANGE;
	}
	memcpy(out, &value->number, sizeof(value->number));
	return DECODE_OK;
}

static enum decode_status decode_bool(const struct value *value, void *out)
{
	if (value->kind != VALUE_TRUE && value->kind != VALUE_FALSE) {
		return DECODE_WRONG_TYPE;
	}
	bool truth = value->kind == VALUE_TRUE;
	memcpy(out, &truth, sizeof(truth));
	return DECODE_OK;
}

/* Of valid UTF-8: its code points, or -1 when it holds a control character that it may not. */
static int64_t count_text(const unsigned char *bytes, size_t size, bool many_lines)
{
	int64_t count = 0;
	for (size_t i = 0; i < size; i++) {
		while (size - i >= 8) {
			uint64_t eight = eight_load(bytes + i);
			if ((eight_below(eight, ' ') | eight_equal(eight, 0x7f) |
				    eight_high(eight)) != 0) {
				break;
			}
			count += 8;
			i += 8;
		}
		if (i == size) {
			break;
		}
		unsigned char byte = bytes[i];
		bool allowed = byte == '\t' || (byte == '\n' && many_lines);
		bool c0 = byte < ' ' || byte == 0x7f;
		bool c1 = byte == 0xc2 && bytes[i + 1] < 0xa0;
		if ((c0 && !allowed) || c1) {
			return -1;
		}
		count += (byte & 0xc0) != 0x80;
	}
	return count;
}

/* The scan has seen to it that the text is valid UTF-8 without NUL. */
static enum decode_status decode_text(
	const struct field *field, const struct value *value, void *out)
{
	if (value->kind != VALUE_TEXT) {
		return DECODE_WRONG_TYPE;
	}
	struct text text = value->text;
	int64_t count =
		count_text((const unsigned char *)text.bytes, text.size, field->kind == FIELD_BODY);
	if (count < 0) {
		return DECODE_BAD_TEXT;
	}
	if (count < field->min || count > field->max || text.size > field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	memcpy(out, &text, sizeof(text));
	return DECODE_OK;
}

/* The value of a lower-case hexadecimal digit, or -1. */
static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9') {
		return digit - '0';
	}
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static enum decode_status decode_hex(
	const struct field *field, const struct value *value, uint8_t *out)
{
	if (value->kind != VALUE_TEXT) {
		return DECODE_WRONG_TYPE;
	}
	struct text text = value->text;
	if (text.size != 2 * field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	for (size_t i = 0; i < field->bytes; i++) {
		int high = hex_digit(text.bytes[2 * i]), low = hex_digit(text.bytes[2 * i + 1]);
		if (high < 0 || low < 0) {
			return DECODE_BAD_TEXT;
		}
		out[i] = (uint8_t)(high << 4 | low);
	}
	return DECODE_OK;
}

static enum decode_status decode_enum(
	const struct field *field, const struct value *value, void *out)
{
	if (value->kind != VALUE_TEXT) {
		return DECODE_WRONG_TYPE;
	}
	size_t found = enumeration_find(field->enumeration, value->text.bytes, value->text.size);
	if (found == field->enumeration->count) {
		return DECODE_OUT_OF_RANGE;
	}
	unsigned number = (unsigned)found;
	memcpy(out, &number, sizeof(number));
	return DECODE_OK;
}

/* Checks that the value is a list within its bound, and makes room for it. */
static enum decode_status decode_list_head(const struct decoder *decoder, const struct field *field,
	const struct value *value, size_t item_size, unsigned char **items, unsigned char *base)
{
	if (value->kind != VALUE_LIST) {
		return DECODE_WRONG_TYPE;
	}
	size_t count = (size_t)cJSON_GetArraySize(value->tree);
	if (count > (size_t)field->items) {
		return DECODE_OUT_OF_RANGE;
	}
	*items = NULL;
	if (count > 0) {
		*items = message_block(decoder->message, count * item_size);
		if (*items == NULL) {
			return DECODE_UNAVAILABLE;
		}
	}
	memcpy(base + field->offset, items, sizeof(*items));
	memcpy(base + field->count_offset, &count, sizeof(count));
	return DECODE_OK;
}

static enum decode_status decode_texts(const struct decoder *decoder, const struct field *field,
	const struct value *value, unsigned char *base)
{
	unsigned char *items;
	enum decode_status status =
		decode_list_head(decoder, field, value, sizeof(struct text), &items, base);
	if (status != DECODE_OK) {
		return status;
	}
	const cJSON *item;
	cJSON_ArrayForEach(item, value->tree)
	{
		struct value text = value_of_tree(item);
		status = decode_text(field, &text, items);
		if (status != DECODE_OK) {
			return status;
		}
		items += sizeof(struct text);
	}
	return DECODE_OK;
}

/* A fault inside an item is told by the item; *told then. */
static enum decode_status decode_list(const struct decoder *decoder, const struct field *field,
	const struct value *value, unsigned char *base, bool *told)
{
	const struct record *record = field->item();
	unsigned char *items;
	enum decode_status status =
		decode_list_head(decoder, field, value, record->size, &items, base);
	if (status != DECODE_OK) {
		return status;
	}
	const cJSON *item;
	cJSON_ArrayForEach(item, value->tree)
	{
		if (!cJSON_IsObject(item)) {
			return DECODE_WRONG_TYPE;
		}
		status = decode_object(decoder, record, item, items);
		if (status != DECODE_OK) {
			*told = true;
			return status;
		}
		items += record->size;
	}
	return DECODE_OK;
}

/* Events stay text: copied from the input, to be decoded one by one. */
static enum decode_status decode_events(const struct decoder *decoder, const struct field *field,
	const struct value *value, void *out)
{
	if (value->kind != VALUE_LIST) {
		return DECODE_WRONG_TYPE;
	}
	const cJSON *event;
	cJSON_ArrayForEach(event, value->tree)
	{
		if (!cJSON_IsObject(event)) {
			return DECODE_WRONG_TYPE;
		}
	}
	struct text text = {NULL, value->text.size - 2};
	if (text.size > field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	if (text.size > 0) {
		void *copy = message_block(decoder->message, text.size);
		if (copy == NULL) {
			return DECODE_UNAVAILABLE;
		}
		memcpy(copy, value->text.bytes + 1, text.size);
		text.bytes = copy;
	}
	memcpy(out, &text, sizeof(text));
	return DECODE_OK;
}

static enum decode_status decode_field(const struct decoder *decoder, const struct field *field,
	const struct value *value, unsigned char *base)
{
	unsigned char *out = base + field->offset;
	enum decode_status status = DECODE_OK;
	bool told = false;
	switch (field->kind) {
	case FIELD_INT:
		status = decode_int(field, value, out);
		break;
	case FIELD_BOOL:
		status = decode_bool(value, out);
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
		status = decode_text(field, value, out);
		break;
	case FIELD_HEX:
		status = decode_hex(field, value, out);
		break;
	case FIELD_ENUM:
		status = decode_enum(field, value, out);
		break;
	case FIELD_TEXTS:
		status = decode_texts(decoder, field, value, base);
		break;
	case FIELD_LIST:
		status = decode_list(decoder, field, value, base, &told);
		break;
	case FIELD_EVENTS:
		status = decode_events(decoder, field, value, out);
		break;
	}
	if (status != DECODE_OK && !told) {
		problem_set_field(decoder->problem, status, field);
	}
	if (status == DECODE_OK && field->optional) {
		bool has = true;
		memcpy(base + field->has_offset, &has, sizeof(has));
	}
	return status;
}

/* The field of this name, or the count. Peers send them in our order: look at `next` first. */
static size_t find_field(const struct record *record, struct text name, size_t next)
{
	for (size_t i = 0; i < record->count; i++, next++) {
		if (next >= record->count) {
			next = 0;
		}
		const struct field *field = &record->fields[next];
		if (field->name_size == name.size &&
			memcmp(field->name, name.bytes, name.size) == 0) {
			return next;
		}
	}
	return record->count;
}

/* Which fields of a record have come. */
struct seen {
	uint64_t fields; /* a bit for each */
	size_t next; /* that a peer of our order sends next */
};

/* The field of this name; NULL, and the problem in *status, when it must not come here. */
static const struct field *expect_field(const struct decoder *decoder, const struct record *record,
	struct text name, struct seen *seen, enum decode_status *status)
{
	size_t found = find_field(record, name, seen->next);
	if (found == record->count) {
		*status = problem_set(decoder->problem, DECODE_EXTRA_FIELD, name);
		return NULL;
	}
	const struct field *field = &record->fields[found];
	if ((seen->fields & UINT64_C(1) << found) != 0) {
		*status = problem_set_field(decoder->problem, DECODE_DUPLICATE_FIELD, field);
		return NULL;
	}
	seen->fields |= UINT64_C(1) << found;
	seen->next = found + 1;
	return field;
}

static enum decode_status check_complete(
	const struct decoder *decoder, const struct record *record, const struct seen *seen)
{
	for (size_t i = 0; i < record->count; i++) {
		if (!record->fields[i].optional && (seen->fields & UINT64_C(1) << i) == 0) {
			return problem_set_field(
				decoder->problem, DECODE_MISSING_FIELD, &record->fields[i]);
		}
	}
	return DECODE_OK;
}

/* An item of a list. *out is zeroed. */
static enum decode_status decode_object(
	const struct decoder *decoder, const struct record *record, const cJSON *object, void *out)
{
	struct seen seen = {0};
	enum decode_status status = DECODE_OK;
	const cJSON *member;
	cJSON_ArrayForEach(member, object)
	{
		const struct field *field =
			expect_field(decoder, record, text_of(member->string), &seen, &status);
		if (field == NULL) {
			return status;
		}
		struct value value = value_of_tree(member);
		status = decode_field(decoder, field, &value, out);
		if (status != DECODE_OK) {
			return status;
		}
	}
	return check_complete(decoder, record, &seen);
}

/* The message itself, which has its "type" besides the fields of the record. *out is zeroed. */
static enum decode_status decode_members(
	const struct decoder *decoder, const struct record *record, struct text rest, void *out)
{
	static const char type[] = "type";
	struct seen seen = {0};
	bool type_seen = false;
	struct member member;
	while (member_next(&rest, &member)) {
		enum decode_status status = DECODE_OK;
		if (member.name.size == sizeof(type) - 1 &&
			memcmp(member.name.bytes, type, sizeof(type) - 1) == 0) {
			if (type_seen) {
				return problem_set(
					decoder->problem, DECODE_DUPLICATE_FIELD, member.name);
			}
			type_seen = true;
			continue;
		}
		const struct field *field =
			expect_field(decoder, record, member.name, &seen, &status);
		if (field == NULL) {
			return status;
		}
		struct value value;
		status = value_read(decoder->message, decoder->input_size, member.value, &value);
		if (status != DECODE_OK) {
			return problem_set(decoder->problem, status, (struct text){0});
		}
		status = decode_field(decoder, field, &value, out);
		if (status != DECODE_OK) {
			return status;
		}
	}
	return check_complete(decoder, record, &seen);
}

/* ---- messages ---- */

/* How many values an object can at most consist of, itself included. */
static size_t record_values(const struct record *record)
{
	size_t values = 1;
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		size_t item = field->kind == FIELD_LIST ? record_values(field->item()) : 1;
		values += 1 + (size_t)field->items * item;
		values += field->kind == FIELD_EVENTS ? field->bytes : 0;
	}
	return values;
}

enum decode_status message_decode_peeked(const char *bytes, size_t size,
	const struct message_head *head, struct message *out, struct decode_problem *problem)
{
	problem->has_ref = head->has_ref;
	problem->ref = head->ref;
	const struct record *record = message_rows[head->type].record();
	if (head->values > record_values(record) + VALUES_OVER) {
		return problem_set(problem, DECODE_OUT_OF_RANGE, (struct text){0});
	}
	struct message message;
	memset(&message, 0, sizeof(message));
	message.type = head->type;
	const struct decoder decoder = {&message, problem, size};
	enum decode_status status =
		decode_members(&decoder, record, member_first(bytes, size), &message.hello);
	if (status != DECODE_OK) {
		message_finish(&message);
		return status;
	}
	*out = message;
	return DECODE_OK;
}

enum decode_status message_decode(
	const char *bytes, size_t size, struct message *out, struct decode_problem *problem)
{
	struct message_head head;
	enum decode_status status = message_peek(bytes, size, &head, problem);
	return status == DECODE_OK ? message_decode_peeked(bytes, size, &head, out, problem)
				   : status;
}
