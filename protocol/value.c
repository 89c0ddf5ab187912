/*
 * Values: flat ones are read where they stand, for lists and objects cJSON builds the tree. And the
 * memory that they take, until it is wiped and freed.
 */
#include "protocol/value.h"

#include "protocol/member.h"
#include "protocol/scan.h"

#include <cjson/cJSON.h>
#include <stdalign.h>

/* Memory of a decoded list. */
struct block {
	struct block *next;
	alignas(max_align_t) unsigned char data[];
};

void *message_block(struct message *message, size_t size)
{
	struct block *block = cJSON_malloc(sizeof(*block) + size);
	if (block == NULL) {
		return NULL;
	}
	memset(block, 0, sizeof(*block) + size);
	block->next = message->blocks;
	message->blocks = block;
	return block->data;
}

/* Room for all texts of the message, which together are shorter than it. */
static char *text_room(struct message *message, size_t size)
{
	if (message->texts == NULL) {
		message->texts = cJSON_malloc(size);
		message->texts_size = 0;
	}
	return message->texts != NULL ? message->texts + message->texts_size : NULL;
}

static enum decode_status read_text(
	struct message *message, size_t size, struct text quoted, struct value *value)
{
	char *room = text_room(message, size);
	if (room == NULL) {
		return DECODE_UNAVAILABLE;
	}
	value->kind = VALUE_TEXT;
	value->text = (struct text){room, member_text(quoted, room)};
	message->texts_size += value->text.size;
	return DECODE_OK;
}

static enum decode_status read_tree(
	struct message *message, struct text written, struct value *value)
{
	cJSON *tree = cJSON_ParseWithLength(written.bytes, written.size);
	if (tree == NULL) {
		return DECODE_UNAVAILABLE;
	}
	tree->next = message->tree; /* freed as one list */
	message->tree = tree;
	value->kind = cJSON_IsArray(tree) ? VALUE_LIST : VALUE_OBJECT;
	value->text = written;
	value->tree = tree;
	return DECODE_OK;
}

enum decode_status value_read(
	struct message *message, size_t size, struct text written, struct value *value)
{
	*value = (struct value){0};
	switch (written.bytes[0]) {
	case '"':
		return read_text(message, size, written, value);
	case '[':
	case '{':
		return read_tree(message, written, value);
	case 't':
		value->kind = VALUE_TRUE;
		return DECODE_OK;
	case 'f':
		value->kind = VALUE_FALSE;
		return DECODE_OK;
	case 'n':
		return DECODE_OK;
	default:
		value->kind = VALUE_NUMBER;
		value->number = scan_number(written);
		return DECODE_OK;
	}
}

struct value value_of_tree(const cJSON *tree)
{
	struct value value = {.tree = tree};
	if (cJSON_IsString(tree)) {
		value.kind = VALUE_TEXT;
		value.text = text_of(tree->valuestring);
	} else if (cJSON_IsNumber(tree)) {
		/* The scan has seen to it that this is whole and within 2^53 - 1. */
		value.kind = VALUE_NUMBER;
		value.number = (int64_t)tree->valuedouble;
	} else if (cJSON_IsBool(tree)) {
		value.kind = cJSON_IsTrue(tree) ? VALUE_TRUE : VALUE_FALSE;
	} else if (cJSON_IsArray(tree)) {
		value.kind = VALUE_LIST;
	} else if (cJSON_IsObject(tree)) {
		value.kind = VALUE_OBJECT;
	}
	return value;
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
	if (message->texts != NULL) {
		explicit_bzero(message->texts, message->texts_size);
		cJSON_free(message->texts);
	}
	while (message->blocks != NULL) {
		struct block *block = message->blocks;
		message->blocks = block->next;
		cJSON_free(block);
	}
	explicit_bzero(message, sizeof(*message));
}
