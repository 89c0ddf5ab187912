/*
 * Fuzzes the decoder. Whatever the bytes: no crash, a refusal says why; and what decodes encodes,
 * within its bound, to something that decodes to the same.
 */
#include "protocol/table.h"
#include "tests/fuzz/drive.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_decode((const char *)data, size, 0);
	return 0;
}
