/*
 * Messages made from the rows alone.
 */
#include "tests/unit/protocol/sample.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

struct sample_block {
	struct sample_block *next;
	alignas(max_align_t) unsigned char data[];
};

static void *take(struct sample *sample, size_t size)
{
	struct sample_block *block = calloc(1, sizeof(*block) + size);
	if (block == NULL) {
		abort();
	}
	block->next = sample->blocks;
	sample->blocks = block;
	return block->data;
}

static struct text repeat(struct sample *sample, struct text piece, size_t count)
{
	char *bytes = take(sample, piece.size * count + 1);
	for (size_t i = 0; i < count; i++) {
		memcpy(bytes + i * piece.size, piece.bytes, piece.size);
	}
	return (struct text){bytes, piece.size * count};
}

static struct text make_text(struct sample *sample, const struct field *field, enum sample_how how)
{
	/* By width; U+1F3EE is a lantern. */
	static const char *const points[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8f\xae"};
	size_t min = (size_t)field->min, max = (size_t)field->max;
	size_t width = field->bytes / max;
	switch (how) {
	case SAMPLE_LEAST:
		return repeat(sample, text_of("a"), min);
	case SAMPLE_MOST:
		return repeat(sample, text_of(points[(width > 4 ? 4 : width) - 1]), max);
	case SAMPLE_ESCAPED:
		return repeat(sample, text_of(min % 3 == 1 ? "\"" : "\\\"\t"),
			min % 3 == 1 ? (min > 1 ? min : 2) : (min + 2) / 3 + 1);
	default:
		return repeat(sample, text_of("b"), min > 2 ? min : 2);
	}
}

static struct text make_events(
	struct sample *sample, const struct field *field, enum sample_how how)
{
	static const char event[] = "{\"type\":\"reload\"}";
	if (how == SAMPLE_LEAST) {
		return (struct text){0};
	}
	size_t count = how == SAMPLE_MOST ? field->bytes / sizeof(event) : 1;
	struct text all =
		repeat(sample, (struct text){"{\"type\":\"reload\"},", sizeof(event)}, count);
	return (struct text){all.bytes, all.size - 1};
}

static void fill(struct sample *sample, const struct record *record, enum sample_how how,
	unsigned char *base);

static void fill_list(
	struct sample *sample, const struct field *field, enum sample_how how, unsigned char *base)
{
	size_t count = how == SAMPLE_LEAST ? 0 : how == SAMPLE_MOST ? (size_t)field->items : 1;
	size_t size = field->kind == FIELD_TEXTS ? sizeof(struct text) : field->item()->size;
	unsigned char *items = count > 0 ? take(sample, count * size) : NULL;
	for (size_t i = 0; i < count; i++) {
		if (field->kind == FIELD_TEXTS) {
			struct text text = make_text(sample, field, how);
			memcpy(items + i * size, &text, sizeof(text));
		} else {
			fill(sample, field->item(), how, items + i * size);
		}
	}
	memcpy(base + field->offset, &items, sizeof(items));
	memcpy(base + field->count_offset, &count, sizeof(count));
}

static void fill_field(
	struct sample *sample, const struct field *field, enum sample_how how, unsigned char *base)
{
	unsigned char *out = base + field->offset;
	bool most = how == SAMPLE_MOST;
	int64_t number = most ? field->max : field->min;
	bool truth = most;
	unsigned value = most && field->enumeration ? (unsigned)field->enumeration->count - 1 : 0;
	struct text text;
	switch (field->kind) {
	case FIELD_INT:
		memcpy(out, &number, sizeof(number));
		break;
	case FIELD_BOOL:
		memcpy(out, &truth, sizeof(truth));
		break;
	case FIELD_TEXT:
	case FIELD_BODY:
		text = make_text(sample, field, how);
		memcpy(out, &text, sizeof(text));
		break;
	case FIELD_HEX:
		for (size_t i = 0; i < field->bytes; i++) {
			out[i] = (unsigned char)(most ? 0xff : 0x10 + i);
		}
		break;
	case FIELD_ENUM:
		memcpy(out, &value, sizeof(value));
		break;
	case FIELD_TEXTS:
	case FIELD_LIST:
		fill_list(sample, field, how, base);
		break;
	case FIELD_EVENTS:
		text = make_events(sample, field, how);
		memcpy(out, &text, sizeof(text));
		break;
	}
}

static void fill(struct sample *sample, const struct record *record, enum sample_how how,
	unsigned char *base)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		if (field->optional) {
			if (how == SAMPLE_LEAST) {
				continue;
			}
			bool has = true;
			memcpy(base + field->has_offset, &has, sizeof(has));
		}
		fill_field(sample, field, how, base);
	}
}

void sample_init(struct sample *sample, enum message_type type, enum sample_how how)
{
	*sample = (struct sample){.type = type};
	const struct record *record = message_rows[type].record();
	sample->message = take(sample, record->size + 1);
	fill(sample, record, how, sample->message);
}

void sample_finish(struct sample *sample)
{
	while (sample->blocks != NULL) {
		struct sample_block *block = sample->blocks;
		sample->blocks = block->next;
		free(block);
	}
}

char *sample_encode(const struct sample *sample, size_t *size)
{
	size_t bound = message_encode_bound(sample->type, sample->message);
	char *json = malloc(bound + 1);
	if (json == NULL) {
		abort();
	}
	size_t used = message_encode(sample->type, sample->message, json, bound);
	json[used] = '\0';
	if (size != NULL) {
		*size = used;
	}
	return json;
}

/* ---- comparing ---- */

static bool text_equal(const void *left, const void *right)
{
	struct text a, b;
	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

static bool list_equal(
	const struct field *field, const unsigned char *left, const unsigned char *right)
{
	size_t count, other;
	const unsigned char *a, *b;
	memcpy(&count, left + field->count_offset, sizeof(count));
	memcpy(&other, right + field->count_offset, sizeof(other));
	memcpy(&a, left + field->offset, sizeof(a));
	memcpy(&b, right + field->offset, sizeof(b));
	bool equal = count == other;
	for (size_t i = 0; equal && i < count; i++) {
		if (field->kind == FIELD_TEXTS) {
			equal = text_equal(
				a + i * sizeof(struct text), b + i * sizeof(struct text));
		} else {
			size_t size = field->item()->size;
			equal = sample_equal(field->item(), a + i * size, b + i * size);
		}
	}
	return equal;
}

static bool field_equal(
	const struct field *field, const unsigned char *left, const unsigned char *right)
{
	size_t size = 0;
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_BODY:
	case FIELD_EVENTS:
		return text_equal(left + field->offset, right + field->offset);
	case FIELD_TEXTS:
	case FIELD_LIST:
		return list_equal(field, left, right);
	case FIELD_INT:
		size = sizeof(int64_t);
		break;
	case FIELD_BOOL:
		size = sizeof(bool);
		break;
	case FIELD_ENUM:
		size = sizeof(unsigned);
		break;
	case FIELD_HEX:
		size = field->bytes;
		break;
	}
	return memcmp(left + field->offset, right + field->offset, size) == 0;
}

bool sample_equal(const struct record *record, const void *left, const void *right)
{
	const unsigned char *a = left, *b = right;
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		bool has = true;
		if (field->optional) {
			has = *(const bool *)(a + field->has_offset);
			if (has != *(const bool *)(b + field->has_offset)) {
				printf("# %s.%s: there or not\n", record->name, field->name);
				return false;
			}
		}
		if (has && !field_equal(field, a, b)) {
			printf("# %s.%s differs\n", record->name, field->name);
			return false;
		}
	}
	return true;
}
