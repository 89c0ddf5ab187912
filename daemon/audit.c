/*
 * Entries of the audit from the loop to the disk, and the checkpoints between them. The numbers
 * and hashes are made here, at hand-over, each on top of the one before, which may still be on its
 * way; the store refuses whatever does not follow what is on disk. After a failure nothing is taken
 * until the head has been read again.
 */
#include "daemon/audit.h"

#include "daemon/audit_chain.h"
#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/table_audit.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Static_assert((int)AUDIT_HASH_BYTES == (int)AUDIT_ROW_HASH_BYTES, "one size of hash");

enum {
	CHECKPOINT_EVERY = 1000, /* entries */
	DETAIL_POINTS = 2000, /* code points */
	HEAD_FROM_HOUR = 6, /* of the school's day: the head is told */
};

struct audit {
	/* As handed over, not yet on disk perhaps: */
	struct audit_head head;
	int64_t signed_entry; /* newest checkpoint; 0: none */
	/* On disk: */
	int64_t entry;
	uint8_t hash[AUDIT_HASH_BYTES];
	unsigned in_flight;
	bool stale; /* a write failed: the head is read again once all have come back */
	bool reading;
	struct waiting *waiting, **waiting_end; /* entries that came meanwhile */
	int day; /* the head was told on this day, 20261122; 0: on none since the start */
};

/* An entry that waits until it is known what it follows. */
struct waiting {
	struct audit_entry entry;
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status);
	void *data;
	struct waiting *next; /* audit::waiting */
	char detail[];
};

struct flight {
	struct server *server;
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status);
	void *data;
};

bool audit_writable(const struct server *server)
{
	return server->audit != NULL && !server->audit->stale && !server->journal.failed;
}

int64_t audit_head(const struct server *server, uint8_t hash[AUDIT_HASH_BYTES])
{
	const struct audit *audit = server->audit;
	memcpy(hash, audit->hash, AUDIT_HASH_BYTES);
	return audit->entry;
}

/* ---- after a failure ---- */

static void set_up(struct server *server);

static void take_head(struct audit *audit, struct audit_head *head)
{
	audit->head = *head;
	audit->entry = head->entry;
	memcpy(audit->hash, head->hash, sizeof(audit->hash));
	audit->signed_entry = head->key.first_entry > 1 ? head->key.first_entry - 1 : 0;
	sodium_memzero(&head->key, sizeof(head->key));
	if (head->entry == 0) {
		audit_chain_begin(audit->head.hash);
	}
}

static void refuse_later(struct server *server,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data);

static void end_waiting(struct server *server, bool refused)
{
	struct audit *audit = server->audit;
	struct waiting *waiting = audit->waiting;
	audit->waiting = NULL;
	audit->waiting_end = &audit->waiting;
	while (waiting != NULL) {
		struct waiting *next = waiting->next;
		if (refused) {
			refuse_later(server, waiting->done, waiting->data);
		} else {
			audit_add(server, &waiting->entry, waiting->done, waiting->data);
		}
		free(waiting);
		waiting = next;
	}
}

static void on_head_read(struct store_job *job, enum store_status status)
{
	struct audit_read_head *read = (struct audit_read_head *)job;
	struct server *server = read->owner;
	struct audit *audit = server->audit;
	audit->reading = false;
	if (status == STORE_OK) {
		take_head(audit, &read->head);
		audit->stale = false;
		if (audit->entry == 0) {
			set_up(server);
		}
	}
	sodium_memzero(&read->head, sizeof(read->head));
	free(read);
	end_waiting(server, status != STORE_OK);
}

void audit_recover(struct server *server)
{
	struct audit *audit = server->audit;
	if (audit == NULL || !audit->stale || audit->in_flight > 0 || audit->reading) {
		return;
	}
	if (server->journal.failed) {
		end_waiting(server, true);
		return;
	}
	struct audit_read_head *read = xcalloc(1, sizeof(*read));
	audit_read_head_init(read);
	read->job.done = on_head_read;
	read->owner = server;
	audit->reading = true;
	store_read(server->store, &read->job);
}

static void wait_for_head(struct server *server, const struct audit_entry *entry,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data)
{
	struct audit *audit = server->audit;
	const char *detail = entry->detail != NULL ? entry->detail : "";
	size_t size = strlen(detail) + 1;
	struct waiting *waiting = xmalloc(sizeof(*waiting) + size);
	*waiting = (struct waiting){.entry = *entry, .done = done, .data = data};
	memcpy(waiting->detail, detail, size);
	waiting->entry.detail = waiting->detail;
	*audit->waiting_end = waiting;
	audit->waiting_end = &waiting->next;
	audit_recover(server);
}

/* ---- writing ---- */

static void on_written(struct store_job *job, enum store_status status)
{
	struct audit_append *append = (struct audit_append *)job;
	struct flight *flight = append->owner;
	struct server *server = flight->server;
	struct audit *audit = server->audit;
	audit->in_flight--;
	if (status == STORE_OK) {
		audit->entry = append->row.entry;
		memcpy(audit->hash, append->row.hash, sizeof(audit->hash));
	} else {
		audit->stale = true;
		if (status != STORE_REFUSED) {
			journal_note_failure(server, status);
		}
	}
	int64_t number = append->row.entry;
	audit_append_destroy(append);
	audit_recover(server);
	if (flight->done != NULL) {
		flight->done(server, flight->data, status == STORE_OK ? number : 0, status);
	}
	free(flight);
}

/* Hands over the next row, hashed and, a checkpoint, signed. key: kept from here on; NULL. */
static void append(struct server *server, const struct audit_row *row,
	const struct audit_key_row *key,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data)
{
	struct audit *audit = server->audit;
	struct flight *flight = xmalloc(sizeof(*flight));
	*flight = (struct flight){server, done, data};
	struct audit_append *job = audit_append_create(row, audit->head.hash, key);
	job->job.done = on_written;
	job->owner = flight;
	audit->in_flight++;
	audit->head.entry = row->entry;
	memcpy(audit->head.hash, row->hash, sizeof(audit->head.hash));
	store_write(server->store, &job->job);
}

static struct audit_row next_row(const struct audit *audit, enum wire_audit_what what)
{
	return (struct audit_row){
		.entry = audit->head.entry + 1,
		.at_ms = clock_wall_ms(),
		.what = (int64_t)what,
		.detail = "",
	};
}

/* Begins the chain, with the first key. */
static void set_up(struct server *server)
{
	struct audit *audit = server->audit;
	struct audit_key_row *key = &audit->head.key;
	char detail[AUDIT_KEY_DETAIL_BYTES];
	*key = (struct audit_key_row){.epoch = 1, .has_secret = true, .first_entry = 1};
	audit_chain_make_key(key->public_key, key->secret);
	audit_chain_key_detail(key->public_key, detail);
	struct audit_row row = next_row(audit, WIRE_AUDIT_SET_UP);
	row.detail = detail;
	row.detail_size = strlen(detail);
	audit_chain_hash(&row, audit->head.hash);
	append(server, &row, key, NULL, NULL);
}

/* Signs what there is with this epoch's key, and goes on with a new one. */
static void checkpoint(struct server *server,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status))
{
	struct audit *audit = server->audit;
	struct audit_key_row *key = &audit->head.key;
	if (!key->has_secret || !audit_chain_key_fits(key->public_key, key->secret)) {
		audit->signed_entry = audit->head.entry; /* said now and then, not each time */
		log_error("the audit's key is gone, so nothing more can be signed; "
			  "`hark audit verify` says what happened");
		if (done != NULL) {
			done(server, NULL, audit->entry,
				STORE_OK); /* the head is told all the same */
		}
		return;
	}
	struct audit_row row = next_row(audit, WIRE_AUDIT_CHECKPOINT);
	struct audit_key_row next = {
		.epoch = key->epoch + 1,
		.has_secret = true,
		.first_entry = row.entry + 1,
	};
	char detail[AUDIT_KEY_DETAIL_BYTES];
	audit_chain_make_key(next.public_key, next.secret);
	audit_chain_key_detail(next.public_key, detail);
	row.detail = detail;
	row.detail_size = strlen(detail);
	audit_chain_hash(&row, audit->head.hash);
	audit_chain_sign(&row, key->secret, next.public_key);
	append(server, &row, &next, done, NULL);
	*key = next;
	sodium_memzero(&next, sizeof(next));
	audit->signed_entry = row.entry;
	audit->head.signed_ms = row.at_ms;
}

/* How many bytes of a text are its first `points` code points, on one line. */
static size_t bytes_of(const char *text, size_t points)
{
	size_t size = 0;
	for (; text[size] != '\0'; size++) {
		bool begins = ((unsigned char)text[size] & 0xc0) != 0x80;
		if (begins && points-- == 0) {
			break;
		}
	}
	return size < AUDIT_ROW_DETAIL_MAX ? size : AUDIT_ROW_DETAIL_MAX;
}

/* ---- refusing: also later, for nobody expects an answer before they have asked ---- */

struct refusal {
	struct store_job job;
	struct flight flight;
};

static enum store_status refuse_run(struct store_job *job, struct store_db *db)
{
	(void)job;
	(void)db;
	return STORE_OK;
}

static void on_refused(struct store_job *job, enum store_status status)
{
	struct refusal *refusal = (struct refusal *)job;
	const struct flight *flight = &refusal->flight;
	flight->done(
		flight->server, flight->data, 0, status == STORE_OK ? STORE_NOT_RECOVERED : status);
	free(refusal);
}

static void refuse_later(struct server *server,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data)
{
	if (done == NULL) {
		return;
	}
	struct refusal *refusal = xcalloc(1, sizeof(*refusal));
	refusal->job.run = refuse_run;
	refusal->job.done = on_refused;
	refusal->flight = (struct flight){server, done, data};
	store_read(server->store, &refusal->job);
}

void audit_add(struct server *server, const struct audit_entry *entry,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data)
{
	struct audit *audit = server->audit;
	if (audit == NULL || server->journal.failed) {
		refuse_later(server, done, data);
		return;
	}
	if (audit->stale) {
		wait_for_head(server, entry, done, data);
		return;
	}
	struct audit_row row = next_row(audit, entry->what);
	row.account = entry->account;
	row.room = entry->room;
	if (entry->detail != NULL) {
		row.detail = entry->detail;
		row.detail_size = bytes_of(entry->detail, DETAIL_POINTS);
	}
	audit_chain_hash(&row, audit->head.hash);
	append(server, &row, NULL, done, data);
	if (row.entry - audit->signed_entry >= CHECKPOINT_EVERY) {
		checkpoint(server, NULL);
	}
}

/* ---- beginning and end ---- */

enum store_status audit_load(struct server *server)
{
	struct audit *audit = xcalloc(1, sizeof(*audit));
	server->audit = audit;
	audit->waiting_end = &audit->waiting;
	struct audit_read_head read;
	audit_read_head_init(&read);
	enum store_status status = store_read_now(server->store, &read.job);
	if (status == STORE_OK) {
		take_head(audit, &read.head);
		if (audit->entry == 0) {
			set_up(server);
		}
	}
	sodium_memzero(&read, sizeof(read));
	return status;
}

/* ---- every day ---- */

/* The school's day, 20261122, once it is time to tell the head; 0: not yet. */
static int day_of_head(void)
{
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct tm local;
	if (localtime_r(&now, &local) == NULL || local.tm_hour < HEAD_FROM_HOUR) {
		return 0;
	}
	return (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
}

static void on_day_signed(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)data;
	(void)number;
	if (status == STORE_OK) {
		audit_tell_head(server, server->audit->day);
	} else {
		server->audit->day = 0; /* later, once the file takes writes */
	}
}

/* Signs what is not signed, and tells the head. */
static void sign_day(struct server *server, int day)
{
	struct audit *audit = server->audit;
	audit->day = day;
	if (audit->signed_entry < audit->head.entry) {
		checkpoint(server, on_day_signed);
	} else {
		audit_tell_head(server, day);
	}
}

void audit_start(struct server *server)
{
	store_flush(server->store);
	if (audit_writable(server)) {
		sign_day(server, day_of_head());
		store_flush(server->store); /* before anything else is written or asked */
	}
}

void audit_tell_again(struct server *server)
{
	server->audit->day = 0;
}

void audit_tick(struct server *server)
{
	struct audit *audit = server->audit;
	if (audit == NULL || server->draining) {
		return;
	}
	audit_recover(server);
	int day = day_of_head();
	if (audit_writable(server) && day != 0 && day != audit->day && audit->in_flight == 0) {
		sign_day(server, day);
	}
}

void audit_finish(struct server *server)
{
	if (server->audit != NULL) {
		sodium_memzero(server->audit, sizeof(*server->audit));
		free(server->audit);
		server->audit = NULL;
	}
}
