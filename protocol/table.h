/*
 * The rows of messages.def as data: what decoder, encoder, generator and tests walk. For protocol/
 * and its tests; everybody else needs message.h alone.
 */
#ifndef HARK_PROTOCOL_TABLE_H
#define HARK_PROTOCOL_TABLE_H

#include "protocol/message.h"

struct enumeration {
	const char *name;
	const char *doc;
	const char *const *values; /* texts on the wire, by value */
	size_t count;
};

enum field_kind {
	FIELD_INT,
	FIELD_BOOL,
	FIELD_TEXT,
	FIELD_BODY,
	FIELD_HEX,
	FIELD_ENUM,
	FIELD_TEXTS,
	FIELD_LIST,
	FIELD_EVENTS,
};

struct record;

struct field {
	const char *name;
	const char *key; /* as encoded: ,"name": */
	size_t name_size; /* bytes; the key has 4 more */
	enum field_kind kind;
	bool optional;
	size_t has_offset; /* of the has_ member, when optional */
	size_t offset; /* of the member */
	size_t count_offset; /* of the _count member of TEXTS and LIST */
	int64_t min, max; /* INT: the number; texts: code points */
	int64_t items; /* TEXTS, LIST: at most so many */
	size_t bytes; /* TEXT, BODY, TEXTS, EVENTS: at most; HEX: of the member */
	const struct enumeration *enumeration; /* ENUM */
	const struct record *(*item)(void); /* LIST */
	const char *doc;
};

/* An object: an item, or a message without its "type". */
struct record {
	const char *name;
	const char *doc;
	const struct field *fields; /* in the order of the row */
	size_t count; /* at most 64: the decoder keeps a bit for each */
	size_t size; /* of the struct, bytes */
};

struct message_row {
	struct message_rule rule;
	size_t wire_size; /* bytes of rule.wire */
	const char *open; /* as encoded: {"type":"chat.send" */
	size_t open_size;
	const struct record *(*record)(void);
};

extern const struct message_row message_rows[TYPE_COUNT];

/* In the order of messages.def, for the generator and the schema's hash. */
extern const struct enumeration *const enumeration_list[];
extern const size_t enumeration_count;
extern const struct record *(*const item_list[])(void);
extern const size_t item_count;

const char *field_kind_name(enum field_kind kind);

/* The index of this text in an enumeration, or its count when there is none. */
size_t enumeration_find(const struct enumeration *enumeration, const char *bytes, size_t size);

#endif
