/*
 * Pictures on their way in: received, waiting for one of two processes, decoded, on their way to
 * the file. At every point somebody may have gone, or the room may have ended: who may send is
 * asked when the picture begins and again when it is to be written.
 */
#include "daemon/pictures.h"

#include "daemon/acts.h"
#include "daemon/block.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/decoder.h"
#include "daemon/escrow.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/pictures_text.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_picture.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RUNNING_MAX = 2, /* processes at once */
	WAITING_MAX = 8, /* complete pictures that wait for one */
	RECEIVED_MAX = 64 * 1024 * 1024, /* bytes of all originals, announced or here */
	GROW_BYTES = 256 * 1024,
	PICTURE_CREDITS = 60, /* saying something costs 10 */
	COMPLAIN_MS = 60000, /* the log hears of a missing program so often at most */
};

enum stage {
	STAGE_RECEIVING,
	STAGE_WAITING,
	STAGE_DECODING,
	STAGE_WRITING, /* the event is with the store: it can not be called back */
};

struct picture_upload {
	struct picture_upload *next; /* pictures::uploads, oldest first */
	struct server *server;
	enum stage stage;
	bool replaced; /* came once more meanwhile; this one counts no longer */
	int64_t room, author;
	uint8_t id[EVENT_ID_BYTES];
	char bearer[65], cookie[HTTP_COOKIE_MAX]; /* who sends; asked again before it is written */
	enum picture_type declared;
	uint8_t *bytes; /* the original */
	size_t size, capacity, announced;
	struct decoder *decoder; /* STAGE_DECODING */
	struct picture_row row; /* STAGE_WRITING; body is owned, thumb lies behind it */
	int64_t n;
	void (*reply)(void *data, const struct http_reply *reply); /* NULL: nobody waits */
	void *data;
};

struct pictures {
	struct picture_upload *uploads;
	unsigned running, fetches;
	size_t announced; /* bytes, of all uploads */
	int64_t complained_mono; /* 0: not yet */
};

void pictures_init(struct server *server)
{
	server->pictures = xcalloc(1, sizeof(*server->pictures));
}

unsigned *pictures_fetches(struct server *server)
{
	return &server->pictures->fetches;
}

/* ---- answers ---- */

static void tell(struct picture_upload *upload, const struct http_reply *reply)
{
	if (upload->reply != NULL) {
		upload->reply(upload->data, reply);
		upload->reply = NULL;
	}
}

/* ---- life ---- */

static void forget_bytes(struct picture_upload *upload)
{
	if (upload->bytes != NULL) {
		sodium_memzero(upload->bytes, upload->capacity);
	}
	free(upload->bytes);
	upload->bytes = NULL;
	upload->server->pictures->announced -= upload->announced;
	upload->announced = upload->size = upload->capacity = 0;
}

static void upload_free(struct picture_upload *upload)
{
	struct picture_upload **link = &upload->server->pictures->uploads;
	while (*link != upload) {
		link = &(*link)->next;
	}
	*link = upload->next;
	forget_bytes(upload);
	free((void *)(uintptr_t)upload->row.body);
	sodium_memzero(upload, sizeof(*upload));
	free(upload);
}

static void start_next(struct server *server);

/* Its process is told to end; with it go the bytes, which it may still be reading. */
static void cancel_decoder(struct picture_upload *upload)
{
	if (upload->decoder != NULL) {
		decoder_cancel(upload->decoder);
		upload->decoder = NULL;
		upload->bytes = NULL;
		upload->server->pictures->running--;
	}
}

static void refuse_upload(struct picture_upload *upload, enum wire_code code)
{
	struct http_reply reply;
	picture_say_code(&reply, code);
	tell(upload, &reply);
	upload_free(upload);
}

void pictures_drop(struct picture_upload *upload)
{
	struct server *server = upload->server;
	upload->reply = NULL;
	if (upload->stage == STAGE_WRITING) {
		return; /* on_written() frees it */
	}
	cancel_decoder(upload);
	upload_free(upload);
	start_next(server);
}

void pictures_close(struct server *server)
{
	struct picture_upload *next;
	for (struct picture_upload *at = server->pictures->uploads; at != NULL; at = next) {
		next = at->next;
		if (at->stage != STAGE_WRITING) { /* on_written() frees that */
			cancel_decoder(at);
			upload_free(at);
		}
	}
}

void pictures_finish(struct server *server)
{
	assert(server->pictures == NULL || server->pictures->uploads == NULL);
	free(server->pictures);
	server->pictures = NULL;
}

/* ---- beginning ---- */

/* The same picture under way already: over a connection that broke, most likely, which the other
 * side notices first. */
static enum outcome replace_older(struct pictures *pictures, const struct picture_upload *newer)
{
	for (struct picture_upload *at = pictures->uploads; at != NULL; at = at->next) {
		if (at->replaced || at->room != newer->room || at->author != newer->author ||
			memcmp(at->id, newer->id, sizeof(at->id)) != 0) {
			continue;
		}
		if (at->stage == STAGE_WRITING) {
			return refuse(WIRE_CODE_TOO_MANY); /* in a moment it will have been sent */
		}
		at->replaced = true;
		if (at->stage == STAGE_RECEIVING) {
			forget_bytes(at);
		} else {
			cancel_decoder(at);
			refuse_upload(at, WIRE_CODE_UNAVAILABLE);
		}
		break;
	}
	return OUTCOME_OK;
}

/* Whether this may be sent, and was not; SENT_UNKNOWN is asked again at the end. */
static enum outcome may_send(struct server *server, const struct actor *actor,
	struct picture_upload *upload, struct http_reply *before)
{
	struct room *room = rooms_find(server, upload->room);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	enum outcome may = policy_may_read(actor, room->id, &room->pending);
	if (may != OUTCOME_OK) {
		return may;
	}
	int64_t n = 0, at_ms = 0;
	switch (journal_sent_before(
		server, room, upload->author, upload->id, false, &(struct asker){0}, &n, &at_ms)) {
	case SENT_BEFORE:
		picture_say_ok(before, room->id, n, at_ms);
		return OUTCOME_ANSWERED;
	case SENT_IN_FLIGHT:
		return refuse(WIRE_CODE_TOO_MANY);
	case SENT_STALE:
		return refuse(WIRE_CODE_STALE_ID);
	case SENT_UNKNOWN:
		if (upload->stage != STAGE_RECEIVING) {
			return refuse(WIRE_CODE_UNAVAILABLE);
		}
		break;
	case SENT_NEW:
		break;
	}
	may = policy_may_send(actor, room->id, &room->pending);
	if (may == OUTCOME_OK && upload->author == AUTHOR_VISITOR && block_silences(room)) {
		may = refuse(WIRE_CODE_BLOCKED);
	}
	if (may == OUTCOME_OK && !journal_writable(server)) {
		may = refuse(server->draining ? WIRE_CODE_DRAINING : WIRE_CODE_UNAVAILABLE);
	}
	return may;
}

/* What can be said before a byte has come. */
static enum outcome judge(struct server *server, const struct picture_head *head,
	struct picture_upload *upload, struct http_reply *reply, int64_t *retry_ms)
{
	struct actor actor;
	struct account *account;
	struct token *token;
	if (!pictures_who(server, &head->peer, &actor, &account, &token)) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (!server->config->pictures) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (!picture_read_room(head->room, &upload->room) ||
		!picture_read_id(head->id, upload->id)) {
		return refuse(WIRE_CODE_MISSING_FIELD);
	}
	upload->author = account != NULL ? account->row.id : AUTHOR_VISITOR;
	upload->declared = picture_type_of(head->type);
	struct rate_bucket *own = account != NULL ? &account->pictures : &token->pictures;
	if (!pictures_pay(server, &head->peer, own, PICTURE_CREDITS, retry_ms)) {
		return refuse(WIRE_CODE_TOO_FAST);
	}
	enum outcome may = may_send(server, &actor, upload, reply);
	if (may != OUTCOME_OK) {
		return may;
	}
	if (head->size > (uint64_t)server->config->picture_bytes) {
		return refuse(WIRE_CODE_TOO_LARGE);
	}
	if (upload->declared == PICTURE_UNKNOWN || head->size == 0) {
		return refuse(WIRE_CODE_BAD_PICTURE);
	}
	may = replace_older(server->pictures, upload);
	if (may == OUTCOME_OK &&
		server->pictures->announced + (size_t)head->size > (size_t)RECEIVED_MAX) {
		may = refuse(WIRE_CODE_TOO_MANY);
	}
	return may;
}

struct picture_upload *pictures_begin(
	struct server *server, const struct picture_head *head, struct http_reply *reply)
{
	struct picture_upload fresh = {.server = server, .stage = STAGE_RECEIVING};
	int64_t retry_ms = 0;
	enum outcome outcome = judge(server, head, &fresh, reply, &retry_ms);
	if (outcome != OUTCOME_OK) {
		if (outcome != OUTCOME_ANSWERED) {
			picture_say_refusal(reply, outcome, retry_ms);
		}
		return NULL;
	}
	struct picture_upload *upload = xmalloc(sizeof(*upload));
	*upload = fresh;
	const struct picture_peer *peer = &head->peer;
	snprintf(upload->bearer, sizeof(upload->bearer), "%s",
		peer->bearer != NULL ? peer->bearer : "");
	snprintf(upload->cookie, sizeof(upload->cookie), "%s",
		peer->bearer == NULL && peer->cookie != NULL ? peer->cookie : "");
	upload->announced = (size_t)head->size;
	server->pictures->announced += upload->announced;
	struct picture_upload **end = &server->pictures->uploads;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = upload;
	return upload;
}

void pictures_take(struct picture_upload *upload, const void *bytes, size_t size)
{
	if (upload->replaced || size == 0) {
		return;
	}
	assert(size <= upload->announced - upload->size);
	if (upload->size + size > upload->capacity) {
		size_t wanted = upload->size + size + GROW_BYTES;
		upload->capacity = wanted < upload->announced ? wanted : upload->announced;
		upload->bytes = xrealloc(upload->bytes, upload->capacity);
	}
	memcpy(upload->bytes + upload->size, bytes, size);
	upload->size += size;
}

/* ---- writing ---- */

static enum store_status add_row(struct store_db *db, void *data)
{
	const struct picture_upload *upload = data;
	return picture_add(db, &upload->row);
}

static void on_written(struct server *server, void *data, enum store_status status)
{
	(void)server;
	struct picture_upload *upload = data;
	struct http_reply reply;
	if (status == STORE_OK) {
		picture_say_ok(&reply, upload->room, upload->n, upload->row.at_ms);
	} else {
		picture_say_code(&reply, WIRE_CODE_UNAVAILABLE);
	}
	tell(upload, &reply);
	upload_free(upload);
}

static void append(struct server *server, struct room *room, struct picture_upload *upload)
{
	struct room_change change = journal_next(server, room, EVENT_PICTURED, upload->author);
	struct event_author author = journal_author(server, upload->author);
	struct msg_chat_pictured pictured = {
		.room = room->id,
		.n = change.n,
		.at_ms = change.at_ms,
		.who = author.who,
		.name = text_of(author.name),
		.picture = upload->row.id,
		.width = upload->row.width,
		.height = upload->row.height,
	};
	memcpy(pictured.id, upload->id, sizeof(pictured.id));
	upload->stage = STAGE_WRITING;
	upload->n = change.n;
	upload->row.at_ms = change.at_ms;
	/* It takes a copy: sealing runs on, whatever becomes of the event. */
	escrow_seal_picture(server, room->id, upload->row.id, upload->bytes, upload->size);
	forget_bytes(upload);
	const struct journal_said said = {
		.id = upload->id,
		.also = add_row,
		.done = on_written,
		.also_data = upload,
	};
	act_append(server, room, &change, TYPE_CHAT_PICTURED, &pictured, &said);
}

static void keep_decoded(struct picture_upload *upload, const struct decoded *decoded)
{
	const struct picture_answer *answer = &decoded->answer;
	uint8_t *both = xmalloc((size_t)answer->size + answer->thumb_size);
	memcpy(both, decoded->shown, answer->size);
	memcpy(both + answer->size, decoded->thumb, answer->thumb_size);
	upload->row = (struct picture_row){
		.id = server_random_id(),
		.room = upload->room,
		.type = (int)answer->type,
		.width = (int)answer->width,
		.height = (int)answer->height,
		.body = both,
		.body_size = answer->size,
		.thumb = both + answer->size,
		.thumb_size = answer->thumb_size,
	};
}

/* Decoding took its time: all is asked again. */
static void write_upload(struct picture_upload *upload)
{
	struct server *server = upload->server;
	const struct picture_peer peer = {
		.bearer = upload->bearer[0] != '\0' ? upload->bearer : NULL,
		.cookie = upload->cookie[0] != '\0' ? upload->cookie : NULL,
	};
	struct actor actor;
	struct account *account;
	struct token *token;
	struct http_reply reply;
	if (!pictures_who(server, &peer, &actor, &account, &token)) {
		refuse_upload(upload, WIRE_CODE_NOT_ALLOWED);
		return;
	}
	enum outcome may = may_send(server, &actor, upload, &reply);
	if (may == OUTCOME_OK) {
		append(server, rooms_find(server, upload->room), upload);
		return;
	}
	if (may != OUTCOME_ANSWERED) {
		picture_say_refusal(&reply, may, 0);
	}
	tell(upload, &reply);
	upload_free(upload);
}

/* ---- decoding ---- */

static enum wire_code code_of(enum picture_status status)
{
	bool large = status == PICTURE_TOO_LARGE || status == PICTURE_NO_MEMORY;
	return large ? WIRE_CODE_TOO_LARGE : WIRE_CODE_BAD_PICTURE;
}

static void complain(struct server *server, const char *path)
{
	int64_t now = clock_mono_ms();
	struct pictures *pictures = server->pictures;
	if (pictures->complained_mono == 0 || now - pictures->complained_mono >= COMPLAIN_MS) {
		pictures->complained_mono = now;
		log_error(
			"%s: cannot be run, or cannot lock itself in; no pictures are taken", path);
	}
}

static void on_decoded(void *data, const struct decoded *decoded)
{
	struct picture_upload *upload = data;
	struct server *server = upload->server;
	upload->decoder = NULL;
	server->pictures->running--;
	if (decoded->failed) {
		complain(server, "hark-picture");
		refuse_upload(upload, WIRE_CODE_UNAVAILABLE);
	} else if (decoded->status != PICTURE_OK) {
		refuse_upload(upload, code_of(decoded->status));
	} else {
		keep_decoded(upload, decoded);
		write_upload(upload);
	}
	start_next(server);
}

static void start(struct picture_upload *upload)
{
	struct server *server = upload->server;
	char path[DECODER_PATH_MAX];
	bool found = decoder_find(server->config->picture_program, path, sizeof(path));
	upload->stage = STAGE_DECODING;
	upload->decoder = found ? decoder_start(server->loop, path, upload->declared, upload->bytes,
					  upload->size, on_decoded, upload)
				: NULL;
	if (upload->decoder == NULL) {
		complain(server, path);
		refuse_upload(upload, WIRE_CODE_UNAVAILABLE);
		return;
	}
	server->pictures->running++;
}

static struct picture_upload *oldest_waiting(const struct pictures *pictures, unsigned *count)
{
	struct picture_upload *oldest = NULL;
	*count = 0;
	for (struct picture_upload *at = pictures->uploads; at != NULL; at = at->next) {
		if (at->stage == STAGE_WAITING) {
			oldest = oldest != NULL ? oldest : at;
			++*count;
		}
	}
	return oldest;
}

static void start_next(struct server *server)
{
	struct picture_upload *upload;
	unsigned waiting;
	while (server->pictures->running < RUNNING_MAX &&
		(upload = oldest_waiting(server->pictures, &waiting)) != NULL) {
		start(upload);
	}
}

void pictures_end(struct picture_upload *upload,
	void (*reply)(void *data, const struct http_reply *reply), void *data)
{
	unsigned waiting;
	upload->reply = reply;
	upload->data = data;
	(void)oldest_waiting(upload->server->pictures, &waiting);
	if (upload->replaced) {
		refuse_upload(upload, WIRE_CODE_UNAVAILABLE);
		return;
	}
	if (waiting >= WAITING_MAX) {
		refuse_upload(upload, WIRE_CODE_TOO_MANY);
		return;
	}
	assert(upload->size == upload->announced);
	upload->stage = STAGE_WAITING;
	start_next(upload->server);
}
