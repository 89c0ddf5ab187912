/*
 * The rows of messages.def, made into tables.
 */
#include "protocol/table.h"

#include <assert.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- enumerations ---- */

size_t enumeration_find(const struct enumeration *enumeration, const char *bytes, size_t size)
{
	size_t i = 0;
	for (; i < enumeration->count; i++) {
		const char *value = enumeration->values[i];
		if (strlen(value) == size && memcmp(value, bytes, size) == 0) {
			break;
		}
	}
	return i;
}

static const char *enumeration_text(const struct enumeration *enumeration, size_t value)
{
	assert(value < enumeration->count);
	return enumeration->values[value];
}

#define VALUE(NAME, text) text,
#define ENUMERATION(name, doc, values)                                                             \
	static const char *const values_##name[] = {values};                                       \
	static const struct enumeration enumeration_##name = {                                     \
		#name, doc, values_##name, COUNT(values_##name)};                                  \
	static_assert(sizeof(enum wire_##name) == sizeof(unsigned), "set through unsigned");       \
                                                                                                   \
	const char *wire_##name##_name(enum wire_##name value)                                     \
	{                                                                                          \
		return enumeration_text(&enumeration_##name, value);                               \
	}                                                                                          \
                                                                                                   \
	bool wire_##name##_from_text(const char *bytes, size_t size, enum wire_##name *value)      \
	{                                                                                          \
		size_t found = enumeration_find(&enumeration_##name, bytes, size);                 \
		if (found == COUNT(values_##name)) {                                               \
			return false;                                                              \
		}                                                                                  \
		*value = (enum wire_##name)found;                                                  \
		return true;                                                                       \
	}
#include "protocol/messages.def"

/* ---- fields, records, rows ---- */

#define PRESENCE_REQUIRED(name) .optional = false
#define PRESENCE_OPTIONAL(name) .optional = true, .has_offset = offsetof(self, has_##name)
#define OF_INT(name, of)
#define OF_BOOL(name, of)
#define OF_TEXT(name, of)
#define OF_BODY(name, of)
#define OF_HEX(name, of)
#define OF_ENUM(name, of) .enumeration = &enumeration_##of,
#define OF_TEXTS(name, of) .count_offset = offsetof(self, name##_count),
#define OF_LIST(name, of) .count_offset = offsetof(self, name##_count), .item = item_##of,
#define OF_EVENTS(name, of)

/* A row inside one of the functions below, where `self` is the struct it is a member of. */
#define FIELD(presence, KIND, member, items_, min_, max_, bytes_, of, doc_)                        \
	{                                                                                          \
		.name = #member,                                                                   \
		.key = ",\"" #member "\":",                                                        \
		.name_size = sizeof(#member) - 1,                                                  \
		.kind = FIELD_##KIND,                                                              \
		.offset = offsetof(self, member),                                                  \
		.items = items_,                                                                   \
		.min = min_,                                                                       \
		.max = max_,                                                                       \
		.bytes = bytes_,                                                                   \
		.doc = doc_,                                                                       \
		OF_##KIND(member, of) PRESENCE_##presence(member),                                 \
	},

/* The fields come as `...`, being full of commas by then. The last row, which is none, lets a
 * message be without any. */
#define RECORD(function, struct_name, name_, doc_, ...)                                            \
	static const struct record *function(void)                                                 \
	{                                                                                          \
		typedef struct struct_name self;                                                   \
		static const struct field rows[] = {__VA_ARGS__{.name = NULL}};                    \
		static_assert(COUNT(rows) - 1 <= 64, "the decoder keeps a bit for each field");    \
		static const struct record record = {                                              \
			name_, doc_, rows, COUNT(rows) - 1, sizeof(self)};                         \
		return &record;                                                                    \
	}

#define ITEM(name, doc, fields) RECORD(item_##name, item_##name, #name, doc, fields)
#define REQUEST(NAME, name, wire, roles, credits, doc, fields)                                     \
	RECORD(message_##name, msg_##name, #name, doc,                                             \
		OPT_INT(ref, 0, WIRE_INT_MAX, "Given back in the answer.") fields)
#define EVENT(NAME, name, wire, doc, fields) RECORD(message_##name, msg_##name, #name, doc, fields)
#include "protocol/messages.def"

#define ROW(kind, name, wire, roles, credits)                                                      \
	{                                                                                          \
		{wire, kind, roles, credits}, sizeof(wire) - 1, "{\"type\":\"" wire "\"",          \
			sizeof("{\"type\":\"" wire "\"") - 1, message_##name,                      \
	}

const struct message_row message_rows[TYPE_COUNT] = {
#define REQUEST(NAME, name, wire, roles, credits, doc, fields)                                     \
	[TYPE_##NAME] = ROW(MESSAGE_REQUEST, name, wire, roles, credits),
#define EVENT(NAME, name, wire, doc, fields)                                                       \
	[TYPE_##NAME] = ROW(MESSAGE_EVENT, name, wire, ROLES_NOBODY, 0),
#include "protocol/messages.def"
};

const struct enumeration *const enumeration_list[] = {
#define ENUMERATION(name, doc, values) &enumeration_##name,
#include "protocol/messages.def"
};
const size_t enumeration_count = COUNT(enumeration_list);

const struct record *(*const item_list[])(void) = {
#define ITEM(name, doc, fields) item_##name,
#include "protocol/messages.def"
};
const size_t item_count = COUNT(item_list);

const char *field_kind_name(enum field_kind kind)
{
	static const char *const names[] = {
		[FIELD_INT] = "int",
		[FIELD_BOOL] = "bool",
		[FIELD_TEXT] = "text",
		[FIELD_BODY] = "body",
		[FIELD_HEX] = "hex",
		[FIELD_ENUM] = "enum",
		[FIELD_TEXTS] = "texts",
		[FIELD_LIST] = "list",
		[FIELD_EVENTS] = "events",
	};
	return names[kind];
}

/* ---- what others may ask of a row ---- */

const struct message_rule *message_rule(enum message_type type)
{
	assert((size_t)type < TYPE_COUNT);
	return &message_rows[type].rule;
}

int64_t message_field_max(enum message_type type, const char *field)
{
	assert((size_t)type < TYPE_COUNT);
	const struct record *record = message_rows[type].record();
	size_t i = 0;
	while (i < record->count && strcmp(record->fields[i].name, field) != 0) {
		i++;
	}
	assert(i < record->count);
	const struct field *found = &record->fields[i];
	return found->items != 0 ? found->items : found->max;
}

/* ---- the schema's hash: FNV-1a, 64 bits ---- */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

/* With its NUL, so that names do not run together. */
static uint64_t hash_name(uint64_t hash, const char *name)
{
	return hash_bytes(hash, name, strlen(name) + 1);
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
	for (unsigned shift = 0; shift < 64; shift += 8) {
		uint8_t byte = (uint8_t)(number >> shift);
		hash = hash_bytes(hash, &byte, 1);
	}
	return hash;
}

static uint64_t hash_record(uint64_t hash, const struct record *record)
{
	hash = hash_number(hash, record->count);
	for (size_t i = 0; i < record->count; i++) {
		const struct field *field = &record->fields[i];
		hash = hash_name(hash, field->name);
		hash = hash_name(hash, field_kind_name(field->kind));
		hash = hash_number(hash, field->optional);
		hash = hash_number(hash, (uint64_t)field->items);
		hash = hash_number(hash, (uint64_t)field->min);
		hash = hash_number(hash, (uint64_t)field->max);
		hash = hash_number(hash, field->bytes);
		hash = hash_name(hash, field->enumeration ? field->enumeration->name : "");
		hash = hash_name(hash, field->item ? field->item()->name : "");
	}
	return hash;
}

void protocol_schema_hash(uint8_t out[8])
{
	uint64_t hash = hash_name(UINT64_C(0xcbf29ce484222325), WIRE_PROTOCOL);
	for (size_t i = 0; i < enumeration_count; i++) {
		const struct enumeration *enumeration = enumeration_list[i];
		hash = hash_name(hash, enumeration->name);
		hash = hash_number(hash, enumeration->count);
		for (size_t j = 0; j < enumeration->count; j++) {
			hash = hash_name(hash, enumeration->values[j]);
		}
	}
	for (size_t i = 0; i < item_count; i++) {
		hash = hash_name(hash, item_list[i]()->name);
		hash = hash_record(hash, item_list[i]());
	}
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		hash = hash_name(hash, message_rows[i].rule.wire);
		hash = hash_number(hash, message_rows[i].rule.kind);
		hash = hash_record(hash, message_rows[i].record());
	}
	for (size_t i = 0; i < 8; i++) {
		out[i] = (uint8_t)(hash >> (56 - 8 * i));
	}
}
