/*
 * From bytes to a struct: scan, let cJSON build the tree, hold the tree to the row.
 */
#include "protocol/eight.h"
#include "protocol/peek.h"
#include "protocol/problem.h"
#include "protocol/scan.h"
#include "protocol/table.h"

#include <cjson/cJSON.h>
#include <stdalign.h>

enum {
	/*
	 * A message with more values than its row can hold is refused without building its tree,
	 * which takes cJSON 6 ms for 64 KiB of "1,1,1". A few more may pass: then the refusal can
	 * say which field has too many.
	 */
	VALUES_OVER = 500
};

/* Memory of a decoded list. */
struct block {
	struct block *next;
	alignas(max_align_t) unsigned char data[];
};

struct decoder {
	struct text input;
	struct message *message; /* takes the blocks */
	struct decode_problem *problem;
};

/* ---- values ---- */

static enum decode_status decode_object(const struct decoder *decoder, const struct record *record,
	const cJSON *object, bool outermost, void *out);

/* Zeroed memory that lives as long as the message, from where cJSON has its own; NULL: none. */
static void *take_block(const struct decoder *decoder, size_t size)
{
	struct block *block = cJSON_malloc(sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
	memset(block, 0, sizeof(*block) + size);
	block->next = decoder->message->blocks;
	decoder->message->blocks = block;
	return block->data;
}

static enum decode_status decode_int(const struct field *field, const cJSON *value, void *out)
{
	if (!cJSON_IsNumber(value)) {
		return DECODE_WRONG_TYPE;
	}
	/* The scan has seen to it that this is whole and within 2^53 - 1. */
	int64_t number = (int64_t)value->valuedouble;
	if (number < field->min || number > field->max) {
		return DECODE_OUT_OF_RANGE;
	}
	memcpy(out, &number, sizeof(number));
	return DECODE_OK;
}

static enum decode_status decode_bool(const cJSON *value, void *out)
{
	if (!cJSON_IsBool(value)) {
		return DECODE_WRONG_TYPE;
	}
	bool truth = cJSON_IsTrue(value);
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
static enum decode_status decode_text(const struct field *field, const cJSON *value, void *out)
{
	if (!cJSON_IsString(value)) {
		return DECODE_WRONG_TYPE;
	}
	struct text text = text_of(value->valuestring);
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

static enum decode_status decode_hex(const struct field *field, const cJSON *value, uint8_t *out)
{
	if (!cJSON_IsString(value)) {
		return DECODE_WRONG_TYPE;
	}
	struct text text = text_of(value->valuestring);
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

static enum decode_status decode_enum(const struct field *field, const cJSON *value, void *out)
{
	if (!cJSON_IsString(value)) {
		return DECODE_WRONG_TYPE;
	}
	const char *text = value->valuestring;
	size_t found = enumeration_find(field->enumeration, text, strlen(text));
	if (found == field->enumeration->count) {
		return DECODE_OUT_OF_RANGE;
	}
	unsigned number = (unsigned)found;
	memcpy(out, &number, sizeof(number));
	return DECODE_OK;
}

/* Checks that the value is a list within its bound, and makes room for it. */
static enum decode_status decode_list_head(const struct decoder *decoder, const struct field *field,
	const cJSON *value, size_t item_size, unsigned char **items, unsigned char *base)
{
	if (!cJSON_IsArray(value)) {
		return DECODE_WRONG_TYPE;
	}
	size_t count = (size_t)cJSON_GetArraySize(value);
	if (count > (size_t)field->items) {
		return DECODE_OUT_OF_RANGE;
	}
	*items = NULL;
	if (count > 0) {
		*items = take_block(decoder, count * item_size);
		if (*items == NULL) {
			return DECODE_UNAVAILABLE;
		}
	}
	memcpy(base + field->offset, items, sizeof(*items));
	memcpy(base + field->count_offset, &count, sizeof(count));
	return DECODE_OK;
}

static enum decode_status decode_texts(const struct decoder *decoder, const struct field *field,
	const cJSON *value, unsigned char *base)
{
	unsigned char *items;
	enum decode_status status =
		decode_list_head(decoder, field, value, sizeof(struct text), &items, base);
	if (status != DECODE_OK) {
		return status;
	}
	const cJSON *item;
	cJSON_ArrayForEach(item, value)
	{
		status = decode_text(field, item, items);
		if (status != DECODE_OK) {
			return status;
		}
		items += sizeof(struct text);
	}
	return DECODE_OK;
}

/* A fault inside an item is told by the item; *told then. */
static enum decode_status decode_list(const struct decoder *decoder, const struct field *field,
	const cJSON *value, unsigned char *base, bool *told)
{
	const struct record *record = field->item();
	unsigned char *items;
	enum decode_status status =
		decode_list_head(decoder, field, value, record->size, &items, base);
	if (status != DECODE_OK) {
		return status;
	}
	const cJSON *item;
	cJSON_ArrayForEach(item, value)
	{
		if (!cJSON_IsObject(item)) {
			return DECODE_WRONG_TYPE;
		}
		status = decode_object(decoder, record, item, false, items);
		if (status != DECODE_OK) {
			*told = true;
			return status;
		}
		items += record->size;
	}
	return DECODE_OK;
}

/* Events stay text: copied from the input, to be decoded one by one. */
static enum decode_status decode_events(
	const struct decoder *decoder, const struct field *field, const cJSON *value, void *out)
{
	if (!cJSON_IsArray(value)) {
		return DECODE_WRONG_TYPE;
	}
	const cJSON *event;
	cJSON_ArrayForEach(event, value)
	{
		if (!cJSON_IsObject(event)) {
			return DECODE_WRONG_TYPE;
		}
	}
	struct scan_member member = {.name = field->name};
	scan_message(decoder->input.bytes, decoder->input.size, &member, 1);
	struct text text = {NULL, member.value.size - 2};
	if (text.size > field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	if (text.size > 0) {
		void *copy = take_block(decoder, text.size);
		if (copy == NULL) {
			return DECODE_UNAVAILABLE;
		}
		memcpy(copy, member.value.bytes + 1, text.size);
		text.bytes = copy;
	}
	memcpy(out, &text, sizeof(text));
	return DECODE_OK;
}

static enum decode_status decode_field(const struct decoder *decoder, const struct field *field,
	const cJSON *value, unsigned char *base)
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
static size_t find_field(const struct record *record, const char *name, size_t next)
{
	for (size_t i = 0; i < record->count; i++, next++) {
		if (next >= record->count) {
			next = 0;
		}
		if (strcmp(record->fields[next].name, name) == 0) {
			return next;
		}
	}
	return record->count;
}

/* *out is zeroed. The outermost object has its "type" besides the fields of the record. */
static enum decode_status decode_object(const struct decoder *decoder, const struct record *record,
	const cJSON *object, bool outermost, void *out)
{
	uint64_t seen = 0; /* a bit for each field */
	bool type_seen = false;
	size_t next = 0;
	const cJSON *value;
	cJSON_ArrayForEach(value, object)
	{
		const char *name = value->string;
		if (outermost && strcmp(name, "type") == 0) {
			if (type_seen) {
				return problem_set(
					decoder->problem, DECODE_DUPLICATE_FIELD, text_of(name));
			}
			type_seen = true;
			continue;
		}
		size_t found = find_field(record, name, next);
		if (found == record->count) {
			return problem_set(decoder->problem, DECODE_EXTRA_FIELD, text_of(name));
		}
		const struct field *field = &record->fields[found];
		if ((seen & UINT64_C(1) << found) != 0) {
			return problem_set_field(decoder->problem, DECODE_DUPLICATE_FIELD, field);
		}
		seen |= UINT64_C(1) << found;
		enum decode_status status = decode_field(decoder, field, value, out);
		if (status != DECODE_OK) {
			return status;
		}
		next = found + 1;
	}
	for (size_t i = 0; i < record->count; i++) {
		if (!record->fields[i].optional && (seen & UINT64_C(1) << i) == 0) {
			return problem_set_field(
				decoder->problem, DECODE_MISSING_FIELD, &record->fields[i]);
		}
	}
	return DECODE_OK;
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

enum decode_status message_decode(
	const char *bytes, size_t size, struct message *out, struct decode_problem *problem)
{
	struct message_head head;
	size_t values;
	enum decode_status status = peek_message(bytes, size, &head, &values, problem);
	if (status != DECODE_OK) {
		return status;
	}
	const struct record *record = message_rows[head.type].record();
	if (values > record_values(record) + VALUES_OVER) {
		return problem_set(problem, DECODE_OUT_OF_RANGE, (struct text){0});
	}
	cJSON *tree = cJSON_ParseWithLength(bytes, size);
	if (tree == NULL) {
		return problem_set(problem, DECODE_UNAVAILABLE, (struct text){0});
	}
	struct message message = {.type = head.type, .tree = tree};
	const struct decoder decoder = {{bytes, size}, &message, problem};
	status = decode_object(&decoder, record, tree, true, &message.hello);
	if (status != DECODE_OK) {
		message_finish(&message);
		return status;
	}
	*out = message;
	return DECODE_OK;
}

/* Passwords, secrets and what people say do not stay behind in freed memory. */
static void wipe_texts(cJSON *item)
{
	for (; item != NULL; item = item->next) {
		if (cJSON_IsString(item)) {
			explicit_bzero(item->valuestring, strlen(item->valuestring));
		}
		wipe_texts(item->child);
	}
}

void message_finish(struct message *message)
{
	if (message == NULL) {
		return;
	}
	wipe_texts(message->tree);
	cJSON_Delete(message->tree);
	while (message->blocks != NULL) {
		struct block *block = message->blocks;
		message->blocks = block->next;
		cJSON_free(block);
	}
	explicit_bzero(message, sizeof(*message));
}
