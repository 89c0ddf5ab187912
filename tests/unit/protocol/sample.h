/*
 * Messages made from the rows alone: every field filled, so that tests and the fuzzer's corpus
 * cover a new row on the day it is written.
 */
#ifndef HARK_TESTS_UNIT_PROTOCOL_SAMPLE_H
#define HARK_TESTS_UNIT_PROTOCOL_SAMPLE_H

#include "protocol/table.h"

enum sample_how {
	SAMPLE_LEAST, /* smallest values, empty lists, nothing optional */
	SAMPLE_ONE, /* everything optional, one item a list, short texts: good to change */
	SAMPLE_MOST, /* largest values, full lists, the widest code points that fit */
	SAMPLE_ESCAPED, /* as ONE, texts full of what JSON escapes */
	SAMPLE_COUNT
};

struct sample {
	enum message_type type;
	void *message; /* the type's struct msg_ */
	struct sample_block *blocks; /* owned */
};

void sample_init(struct sample *sample, enum message_type type, enum sample_how how);
void sample_finish(struct sample *sample);

/* The sample as JSON with a NUL behind it, to be freed; *size may be NULL. */
char *sample_encode(const struct sample *sample, size_t *size);

/* The two structs say the same; prints the field that differs. */
bool sample_equal(const struct record *record, const void *left, const void *right);

#endif
