/*
 * The messages of hark.v1 as C: a struct each, decoded from JSON and encoded to it.
 *
 * All of it is made from messages.def. For a row
 *
 *	REQUEST(CHAT_SEND, chat_send, "chat.send", ...)
 *
 * there are TYPE_CHAT_SEND, struct msg_chat_send and the member `chat_send` of struct message;
 * for ENUMERATION(phase, ...) enum wire_phase { WIRE_PHASE_WAITING, ... } and its names; for
 * ITEM(person, ...) struct item_person. A field's kind decides its member:
 *
 *	INT     int64_t x;                  BOOL   bool x;
 *	TEXT    struct text x;              BODY   struct text x;
 *	HEX     uint8_t x[bytes];           ENUM   enum wire_... x;
 *	TEXTS   const struct text *x;       and size_t x_count;
 *	LIST    const struct item_... *x;   and size_t x_count;
 *	EVENTS  struct text x;              events in JSON with commas between, message_next_event
 *
 * An OPT_ field has `bool has_x;` before it. Every request begins with has_ref and ref. A message
 * without any field is an empty struct and may be given as NULL.
 *
 * Longer than a header should be, because it is all that anybody outside of protocol/ includes.
 */
#ifndef HARK_PROTOCOL_MESSAGE_H
#define HARK_PROTOCOL_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WIRE_PROTOCOL "hark.v1" /* the WebSocket subprotocol */
#define WIRE_INT_MAX 9007199254740991LL /* 2^53 - 1: what JavaScript can count to */
#define WIRE_FRAME_MAX 65536 /* bytes of one message to the server */
#define WIRE_DEPTH_MAX 8 /* objects and lists inside each other */

/* ---- made from messages.def ---- */

#define VALUE(NAME, text) WIRE_##NAME,
#define ENUMERATION(name, doc, values)                                                             \
	enum wire_##name{values};                                                                  \
	/* The value's text on the wire; for a value there is none of, an assertion. */            \
	const char *wire_##name##_name(enum wire_##name value);                                    \
	/* False when no value has this text; *value is then untouched. */                         \
	bool wire_##name##_from_text(const char *bytes, size_t size, enum wire_##name *value);
#include "protocol/messages.def"

enum message_type {
#define REQUEST(NAME, name, wire, roles, credits, doc, fields) TYPE_##NAME,
#define EVENT(NAME, name, wire, doc, fields) TYPE_##NAME,
#include "protocol/messages.def"
	TYPE_COUNT
};

/* UTF-8, without a terminator to rely on. Who gives one to whom says how long it lives. */
struct text {
	const char *bytes;
	size_t size; /* bytes */
};

static inline struct text text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

#define HAS_REQUIRED(name)
#define HAS_OPTIONAL(name) bool has_##name;
#define MEMBER_INT(name, bytes, of) int64_t name;
#define MEMBER_BOOL(name, bytes, of) bool name;
#define MEMBER_TEXT(name, bytes, of) struct text name;
#define MEMBER_BODY(name, bytes, of) struct text name;
#define MEMBER_HEX(name, bytes, of) uint8_t name[bytes];
#define MEMBER_ENUM(name, bytes, of) enum wire_##of name;
#define MEMBER_TEXTS(name, bytes, of)                                                              \
	const struct text *name;                                                                   \
	size_t name##_count;
#define MEMBER_LIST(name, bytes, of)                                                               \
	const struct item_##of *name;                                                              \
	size_t name##_count;
#define MEMBER_EVENTS(name, bytes, of) struct text name;

#define FIELD(presence, kind, name, items, min, max, bytes, of, doc)                               \
	HAS_##presence(name) MEMBER_##kind(name, bytes, of)
#define ITEM(name, doc, fields)                                                                    \
	struct item_##name {                                                                       \
		fields                                                                             \
	};
#define REQUEST(NAME, name, wire, roles, credits, doc, fields)                                     \
	struct msg_##name {                                                                        \
		bool has_ref;                                                                      \
		int64_t ref;                                                                       \
		fields                                                                             \
	};
/* __extension__: an event without fields has a struct without members. */
#define EVENT(NAME, name, wire, doc, fields)                                                       \
	__extension__ struct msg_##name {                                                          \
		fields                                                                             \
	};
#include "protocol/messages.def"

#undef HAS_REQUIRED
#undef HAS_OPTIONAL
#undef MEMBER_INT
#undef MEMBER_BOOL
#undef MEMBER_TEXT
#undef MEMBER_BODY
#undef MEMBER_HEX
#undef MEMBER_ENUM
#undef MEMBER_TEXTS
#undef MEMBER_LIST
#undef MEMBER_EVENTS

/* A decoded message. All it points to is valid until message_finish. */
struct message {
	enum message_type type;
	union {
#define REQUEST(NAME, name, wire, roles, credits, doc, fields) struct msg_##name name;
#define EVENT(NAME, name, wire, doc, fields) struct msg_##name name;
#include "protocol/messages.def"
	};
	char *texts; /* owned: those of the message itself, one behind the other */
	size_t texts_size;
	void *tree; /* owned: cJSON's, of lists, chained; holds their texts */
	struct block *blocks; /* owned: lists, chained */
};

/* ---- what a row says about its message ---- */

#define ROLE_BIT(ROLE) (1u << WIRE_ROLE_##ROLE)
#define ROLES_NOBODY 0u
#define ROLES_ADULT (ROLE_BIT(COUNSELOR) | ROLE_BIT(MANAGER))
#define ROLES_STAFF (ROLE_BIT(SUPPORTER) | ROLES_ADULT)
#define ROLES_PEOPLE (ROLE_BIT(VISITOR) | ROLES_STAFF)
#define ROLES_SETUP ROLE_BIT(OPERATOR)
#define ROLES_ANY (ROLES_PEOPLE | ROLE_BIT(OPERATOR))

enum message_kind {
	MESSAGE_REQUEST, /* client to server */
	MESSAGE_EVENT, /* server to client */
};

struct message_rule {
	const char *wire; /* "chat.send" */
	enum message_kind kind;
	unsigned roles; /* ROLE_BITs of who may send it; none for an event */
	unsigned credits; /* what it costs the sender; 0 for an event */
};

/* The row of a type below TYPE_COUNT. */
const struct message_rule *message_rule(enum message_type type);

/*
 * The upper bound of a field: items of a list, code points of a text, largest number. For callers
 * that must cut what they have to what fits. That there is such a field is asserted.
 */
int64_t message_field_max(enum message_type type, const char *field);

/*
 * A hash over the names, kinds and bounds of all enumerations, items and messages; documentation,
 * roles and credits do not count. About 30 us: keep it. Not for security (FNV-1a).
 */
void protocol_schema_hash(uint8_t hash[8]);

/* ---- decoding ---- */

/* One status for each thing a peer can do wrong, equal to 1 + the code it is answered with. */
enum decode_status {
	DECODE_OK = 0,
	DECODE_BAD_JSON = 1 + WIRE_CODE_BAD_JSON, /* RFC 8259, or deeper than 8 */
	DECODE_UNKNOWN_TYPE = 1 + WIRE_CODE_UNKNOWN_TYPE, /* no row has this "type" */
	DECODE_MISSING_FIELD = 1 + WIRE_CODE_MISSING_FIELD, /* "type" counts as one */
	DECODE_EXTRA_FIELD = 1 + WIRE_CODE_EXTRA_FIELD, /* not in the row */
	DECODE_DUPLICATE_FIELD = 1 + WIRE_CODE_DUPLICATE_FIELD, /* the same name twice */
	DECODE_WRONG_TYPE = 1 + WIRE_CODE_WRONG_TYPE, /* 1.5, 1e3 and null too */
	DECODE_OUT_OF_RANGE = 1 + WIRE_CODE_OUT_OF_RANGE, /* number, length, count, value */
	DECODE_BAD_TEXT = 1 + WIRE_CODE_BAD_TEXT, /* UTF-8, NUL, controls, surrogates, hex */
	DECODE_UNAVAILABLE = 1 + WIRE_CODE_UNAVAILABLE, /* not the peer's fault: no memory */
};

/* Why a message was refused, as an `error` tells it. Of the peer's text a field's name at most. */
struct decode_problem {
	enum wire_code code;
	char field[41]; /* the field at fault, empty when there is none */
	char sentence[161]; /* never empty */
	bool has_ref; /* the message's ref could be read */
	int64_t ref;
};

/* What is known of a message before it is decoded. */
struct message_head {
	enum message_type type;
	bool has_ref;
	int64_t ref;
	size_t values; /* objects, lists, texts, numbers, words it consists of */
};

/*
 * Reads the type and the ref, and holds the bytes to JSON (RFC 8259), UTF-8 and the depth, in one
 * pass without allocating: a refusal for other reasons than the fields costs no decode. Bytes that
 * pass can still fail message_decode. Sets *head on success, *problem otherwise (its ref always).
 */
enum decode_status message_peek(
	const char *bytes, size_t size, struct message_head *head, struct decode_problem *problem);

/*
 * Decodes a request or an event: every field is there, once, of its type and within its bounds,
 * and nothing besides. The caller has bounded size (WIRE_FRAME_MAX). On success *out is set and
 * message_finish is due, and bytes are not needed any more; otherwise *problem is set. Not on two
 * threads at once: cJSON keeps its last error in a global.
 */
enum decode_status message_decode(
	const char *bytes, size_t size, struct message *out, struct decode_problem *problem);

/* The same for bytes that message_peek has passed and told *head of: they are not scanned again. */
enum decode_status message_decode_peeked(const char *bytes, size_t size,
	const struct message_head *head, struct message *out, struct decode_problem *problem);

/*
 * Frees what a decoded message points to, and wipes its texts and the struct: it may hold a
 * password. NULL and all-zero are fine; twice is too.
 */
void message_finish(struct message *message);

/*
 * Takes the first event off the front of an EVENTS field of a decoded message, to be decoded by
 * itself: while (message_next_event(&rest, &event)) ... False when none is left.
 */
bool message_next_event(struct text *rest, struct text *event);

/* ---- encoding ---- */

/*
 * Writes a message as JSON without a terminator and returns its bytes, or 0 when it does not fit
 * the capacity; the buffer then holds rubbish. `message` is the type's struct msg_. Its numbers,
 * enumerations and counts must be within the row's bounds (asserted, they are ours); texts are
 * valid UTF-8, and whoever stored them has bounded them.
 */
size_t message_encode(enum message_type type, const void *message, char *buffer, size_t capacity);

/* As many bytes as message_encode can at most need for this very message: one pass, no guess. */
size_t message_encode_bound(enum message_type type, const void *message);

#endif
