/*
 * From bytes to a struct: scan, let cJSON build the tree, hold the tree to the row.
 */
#include "protocol/scan.h"
#include "protocol/table.h"

#include <cjson/cJSON.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

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

/* ---- refusing ---- */

/* The peer's names are repeated only when they look like one of ours: it is their text. */
static void set_field(struct decode_problem *problem, const char *bytes, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	bool repeat = size < sizeof(problem->field);
	for (size_t i = 0; repeat && i < size; i++) {
		repeat = bytes[i] != '\0' && strchr(allowed, bytes[i]) != NULL;
	}
	if (!repeat) {
		size = 0;
	}
	if (size > 0) {
		memcpy(problem->field, bytes, size);
	}
	problem->field[size] = '\0';
}

/* The ref in *problem stays as it is. */
static enum decode_status refuse(
	struct decode_problem *problem, enum decode_status status, struct text field)
{
	static const char *const sentences[] = {
		[DECODE_BAD_JSON] = "This is not one JSON object, or it is nested too deep.",
		[DECODE_UNKNOWN_TYPE] = "No message has this type.",
		[DECODE_MISSING_FIELD] = "A field is missing.",
		[DECODE_EXTRA_FIELD] = "The message has no such field.",
		[DECODE_DUPLICATE_FIELD] = "A field is there twice.",
		[DECODE_WRONG_TYPE] = "A field has the wrong type; numbers are whole.",
		[DECODE_OUT_OF_RANGE] = "A number is beyond 2^53 - 1.",
		[DECODE_BAD_TEXT] = "A text holds something that no text may hold.",
		[DECODE_UNAVAILABLE] = "The server is out of memory.",
	};
	problem->code = (enum wire_code)(status - 1);
	set_field(problem, field.bytes, field.size);
	snprintf(problem->sentence, sizeof(problem->sentence), "%s", sentences[status]);
	return status;
}

/* What a field must be to be within its range. */
static void describe_range(const struct field *field, char *sentence, size_t size)
{
	const char *name = field->name;
	long long min = field->min, max = field->max, items = field->items;
	switch (field->kind) {
	case FIELD_INT:
		snprintf(sentence, size, "%s must be %lld to %lld.", name, min, max);
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
		snprintf(sentence, size,
			"%s must have %lld to %lld characters and %zu bytes at most.", name, min,
			max, field->bytes);
		break;
	case FIELD_HEX:
		snprintf(sentence, size, "%s must have %zu hexadecimal digits.", name,
			2 * field->bytes);
		break;
	case FIELD_TEXTS:
		snprintf(sentence, size,
			"%s must be %lld texts at most, of %lld to %lld characters.", name, items,
			min, max);
		break;
	case FIELD_LIST:
		snprintf(sentence, size, "%s must have %lld items at most.", name, items);
		break;
	case FIELD_EVENTS:
		snprintf(sentence, size, "%s must have %zu bytes at most.", name, field->bytes);
		break;
	case FIELD_ENUM:
	case FIELD_BOOL:
		snprintf(sentence, size, "%s has none of its values.", name);
		break;
	}
}

/* With a sentence that says what the field must be. */
static enum decode_status refuse_field(
	const struct decoder *decoder, enum decode_status status, const struct field *field)
{
	static const char *const types[] = {
		[FIELD_INT] = "a whole number",
		[FIELD_BOOL] = "true or false",
		[FIELD_TEXT] = "a text",
		[FIELD_BODY] = "a text",
		[FIELD_HEX] = "a text",
		[FIELD_ENUM] = "a text",
		[FIELD_TEXTS] = "a list of texts",
		[FIELD_LIST] = "a list of objects",
		[FIELD_EVENTS] = "a list of objects",
	};
	struct decode_problem *problem = decoder->problem;
	char *sentence = problem->sentence;
	size_t size = sizeof(problem->sentence);
	refuse(problem, status, (struct text){field->name, field->name_size});
	switch (status) {
	case DECODE_MISSING_FIELD:
		snprintf(sentence, size, "%s is missing.", field->name);
		break;
	case DECODE_DUPLICATE_FIELD:
		snprintf(sentence, size, "%s is there twice.", field->name);
		break;
	case DECODE_WRONG_TYPE:
		snprintf(sentence, size, "%s must be %s.", field->name, types[field->kind]);
		break;
	case DECODE_OUT_OF_RANGE:
		describe_range(field, sentence, size);
		break;
	case DECODE_BAD_TEXT:
		snprintf(sentence, size, "%s holds a character that it may not.", field->name);
		break;
	default:
		break;
	}
	return status;
}

/* ---- peek ---- */

static bool find_type(struct text wire, enum message_type *type)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_row *row = &message_rows[i];
		if (row->wire_size == wire.size &&
			memcmp(row->rule.wire, wire.bytes, wire.size) == 0) {
			*type = (enum message_type)i;
			return true;
		}
	}
	return false;
}

/* What a ref may be is said in messages.def; anything else is no ref here and refused later. */
static bool read_ref(struct text value, int64_t *ref)
{
	if (value.size == 0 || value.size > 16) {
		return false;
	}
	for (size_t i = 0; i < value.size; i++) {
		if (value.bytes[i] < '0' || value.bytes[i] > '9') {
			return false;
		}
	}
	int64_t number = scan_number(value);
	if (number > WIRE_INT_MAX) {
		return false;
	}
	*ref = number;
	return true;
}

enum decode_status message_peek(
	const char *bytes, size_t size, struct message_head *head, struct decode_problem *problem)
{
	enum {
		TYPE,
		REF,
		COUNT
	};
	struct scan_member members[COUNT] = {[TYPE] = {.name = "type"}, [REF] = {.name = "ref"}};
	struct scan_result result = scan_message(bytes, size, members, COUNT);

	struct message_head found = {0};
	found.has_ref = read_ref(members[REF].value, &found.ref);
	problem->has_ref = found.has_ref;
	problem->ref = found.ref;
	if (result.status != DECODE_OK) {
		return refuse(problem, result.status, result.field);
	}

	struct text type = members[TYPE].value;
	if (type.size == 0) {
		return refuse(problem, DECODE_MISSING_FIELD, text_of("type"));
	}
	if (type.bytes[0] != '"') {
		return refuse(problem, DECODE_WRONG_TYPE, text_of("type"));
	}
	if (!find_type((struct text){type.bytes + 1, type.size - 2}, &found.type)) {
		return refuse(problem, DECODE_UNKNOWN_TYPE, text_of("type"));
	}
	*head = found;
	return DECODE_OK;
}

/* ---- values ---- */

static enum decode_status decode_object(const struct decoder *decoder, const struct record *record,
	const cJSON *object, bool outermost, void *out);

/* Zeroed memory that lives as long as the message; NULL when there is none. */
static void *take_block(const struct decoder *decoder, size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
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

/* The bytes are valid UTF-8 without NUL: the scan has seen to it. */
static enum decode_status decode_text(const struct field *field, const cJSON *value, void *out)
{
	if (!cJSON_IsString(value)) {
		return DECODE_WRONG_TYPE;
	}
	const unsigned char *bytes = (const unsigned char *)value->valuestring;
	int64_t count = 0; /* code points */
	size_t size = 0;
	for (; bytes[size] != '\0'; size++) {
		unsigned char byte = bytes[size];
		bool allowed = byte == '\t' || (byte == '\n' && field->kind == FIELD_BODY);
		bool c0 = byte < 0x20 || byte == 0x7f;
		bool c1 = byte == 0xc2 && bytes[size + 1] < 0xa0;
		if ((c0 && !allowed) || c1) {
			return DECODE_BAD_TEXT;
		}
		count += (byte & 0xc0) != 0x80;
	}
	if (count < field->min || count > field->max || size > field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	struct text text = {value->valuestring, size};
	memcpy(out, &text, sizeof(text));
	return DECODE_OK;
}

static enum decode_status decode_hex(const struct field *field, const cJSON *value, uint8_t *out)
{
	if (!cJSON_IsString(value)) {
		return DECODE_WRONG_TYPE;
	}
	static const char digits[] = "0123456789abcdef";
	const char *text = value->valuestring;
	size_t size = strlen(text);
	if (strspn(text, digits) != size) {
		return DECODE_BAD_TEXT;
	}
	if (size != 2 * field->bytes) {
		return DECODE_OUT_OF_RANGE;
	}
	for (size_t i = 0; i < size; i++) {
		unsigned digit = (unsigned)(strchr(digits, text[i]) - digits);
		out[i / 2] = (uint8_t)((unsigned)out[i / 2] << 4 | digit);
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
		refuse_field(decoder, status, field);
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
				return refuse(
					decoder->problem, DECODE_DUPLICATE_FIELD, text_of(name));
			}
			type_seen = true;
			continue;
		}
		size_t found = find_field(record, name, next);
		if (found == record->count) {
			return refuse(decoder->problem, DECODE_EXTRA_FIELD, text_of(name));
		}
		const struct field *field = &record->fields[found];
		if ((seen & UINT64_C(1) << found) != 0) {
			return refuse_field(decoder, DECODE_DUPLICATE_FIELD, field);
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
			return refuse_field(decoder, DECODE_MISSING_FIELD, &record->fields[i]);
		}
	}
	return DECODE_OK;
}

/* ---- messages ---- */

enum decode_status message_decode(
	const char *bytes, size_t size, struct message *out, struct decode_problem *problem)
{
	struct message_head head;
	enum decode_status status = message_peek(bytes, size, &head, problem);
	if (status != DECODE_OK) {
		return status;
	}
	cJSON *tree = cJSON_ParseWithLength(bytes, size);
	if (tree == NULL) {
		return refuse(problem, DECODE_UNAVAILABLE, (struct text){0});
	}
	struct message message = {.type = head.type, .tree = tree};
	const struct decoder decoder = {{bytes, size}, &message, problem};
	status = decode_object(
		&decoder, message_rows[head.type].record(), tree, true, &message.hello);
	if (status != DECODE_OK) {
		message_finish(&message);
		return status;
	}
	*out = message;
	return DECODE_OK;
}

void message_finish(struct message *message)
{
	if (message == NULL) {
		return;
	}
	cJSON_Delete(message->tree);
	message->tree = NULL;
	while (message->blocks != NULL) {
		struct block *block = message->blocks;
		message->blocks = block->next;
		free(block);
	}
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
