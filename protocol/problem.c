/*
 * Why a message was refused, in words. None of them are the peer's.
 */
#include "protocol/problem.h"

#include <stdio.h>

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

enum decode_status problem_set(
	struct decode_problem *problem, enum decode_status status, struct text field)
{
	static const char *const sentences[] = {
		[DECODE_BAD_JSON] = "This is not one JSON object, or it is nested too deep.",
		[DECODE_UNKNOWN_TYPE] = "No message has this type.",
		[DECODE_MISSING_FIELD] = "A field is missing.",
		[DECODE_EXTRA_FIELD] = "The message has no such field.",
		[DECODE_DUPLICATE_FIELD] = "A field is there twice.",
		[DECODE_WRONG_TYPE] = "A field has the wrong type; numbers are whole.",
		[DECODE_OUT_OF_RANGE] =
			"A number is beyond 2^53 - 1, or there are too many of something.",
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

enum decode_status problem_set_field(
	struct decode_problem *problem, enum decode_status status, const struct field *field)
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
	char *sentence = problem->sentence;
	size_t size = sizeof(problem->sentence);
	problem_set(problem, status, (struct text){field->name, field->name_size});
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
