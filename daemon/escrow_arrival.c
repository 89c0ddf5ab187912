/*
 * Sealing. The detail itself is encrypted at once, which takes microseconds, so that no plaintext
 * waits anywhere; giving its master to ten holders takes a millisecond, so that is done beside the
 * loop. A page that has no room yet keeps sealed boxes and the key that can only bind them.
 */
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escrow_inside.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOMS_MAX = 4, /* entered before the arrival is sealed */
	SEEN_MS = 24 * 60 * 60 * 1000,
	AT_ONCE_MAX = 4096, /* bytes; more is encrypted beside the loop */
	SEALED_AT_ONCE = 16, /* arrivals in one job */
};

/* One detail, sealed. */
struct detail {
	uint8_t hash[SEEN_DETAIL_BYTES]; /* keyed, of what it says */
	int64_t subject;
	uint8_t *box; /* within the arrival */
	uint32_t box_size;
	uint8_t kind; /* enum wire_sealed_kind */
};

/* What is needed until the shares are made, and no longer: a page may be there for hours. */
struct unsealed {
	struct escrow_arrival *next; /* escrow::arrivals, ::in_work */
	uint8_t master[ESCROW_MASTER_BYTES];
	int64_t rooms[ROOMS_MAX]; /* entered meanwhile */
	uint8_t *plain; /* of the only detail, a picture still to be encrypted; else NULL */
	uint32_t plain_size;
	uint32_t rooms_count;
};

/*
 * A page that came, or one detail that did. Freed when nobody refers to it any more. Every page
 * that has no room yet keeps one, so all of it is one allocation.
 */
struct escrow_arrival {
	struct server *server;
	struct unsealed *unsealed; /* NULL: it is sealed */
	escrow_settled settled; /* told once when it is sealed and no write is left; or NULL */
	void *settled_data;
	unsigned refs; /* the page, the sealing, each write under way */
	unsigned writes; /* under way */
	enum store_status written; /* what came of them: the first that failed */
	uint8_t approvals, details_count;
	uint8_t count; /* recipients */
	uint8_t bind[ESCROW_BIND_BYTES];
	int64_t *holders; /* this, the next two and the boxes lie behind the details */
	uint8_t (*shares)[ESCROW_SHARE_BYTES]; /* until it is sealed, public keys */
	uint8_t *numbers;
	struct detail details[];
};

_Static_assert(ESCROW_RECIPIENTS_MAX <= UINT8_MAX, "counted in a byte");

static void unref(struct escrow_arrival *arrival)
{
	if (--arrival->refs > 0) {
		return;
	}
	assert(arrival->unsealed == NULL);
	sodium_memzero(
		arrival, sizeof(*arrival) + arrival->details_count * sizeof(arrival->details[0]));
	free(arrival);
}

/* ---- to the file ---- */

struct write {
	struct sealed_write sealed;
	struct escrow_arrival *arrival;
	uint64_t seen;
	struct share_row shares[];
};

static void count_shares(struct escrow *escrow, const struct escrow_arrival *arrival)
{
	for (struct escrow_holder *h = escrow->holders; h != NULL; h = h->next) {
		for (size_t i = 0; i < arrival->count; i++) {
			h->shares += arrival->holders[i] == h->row.id;
		}
	}
	escrow->items++;
}

/* What was to be written is, or will not be. */
static void settle(struct escrow_arrival *arrival)
{
	escrow_settled settled = arrival->settled;
	if (settled != NULL && arrival->unsealed == NULL && arrival->writes == 0) {
		arrival->settled = NULL;
		settled(arrival->server, arrival->settled_data, arrival->written);
	}
}

static void on_written(struct store_job *job, enum store_status status)
{
	struct write *write = (struct write *)job;
	struct escrow_arrival *arrival = write->arrival;
	struct server *server = arrival->server;
	if (status == STORE_OK) {
		count_shares(server->escrow, arrival);
	} else if (status != STORE_REFUSED) {
		idmap_remove(&server->escrow->seen, write->seen);
		journal_note_failure(server, status);
	}
	arrival->writes--;
	arrival->written = arrival->written == STORE_OK ? status : arrival->written;
	settle(arrival);
	unref(arrival);
	free(write);
}

static void write_detail(
	struct escrow_arrival *arrival, const struct detail *detail, int64_t room, int64_t at_ms)
{
	struct server *server = arrival->server;
	uint64_t seen = seen_number(server->escrow, detail->hash, room);
	if (seen_before(server->escrow, seen)) {
		return;
	}
	struct write *write =
		xcalloc(1, sizeof(*write) + arrival->count * sizeof(write->shares[0]));
	const struct escrow_place place = {
		.id = server_random_id(),
		.room = room,
		.kind = detail->kind,
		.subject = detail->subject,
		.at_ms = at_ms,
		.approvals = arrival->approvals,
	};
	sealed_write_init(&write->sealed);
	write->sealed.job.done = on_written;
	write->sealed.row = (struct sealed_row){
		.id = place.id,
		.room = room,
		.kind = place.kind,
		.subject = place.subject,
		.at_ms = place.at_ms,
		.approvals = place.approvals,
		.box = detail->box,
		.box_size = detail->box_size,
	};
	escrow_box_bind(
		arrival->bind, &place, detail->box, detail->box_size, write->sealed.row.mark);
	for (size_t i = 0; i < arrival->count; i++) {
		write->shares[i].holder = arrival->holders[i];
		write->shares[i].part = arrival->numbers[i];
		memcpy(write->shares[i].box, arrival->shares[i], ESCROW_SHARE_BYTES);
	}
	write->sealed.shares = write->shares;
	write->sealed.shares_count = arrival->count;
	write->seen = seen;
	write->arrival = arrival;
	arrival->refs++;
	arrival->writes++;
	store_write(server->store, &write->sealed.job);
}

void escrow_arrival_enter(struct escrow_arrival *arrival, int64_t room)
{
	if (arrival == NULL) {
		return;
	}
	struct unsealed *unsealed = arrival->unsealed;
	if (unsealed != NULL) {
		if (unsealed->rooms_count < ROOMS_MAX) {
			unsealed->rooms[unsealed->rooms_count++] = room;
		}
		return;
	}
	int64_t at_ms = clock_wall_ms();
	for (size_t i = 0; i < arrival->details_count; i++) {
		write_detail(arrival, &arrival->details[i], room, at_ms);
	}
}

void escrow_arrival_settle(struct escrow_arrival *arrival, escrow_settled settled, void *data)
{
	arrival->settled = settled;
	arrival->settled_data = data;
	settle(arrival);
}

void escrow_arrival_drop(struct escrow_arrival *arrival)
{
	if (arrival != NULL) {
		unref(arrival);
	}
}

/* ---- beside the loop ---- */

static void seal_one(struct escrow_arrival *arrival)
{
	struct unsealed *unsealed = arrival->unsealed;
	uint8_t public_keys[ESCROW_RECIPIENTS_MAX][ESCROW_KEY_BYTES];
	for (size_t i = 0; i < arrival->count; i++) {
		memcpy(public_keys[i], arrival->shares[i], ESCROW_KEY_BYTES);
	}
	if (unsealed->plain != NULL) {
		escrow_box_seal(unsealed->master, unsealed->plain, unsealed->plain_size,
			arrival->details[0].box);
		sodium_memzero(unsealed->plain, unsealed->plain_size);
		free(unsealed->plain);
	}
	escrow_box_share(unsealed->master, arrival->approvals,
		(const uint8_t(*)[ESCROW_KEY_BYTES])public_keys, arrival->count, arrival->shares,
		arrival->numbers);
	sodium_memzero(unsealed->master, sizeof(unsealed->master));
}

static struct escrow *escrow_of_job(struct argon_job *job)
{
	return (struct escrow *)((char *)job - offsetof(struct escrow, sealing));
}

static void on_work(struct argon_job *job)
{
	for (struct escrow_arrival *a = escrow_of_job(job)->in_work; a != NULL;
		a = a->unsealed->next) {
		seal_one(a);
	}
}

static void start_sealing(struct escrow *escrow);

static void on_worked(struct argon_job *job)
{
	struct escrow *escrow = escrow_of_job(job);
	struct escrow_arrival *arrival = escrow->in_work;
	escrow->in_work = NULL;
	escrow->seals = false;
	while (arrival != NULL) {
		struct unsealed *unsealed = arrival->unsealed;
		struct escrow_arrival *next = unsealed->next;
		arrival->unsealed = NULL;
		for (size_t i = 0; i < unsealed->rooms_count; i++) {
			escrow_arrival_enter(arrival, unsealed->rooms[i]);
		}
		free(unsealed);
		settle(arrival);
		unref(arrival);
		arrival = next;
	}
	start_sealing(escrow);
}

static void start_sealing(struct escrow *escrow)
{
	/* The lane takes a bounded number of jobs; this is one, and the next tick tries again. */
	if (escrow->seals || escrow->arrivals == NULL || escrow->lane.queued >= ARGON_QUEUE_MAX) {
		return;
	}
	struct escrow_arrival **end = &escrow->arrivals;
	for (int i = 0; i < SEALED_AT_ONCE && *end != NULL; i++) {
		end = &(*end)->unsealed->next;
	}
	struct escrow_arrival *rest = *end;
	*end = NULL;
	escrow->in_work = escrow->arrivals; /* before the job begins, which it may at once */
	escrow->arrivals = rest;
	if (rest == NULL) {
		escrow->arrivals_end = &escrow->arrivals;
	}
	escrow->seals = true;
	escrow->sealing.run = on_work;
	escrow->sealing.done = on_worked;
	bool taken = argon_run(&escrow->lane, &escrow->sealing);
	assert(taken);
	(void)taken;
}

/* ---- what came ---- */

static size_t count_recipients(const struct server *server)
{
	size_t count = 0;
	for (const struct escrow_holder *h = server->escrow->holders; h != NULL; h = h->next) {
		count += escrow_is_active(server, h);
	}
	return count < ESCROW_RECIPIENTS_MAX ? count : ESCROW_RECIPIENTS_MAX;
}

static struct escrow_arrival *create(
	struct server *server, const struct escrow_detail *details, size_t count, size_t recipients)
{
	size_t head = sizeof(struct escrow_arrival) + count * sizeof(struct detail);
	size_t size = head + recipients * (sizeof(int64_t) + ESCROW_SHARE_BYTES + 1);
	for (size_t i = 0; i < count; i++) {
		size += escrow_box_bytes(details[i].size);
	}
	struct escrow_arrival *arrival = xcalloc(1, size);
	arrival->server = server;
	arrival->refs = 2; /* the caller's, and the sealing's */
	arrival->details_count = (uint8_t)count;
	arrival->holders = (int64_t *)(void *)&arrival->details[count];
	arrival->shares = (uint8_t(*)[ESCROW_SHARE_BYTES])(arrival->holders + recipients);
	arrival->numbers = (uint8_t *)(arrival->shares + recipients);
	uint8_t *box = arrival->numbers + recipients;
	for (size_t i = 0; i < count; i++) {
		arrival->details[i].box = box;
		arrival->details[i].box_size = (uint32_t)escrow_box_bytes(details[i].size);
		box += arrival->details[i].box_size;
	}
	arrival->unsealed = xcalloc(1, sizeof(*arrival->unsealed));
	return arrival;
}

static void list_recipients(struct escrow_arrival *arrival, size_t count)
{
	const struct server *server = arrival->server;
	for (const struct escrow_holder *h = server->escrow->holders;
		h != NULL && arrival->count < count; h = h->next) {
		if (escrow_is_active(server, h)) {
			arrival->holders[arrival->count] = h->row.id;
			memcpy(arrival->shares[arrival->count++], h->row.public_key,
				ESCROW_KEY_BYTES);
		}
	}
	/* Parts of which there is one alone nobody could ever open. The daemon asks for a second
	 * approval all the same. */
	arrival->approvals = count > 1 ? (uint8_t)server->config->escrow_approvals : 1;
}

static void fill_detail(struct escrow_arrival *arrival, struct detail *to,
	const struct escrow_detail *detail, int64_t subject)
{
	struct unsealed *unsealed = arrival->unsealed;
	bool later = detail->size > AT_ONCE_MAX;
	to->kind = (uint8_t)detail->kind;
	to->subject = subject;
	seen_detail(arrival->server->escrow, to->kind, subject, later ? NULL : detail->bytes,
		detail->size, to->hash);
	if (later) {
		assert(arrival->details_count == 1);
		unsealed->plain = xmalloc(detail->size);
		memcpy(unsealed->plain, detail->bytes, detail->size);
		unsealed->plain_size = (uint32_t)detail->size;
	} else {
		escrow_box_seal(unsealed->master, detail->bytes, detail->size, to->box);
	}
}

static struct escrow_arrival *arrive(
	struct server *server, const struct escrow_detail *details, size_t count, int64_t subject)
{
	assert(count <= ESCROW_DETAILS_MAX);
	size_t recipients = server->escrow == NULL ? 0 : count_recipients(server);
	if (recipients == 0 || count == 0) {
		return NULL;
	}
	struct escrow_arrival *arrival = create(server, details, count, recipients);
	list_recipients(arrival, recipients);
	struct escrow_sealing sealing;
	escrow_sealing_begin(&sealing);
	memcpy(arrival->unsealed->master, sealing.master, sizeof(sealing.master));
	memcpy(arrival->bind, sealing.bind, sizeof(sealing.bind));
	sodium_memzero(&sealing, sizeof(sealing));
	for (size_t i = 0; i < count; i++) {
		fill_detail(arrival, &arrival->details[i], &details[i], subject);
	}
	*server->escrow->arrivals_end = arrival;
	server->escrow->arrivals_end = &arrival->unsealed->next;
	start_sealing(server->escrow);
	return arrival;
}

static struct escrow_detail cut(const struct escrow_detail *detail)
{
	size_t size = detail->size;
	if (size > ESCROW_TEXT_MAX) {
		size = ESCROW_TEXT_MAX;
		while (size > 0 && (((const uint8_t *)detail->bytes)[size] & 0xc0) == 0x80) {
			size--; /* not within a character */
		}
	}
	return (struct escrow_detail){detail->kind, detail->bytes, size};
}

struct escrow_arrival *escrow_arrive(
	struct server *server, const struct escrow_detail *details, size_t count)
{
	struct escrow_detail short_ones[ESCROW_DETAILS_MAX];
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (details[i].size > 0) {
			short_ones[kept++] = cut(&details[i]);
		}
	}
	return arrive(server, short_ones, kept, 0);
}

bool escrow_is_known(
	struct server *server, const struct escrow_detail *details, size_t count, int64_t room)
{
	const struct escrow *escrow = server->escrow;
	size_t known = 0;
	for (size_t i = 0; escrow != NULL && i < count; i++) {
		struct escrow_detail detail = cut(&details[i]);
		uint8_t hash[SEEN_DETAIL_BYTES];
		if (detail.size == 0) {
			continue;
		}
		seen_detail(escrow, (int64_t)detail.kind, 0, detail.bytes, detail.size, hash);
		if (idmap_find(&escrow->seen, seen_number(escrow, hash, room)) == NULL) {
			return false;
		}
		known++;
	}
	return known > 0;
}

void escrow_seal(struct server *server, int64_t room, enum wire_sealed_kind kind, const void *bytes,
	size_t size)
{
	struct escrow_detail detail = {kind, bytes, size};
	struct escrow_arrival *arrival = escrow_arrive(server, &detail, 1);
	escrow_arrival_enter(arrival, room);
	escrow_arrival_drop(arrival);
}

void escrow_seal_picture(
	struct server *server, int64_t room, int64_t picture, const void *bytes, size_t size)
{
	assert(size <= ESCROW_PICTURE_MAX);
	struct escrow_detail detail = {WIRE_SEALED_PICTURE, bytes, size};
	struct escrow_arrival *arrival = arrive(server, &detail, 1, picture);
	escrow_arrival_enter(arrival, room);
	escrow_arrival_drop(arrival);
}

/* ---- beginning and end ---- */

void arrivals_init(struct server *server)
{
	server->escrow->arrivals_end = &server->escrow->arrivals;
	seen_forget(server->escrow);
}

void arrivals_tick(struct server *server)
{
	start_sealing(server->escrow);
	if (clock_mono_ms() - server->escrow->seen_mono >= SEEN_MS) {
		seen_forget(server->escrow);
	}
}

void arrivals_finish(struct server *server)
{
	assert(server->escrow->arrivals == NULL && !server->escrow->seals);
	idmap_finish(&server->escrow->seen);
	sodium_memzero(server->escrow->seen_key, sizeof(server->escrow->seen_key));
}
