/* Counts of a stretch of time, and of what waits now: for the daily digest. Numbers alone. */
#ifndef HARK_STORAGE_TABLE_DIGEST_H
#define HARK_STORAGE_TABLE_DIGEST_H

#include "storage/table_outbox.h"

enum {
	DIGEST_KINDS = 32, /* above every kind of event */
};

struct digest_read {
	struct store_job job;
	int64_t from_ms, until_ms; /* UTC */
	int case_closed; /* the daemon's number of that state */
	int64_t now_ms;
	char key[OUTBOX_KEY_BYTES]; /* of the digest's first message in the outbox */
	bool posted; /* the answer: it is there already, and nothing else was read */
	int64_t events[DIGEST_KINDS]; /* the answer: events of each kind in that time */
	int64_t calls_open; /* calls for an adult not closed */
	int64_t cases_due; /* cases to be looked at again by now */
	void *owner;
};

void digest_read_init(struct digest_read *read);

#endif
