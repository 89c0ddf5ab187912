/*
 * Fuzzes the decoder. Whatever the bytes: no crash, a refusal says why; and what decodes encodes,
 * within its bound, to something that decodes to the same. And whatever passes the scan, our own
 * reading of its members finds what cJSON finds.
 */
#include "protocol/member.h"
#include "protocol/scan.h"
#include "protocol/table.h"
#include "tests/fuzz/drive.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static void check_problem(enum decode_status status, const struct decode_problem *problem)
{
	MUST(problem->code == (enum wire_code)(status - 1));
	MUST(wire_code_name(problem->code) != NULL);
	MUST(problem->sentence[0] != '\0');
	MUST(memchr(problem->sentence, '\0', sizeof(problem->sentence)) != NULL);
	MUST(memchr(problem->field, '\0', sizeof(problem->field)) != NULL);
	MUST(!problem->has_ref || (problem->ref >= 0 && problem->ref <= WIRE_INT_MAX));
}

static char *encode(const struct message *message, size_t *size)
{
	size_t bound = message_encode_bound(message->type, &message->hello);
	char *json = malloc(bound);
	MUST(json != NULL);
	*size = message_encode(message->type, &message->hello, json, bound);
	MUST(*size > 0);
	return json;
}

static void check_round_trip(const struct message *message)
{
	size_t size, size_again;
	char *json = encode(message, &size);
	struct message again;
	struct decode_problem problem;
	MUST(message_decode(json, size, &again, &problem) == DECODE_OK);
	MUST(again.type == message->type);
	char *json_again = encode(&again, &size_again);
	MUST(size_again == size && memcmp(json, json_again, size) == 0);
	free(json_again);
	free(json);
	message_finish(&again);
}

/* depth: a batch may hold a batch. */
static void try_decode(const char *bytes, size_t size, unsigned depth)
{
	struct message_head head;
	struct decode_problem problem;
	enum decode_status peeked = message_peek(bytes, size, &head, &problem);
	if (peeked != DECODE_OK) {
		check_problem(peeked, &problem);
	}
	struct message message;
	enum decode_status status = message_decode(bytes, size, &message, &problem);
	if (status != DECODE_OK) {
		check_problem(status, &problem);
		MUST(peeked == DECODE_OK || peeked == status);
		return;
	}
	MUST(peeked == DECODE_OK && head.type == message.type);
	check_round_trip(&message);
	if (message.type == TYPE_BATCH) {
		MUST(depth < WIRE_DEPTH_MAX);
		struct text rest = message.batch.events, event;
		while (message_next_event(&rest, &event)) {
			try_decode(event.bytes, event.size, depth + 1);
		}
	}
	message_finish(&message);
}

/* ---- our reading and cJSON's ---- */

static void check_same_text(struct text quoted, const char *text)
{
	char *out = malloc(quoted.size);
	MUST(out != NULL);
	size_t size = member_text(quoted, out);
	MUST(size + 2 <= quoted.size);
	MUST(size == strlen(text) && memcmp(out, text, size) == 0);
	free(out);
}

static void check_same_value(struct text written, const cJSON *value)
{
	switch (written.bytes[0]) {
	case '"':
		MUST(cJSON_IsString(value));
		check_same_text(written, value->valuestring);
		return;
	case '{':
	case '[': {
		cJSON *tree = cJSON_ParseWithLength(written.bytes, written.size);
		MUST(tree != NULL && tree->type == value->type);
		char *ours = cJSON_PrintUnformatted(tree), *all = cJSON_PrintUnformatted(value);
		MUST(ours != NULL && all != NULL && strcmp(ours, all) == 0);
		cJSON_free(ours);
		cJSON_free(all);
		cJSON_Delete(tree);
		return;
	}
	case 't':
		MUST(cJSON_IsTrue(value) && written.size == strlen("true"));
		return;
	case 'f':
		MUST(cJSON_IsFalse(value) && written.size == strlen("false"));
		return;
	case 'n':
		MUST(cJSON_IsNull(value) && written.size == strlen("null"));
		return;
	default:
		MUST(cJSON_IsNumber(value));
		MUST((double)scan_number(written) == value->valuedouble);
		return;
	}
}

static void check_same_members(const char *bytes, size_t size)
{
	if (scan_message(bytes, size, NULL, 0).status != DECODE_OK) {
		return;
	}
	cJSON *tree = cJSON_ParseWithLength(bytes, size);
	MUST(cJSON_IsObject(tree));
	struct text rest = member_first(bytes, size);
	struct member member;
	const cJSON *value = tree->child;
	for (; member_next(&rest, &member); value = value->next) {
		MUST(value != NULL && strlen(value->string) == member.name.size);
		MUST(memcmp(value->string, member.name.bytes, member.name.size) == 0);
		check_same_value(member.value, value);
	}
	MUST(value == NULL);
	cJSON_Delete(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_same_members((const char *)data, size);
	try_decode((const char *)data, size, 0);
	return 0;
}
