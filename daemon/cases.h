/*
 * Cases in memory: which there are, where each stands and when it is due. Their words stay in the
 * file. A change is one event of the staff's feed and its rows, in one transaction.
 */
#ifndef HARK_DAEMON_CASES_H
#define HARK_DAEMON_CASES_H

#include "daemon/dispatch.h"
#include "storage/store.h"
#include "storage/table_case.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct frame;
struct server;

enum {
	CASE_NUMBER_BYTES = 20, /* "26-014" */
};

struct case_state {
	enum wire_case_state state;
	int64_t follow_ms; /* to be looked at again by then (UTC); 0: not */
	int steps; /* how many */
};

struct case_file {
	int64_t id, room, owner;
	int year, number;
	struct case_state pending, durable; /* handed over, and on disk; as a room's */
	bool made; /* the case itself is on disk */
	unsigned in_flight;
	int reminded_day; /* the owner was reminded on this day; see cases_tick() */
	struct case_file *next; /* cases::list */
};

enum store_status cases_load(struct server *server);
void cases_finish(struct server *server);
/* Once a second: what has become due, and its owners' reminders, once a day. */
void cases_tick(struct server *server);

struct case_file *cases_find(const struct server *server, int64_t id); /* NULL: none */
/* The one that is not closed; NULL. */
struct case_file *cases_of_room(const struct server *server, int64_t room);

void case_number(const struct case_file *file, char number[CASE_NUMBER_BYTES]);

/* A change on its way. */
struct case_write {
	enum {
		CASE_MADE,
		CASE_CHANGED,
		CASE_STEPPED,
		CASE_NOTED,
	} kind;
	struct case_file *file;
	struct case_row row; /* MADE */
	struct case_step_row steps[CASE_STEPS_MAX]; /* MADE; STEPPED: the first */
	size_t steps_count;
	struct case_change change; /* CHANGED; its texts point to the row's */
	uint8_t note_id[CASE_NOTE_ID_BYTES]; /* NOTED */
	char *note; /* owned */
	int64_t by, at_ms;
	struct case_state after;
	struct asker asker; /* MADE: for `done` to answer; otherwise answered by itself */
	/* Once it is on disk, or is not. May be NULL. */
	void (*done)(struct server *server, struct case_write *write, enum store_status status);
};

/* Begins a case of this room, with the steps of the school: to be given to cases_write(). */
struct case_write *cases_make(
	struct server *server, int64_t room, const struct account *owner, struct text title);

/* A change of a case, with nothing in it yet. */
struct case_write *cases_change(struct case_file *file, const struct account *by);

/* Hands it over with its event; frees it afterwards. */
void cases_write(struct server *server, struct case_write *write, const struct account *by);

/*
 * Answers with case.told, once the audit has it. print NULL: it is looked at; otherwise why it is
 * printed. before: only notes older than this one.
 */
void cases_tell(struct server *server, const struct case_file *file, int64_t account,
	const struct asker *asker, const struct text *print, int64_t before);

/* The made-up name of a case's room; in_file: as its row has it. */
struct text cases_room_name(const struct server *server, int64_t room, const char *in_file);

/* Writes to the owner that it is due, once a day (20261122) however often it is called. */
void cases_remind(struct server *server, const struct case_file *file, int day);

/* state.cases, if an overseer who has seen `*version` has not seen the newest; NULL. */
struct frame *cases_frame(struct server *server, uint64_t *version);

#endif
