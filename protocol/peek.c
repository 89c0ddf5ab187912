/*
 * The type and the ref of a message, without building a tree.
 */
#include "protocol/message.h"

#include "protocol/problem.h"
#include "protocol/scan.h"
#include "protocol/table.h"

static bool find_type(struct text wire, enum message_type *type)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		const struct message_row *row = &message_rows[i];
		if (row->wire_size == wire.size &&
			memcmp(row->rule.wire, wire.bytes, wire.size) == 0) {
			*type = (enum message_type)i;
			return true;
		}
	}
	return false;
}

/* What a ref may be is said in messages.def; anything else is no ref here and refused later. */
static bool read_ref(struct text value, int64_t *ref)
{
	if (value.size == 0 || value.size > 16) {
		return false;
	}
	for (size_t i = 0; i < value.size; i++) {
		if (value.bytes[i] < '0' || value.bytes[i] > '9') {
			return false;
		}
	}
	int64_t number = scan_number(value);
	if (number > WIRE_INT_MAX) {
		return false;
	}
	*ref = number;
	return true;
}

enum decode_status message_peek(
	const char *bytes, size_t size, struct message_head *head, struct decode_problem *problem)
{
	enum {
		TYPE,
		REF,
		COUNT
	};
	struct scan_member members[COUNT] = {[TYPE] = {.name = "type"}, [REF] = {.name = "ref"}};
	struct scan_result result = scan_message(bytes, size, members, COUNT);

	struct message_head found = {0};
	found.has_ref = read_ref(members[REF].value, &found.ref);
	problem->has_ref = found.has_ref;
	problem->ref = found.ref;
	if (result.status != DECODE_OK) {
		return problem_set(problem, result.status, result.field);
	}

	struct text type = members[TYPE].value;
	if (type.size == 0) {
		return problem_set(problem, DECODE_MISSING_FIELD, text_of("type"));
	}
	if (type.bytes[0] != '"') {
		return problem_set(problem, DECODE_WRONG_TYPE, text_of("type"));
	}
	if (!find_type((struct text){type.bytes + 1, type.size - 2}, &found.type)) {
		return problem_set(problem, DECODE_UNKNOWN_TYPE, text_of("type"));
	}
	found.values = result.values;
	*head = found;
	return DECODE_OK;
}
