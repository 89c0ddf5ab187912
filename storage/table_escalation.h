/*
 * Calls for an adult: how each stands, and who was told of it. A row is written in the transaction
 * of the event that moved it, so the two cannot differ.
 */
#ifndef HARK_STORAGE_TABLE_ESCALATION_H
#define HARK_STORAGE_TABLE_ESCALATION_H

#include "storage/store.h"

enum {
	ESCALATION_PAGE_ID_BYTES = 16,
	ESCALATION_NOTE_BYTES = 2001, /* with the terminator */
	ESCALATION_WHO_BYTES = 80 * 4 + 1,
	ESCALATION_MESSAGE_BYTES = 80,
	ESCALATION_TOLD_MAX = 40, /* the newest so many are read back */
};

struct escalation_row {
	int64_t id, room;
	int source, reason; /* the daemon's numbers, as are stage and outcome */
	int64_t raised_by; /* account; 0: the visitor or the daemon */
	int64_t raised_ms; /* UTC, as all here */
	bool has_page_id;
	uint8_t page_id[ESCALATION_PAGE_ID_BYTES]; /* made by who called, against doubles */
	char note[ESCALATION_NOTE_BYTES];
	bool tell;
	int stage;
	int64_t steps, climb, since_ms; /* of the ladder */
	int64_t opened_by, opened_ms, taken_by, taken_ms, handed_to; /* accounts; 0: nobody */
	int64_t closed_ms; /* 0: open */
	int outcome;
};

struct escalation_told_row {
	int64_t escalation, at_ms;
	int channel;
	char who[ESCALATION_WHO_BYTES];
	char message[ESCALATION_MESSAGE_BYTES]; /* the outbox's key; empty: on the screen */
	bool failed; /* or not delivered yet */
};

/* Writes the row, new or not, and adds who was told, in whatever transaction db is in. */
enum store_status escalation_save(struct store_db *db, const struct escalation_row *row,
	const struct escalation_told_row *told, size_t told_count);

/* A message about one was delivered, or failed after all. free() it in done. */
struct escalation_told_write {
	struct store_job job;
	int64_t escalation;
	char message[ESCALATION_MESSAGE_BYTES];
	bool failed;
	void *owner;
};

struct escalation_told_write *escalation_told_write_create(
	int64_t escalation, const char *message, bool failed);

/* All that are open, and those closed after closed_after_ms, in the order they were raised.
 * Start-up. */
enum store_status escalation_load(struct store_db *db, int64_t closed_after_ms,
	bool (*each)(void *data, const struct escalation_row *row), void *data);

/* Who was told of one: the newest ESCALATION_TOLD_MAX, oldest first. */
enum store_status escalation_load_told(struct store_db *db, int64_t escalation,
	bool (*each)(void *data, const struct escalation_told_row *row), void *data);

/* A room's, the newest `limit`, newest first. */
enum store_status escalation_of_room(struct store_db *db, int64_t room, size_t limit,
	bool (*each)(void *data, const struct escalation_row *row), void *data);

#endif
