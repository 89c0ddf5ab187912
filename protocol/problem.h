/*
 * Filling in a struct decode_problem. For protocol/ alone. Both return the status they were given,
 * and leave the ref as it is.
 */
#ifndef HARK_PROTOCOL_PROBLEM_H
#define HARK_PROTOCOL_PROBLEM_H

#include "protocol/table.h"

/* field: as the peer wrote it, or empty; repeated only when it could be a name of ours. */
enum decode_status problem_set(
	struct decode_problem *problem, enum decode_status status, struct text field);

/* With a sentence that says what the field must be. */
enum decode_status problem_set_field(
	struct decode_problem *problem, enum decode_status status, const struct field *field);

#endif
