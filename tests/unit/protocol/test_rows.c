/*
 * Every bound of every row: each field of each message, at min - 1, min, max and max + 1, of the
 * wrong type, missing, twice. The messages are changed and printed by cJSON, not by our encoder.
 */
#include "tests/unit/protocol/sample.h"
#include "tests/unit/tap.h"

#include <cjson/cJSON.h>

/* The message being changed, and the place in it. */
struct place {
	const struct message_row *row;
	cJSON *root;
	cJSON *object; /* root, or an item inside */
	const struct field *field;
};

static unsigned decoded; /* messages tried */

static void check_status(const struct place *place, enum decode_status expected, const char *what)
{
	char *json = cJSON_PrintUnformatted(place->root);
	size_t size = strlen(json);
	struct message message;
	struct decode_problem problem = {.code = WIRE_CODE_BAD_SETTING};
	enum decode_status status = message_decode(json, size, &message, &problem);
	decoded++;
	if (status != expected) {
		printf("# %s, %s, %s: %d instead of %d\n", place->row->rule.wire,
			place->field->name, what, status, expected);
	}
	CHECK_INT(status, expected);
	if (status == DECODE_OK) {
		message_finish(&message);
	} else {
		CHECK_INT(problem.code, (int)status - 1);
		CHECK_STR(
			problem.field, expected == DECODE_EXTRA_FIELD ? "zz" : place->field->name);
		CHECK(problem.sentence[0] != '\0');
		bool is_ref = strcmp(place->field->name, "ref") == 0;
		CHECK(is_ref || problem.has_ref == cJSON_HasObjectItem(place->root, "ref"));
	}
	free(json);
}

/* Puts a value in the field's place, which is given back its own afterwards. */
static void check_value(
	const struct place *place, cJSON *value, enum decode_status expected, const char *what)
{
	const char *name = place->field->name;
	cJSON *own = cJSON_DetachItemFromObjectCaseSensitive(place->object, name);
	cJSON_AddItemToObject(place->object, name, value);
	check_status(place, expected, what);
	cJSON_DeleteItemFromObjectCaseSensitive(place->object, name);
	cJSON_AddItemToObject(place->object, name, own);
}

static cJSON *repeated(const char *piece, size_t count)
{
	size_t size = strlen(piece);
	char *text = malloc(size * count + 1);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + i * size, piece, size);
	}
	text[size * count] = '\0';
	cJSON *value = cJSON_CreateString(text);
	free(text);
	return value;
}

/* cJSON would print a large number with an exponent. */
static cJSON *number(int64_t value)
{
	char digits[32];
	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	return cJSON_CreateRaw(digits);
}

/* For a text inside a list. */
static cJSON *wrapped(const struct field *field, cJSON *text)
{
	if (field->kind != FIELD_TEXTS) {
		return text;
	}
	cJSON *list = cJSON_CreateArray();
	cJSON_AddItemToArray(list, text);
	return list;
}

static void check_texts(const struct place *place)
{
	const struct field *field = place->field;
	size_t min = (size_t)field->min, max = (size_t)field->max;
	static const char wide[] = "\xf0\x9f\x8f\xae"; /* 4 bytes, 1 code point */
	enum decode_status line_feed = field->kind == FIELD_BODY ? DECODE_OK : DECODE_BAD_TEXT;
	size_t pad = min > 3 ? min : 3; /* enough behind the character that is tested */

	if (min > 0) {
		check_value(place, wrapped(field, repeated("a", min - 1)), DECODE_OUT_OF_RANGE,
			"one less");
	}
	check_value(place, wrapped(field, repeated("a", min)), DECODE_OK, "least");
	check_value(place, wrapped(field, repeated("a", max)), DECODE_OK, "most");
	check_value(place, wrapped(field, repeated("a", max + 1)), DECODE_OUT_OF_RANGE, "one more");
	check_value(place, wrapped(field, repeated(wide, field->bytes / 4)), DECODE_OK,
		"as many bytes as may be");
	check_value(place, wrapped(field, repeated(wide, field->bytes / 4 + 1)),
		DECODE_OUT_OF_RANGE, "four bytes more");

	static const struct {
		const char *character;
		enum decode_status status;
	} characters[] = {
		{"\t", DECODE_OK},
		{"\x1f", DECODE_BAD_TEXT},
		{"\r", DECODE_BAD_TEXT},
		{"\x01", DECODE_BAD_TEXT},
		{" ", DECODE_OK},
		{"\x7f", DECODE_BAD_TEXT},
		{"\xc2\x80", DECODE_BAD_TEXT},
		{"\xc2\x9f", DECODE_BAD_TEXT},
		{"\xc2\xa0", DECODE_OK},
	};
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		check_value(place, wrapped(field, repeated(characters[i].character, pad)),
			characters[i].status, "a character");
	}
	check_value(place, wrapped(field, repeated("\n", pad)), line_feed, "line feed");
	if (field->kind == FIELD_TEXTS) {
		check_value(place, cJSON_CreateArray(), DECODE_OK, "no text");
		check_value(place, wrapped(field, cJSON_CreateNumber(1)), DECODE_WRONG_TYPE,
			"a number inside");
	}
}

static void check_items(const struct place *place, const cJSON *item)
{
	for (int64_t more = 0; more < 2; more++) {
		cJSON *list = cJSON_CreateArray();
		for (int64_t i = 0; i < place->field->items + more; i++) {
			cJSON_AddItemToArray(list, cJSON_Duplicate(item, true));
		}
		check_value(place, list, more > 0 ? DECODE_OUT_OF_RANGE : DECODE_OK, "items");
	}
}

static void check_hex(const struct place *place)
{
	size_t digits = 2 * place->field->bytes;
	check_value(place, repeated("f", digits), DECODE_OK, "hex");
	check_value(place, repeated("f", digits - 1), DECODE_OUT_OF_RANGE, "half a byte less");
	check_value(place, repeated("f", digits + 2), DECODE_OUT_OF_RANGE, "a byte more");
	check_value(place, repeated("", 1), DECODE_OUT_OF_RANGE, "no hex");
	check_value(place, repeated("F", digits), DECODE_BAD_TEXT, "upper case");
	check_value(place, repeated("g", digits), DECODE_BAD_TEXT, "no digit");
}

static void check_enum(const struct place *place)
{
	const struct enumeration *enumeration = place->field->enumeration;
	for (size_t i = 0; i < enumeration->count; i++) {
		check_value(place, repeated(enumeration->values[i], 1), DECODE_OK, "its value");
	}
	check_value(place, repeated("nothing", 1), DECODE_OUT_OF_RANGE, "no value");
	check_value(place, repeated("", 1), DECODE_OUT_OF_RANGE, "an empty value");
}

static void check_bounds(const struct place *place)
{
	const struct field *field = place->field;
	cJSON *own = cJSON_GetObjectItemCaseSensitive(place->object, field->name);
	cJSON *list;
	switch (field->kind) {
	case FIELD_INT:
		check_value(place, number(field->min), DECODE_OK, "least");
		check_value(place, number(field->max), DECODE_OK, "most");
		check_value(place, number(field->min - 1), DECODE_OUT_OF_RANGE, "one less");
		check_value(place, number(field->max + 1), DECODE_OUT_OF_RANGE, "one more");
		check_value(place, cJSON_CreateNumber(1.5), DECODE_WRONG_TYPE, "a fraction");
		break;
	case FIELD_BOOL:
		check_value(place, cJSON_CreateTrue(), DECODE_OK, "true");
		check_value(place, cJSON_CreateFalse(), DECODE_OK, "false");
		check_value(place, cJSON_CreateNumber(1), DECODE_WRONG_TYPE, "1");
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
		check_texts(place);
		break;
	case FIELD_TEXTS:
		check_texts(place);
		check_items(place, cJSON_GetArrayItem(own, 0));
		break;
	case FIELD_HEX:
		check_hex(place);
		break;
	case FIELD_ENUM:
		check_enum(place);
		break;
	case FIELD_LIST:
		check_items(place, cJSON_GetArrayItem(own, 0));
		check_value(place, cJSON_CreateArray(), DECODE_OK, "no item");
		list = cJSON_CreateArray();
		cJSON_AddItemToArray(list, cJSON_CreateTrue());
		check_value(place, list, DECODE_WRONG_TYPE, "no object inside");
		break;
	case FIELD_EVENTS:
		list = cJSON_CreateArray();
		cJSON_AddItemToArray(list, cJSON_CreateNumber(1));
		check_value(place, list, DECODE_WRONG_TYPE, "no object inside");
		list = cJSON_CreateArray();
		cJSON *event = cJSON_CreateObject();
		cJSON_AddItemToObject(
			event, "x", repeated("a", field->bytes - strlen("{\"x\":\"\"}")));
		cJSON_AddItemToArray(list, event);
		check_value(place, cJSON_Duplicate(list, true), DECODE_OK, "bytes");
		cJSON_ReplaceItemInObject(event, "x", repeated("a", field->bytes));
		check_value(place, list, DECODE_OUT_OF_RANGE, "more bytes");
		break;
	}
}

static void check_types(const struct place *place)
{
	enum field_kind kind = place->field->kind;
	check_value(place, cJSON_CreateNull(), DECODE_WRONG_TYPE, "null");
	check_value(place, cJSON_CreateObject(), DECODE_WRONG_TYPE, "an object");
	if (kind != FIELD_BOOL) {
		check_value(place, cJSON_CreateTrue(), DECODE_WRONG_TYPE, "true");
	}
	if (kind != FIELD_INT) {
		check_value(place, cJSON_CreateNumber(1), DECODE_WRONG_TYPE, "a number");
	}
	if (kind == FIELD_INT || kind == FIELD_BOOL || kind >= FIELD_TEXTS) {
		check_value(place, repeated("1", 1), DECODE_WRONG_TYPE, "a text");
	}
	if (kind < FIELD_TEXTS) {
		check_value(place, cJSON_CreateArray(), DECODE_WRONG_TYPE, "a list");
	}
}

static void check_presence(const struct place *place)
{
	const char *name = place->field->name;
	cJSON *own = cJSON_DetachItemFromObjectCaseSensitive(place->object, name);
	check_status(place, place->field->optional ? DECODE_OK : DECODE_MISSING_FIELD, "missing");
	cJSON_AddItemToObject(place->object, name, own);
	check_status(place, DECODE_OK, "as it was");

	cJSON *twin = cJSON_Duplicate(own, true);
	cJSON_AddItemToObject(place->object, name, twin);
	check_status(place, DECODE_DUPLICATE_FIELD, "twice");
	cJSON_Delete(cJSON_DetachItemViaPointer(place->object, twin));
}

static void check_object(struct place place, const struct record *record)
{
	cJSON *object = place.object;
	for (size_t i = 0; i < record->count; i++) {
		place.field = &record->fields[i];
		check_bounds(&place);
		check_types(&place);
		check_presence(&place);
		if (place.field->kind == FIELD_LIST) {
			cJSON *list = cJSON_GetObjectItemCaseSensitive(object, place.field->name);
			struct place inner = {
				place.row, place.root, cJSON_GetArrayItem(list, 0), NULL};
			check_object(inner, place.field->item());
		}
	}
	static const struct field extra = {.name = "zz"};
	place.field = &extra;
	cJSON_AddItemToObject(object, "zz", cJSON_CreateTrue());
	check_status(&place, DECODE_EXTRA_FIELD, "a field of nobody's");
	cJSON_DeleteItemFromObjectCaseSensitive(object, "zz");
}

static void check_rows(enum message_kind kind)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		const struct message_row *row = &message_rows[type];
		if (row->rule.kind != kind) {
			continue;
		}
		struct sample sample;
		sample_init(&sample, (enum message_type)type, SAMPLE_ONE);
		char *json = sample_encode(&sample, NULL);
		cJSON *root = cJSON_Parse(json);
		REQUIRE(root != NULL);
		check_object((struct place){row, root, root, NULL}, row->record());
		cJSON_Delete(root);
		free(json);
		sample_finish(&sample);
	}
}

static void test_requests(void)
{
	check_rows(MESSAGE_REQUEST);
}

static void test_events(void)
{
	check_rows(MESSAGE_EVENT);
}

int main(void)
{
	RUN(test_requests);
	RUN(test_events);
	printf("# %u messages decoded\n", decoded);
	return tap_done();
}
