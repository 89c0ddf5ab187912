/*
 * One value of a message that a scan has passed, wherever it was read. For protocol/ alone.
 */
#ifndef HARK_PROTOCOL_VALUE_H
#define HARK_PROTOCOL_VALUE_H

#include "protocol/message.h"

struct cJSON;

struct value {
	enum value_kind {
		VALUE_NULL,
		VALUE_NUMBER,
		VALUE_TRUE,
		VALUE_FALSE,
		VALUE_TEXT,
		VALUE_LIST,
		VALUE_OBJECT,
	} kind;
	int64_t number;
	struct text text; /* a TEXT's meaning; of a LIST of the message itself, its bytes */
	const struct cJSON *tree; /* LIST, OBJECT */
};

/* Zeroed memory that lives as long as the message, from where cJSON has its own; NULL: none. */
void *message_block(struct message *message, size_t size);

/*
 * A value as it stands in the message of `size` bytes in all. What is allocated is the message's,
 * from where cJSON has its own. DECODE_OK, or DECODE_UNAVAILABLE without memory.
 */
enum decode_status value_read(
	struct message *message, size_t size, struct text written, struct value *value);

/* A value inside a list or an object; its text is the tree's. */
struct value value_of_tree(const struct cJSON *tree);

#endif
