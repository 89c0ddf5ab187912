/* The words to come back with: made, and used. Argon2 in a lane of its own. */
#include "daemon/argon.h"
#include "daemon/codename.h"
#include "daemon/dispatch.h"
#include "daemon/door.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/table_room.h"

#include <sodium.h>
#include <stdlib.h>

struct naming {
	struct argon_job job;
	struct server *server;
	struct asker asker;
	int64_t room; /* making: the room to name; 0: looking one up */
	uint8_t pepper[KEY_BYTES];
	char words[CODENAME_TEXT_MAX];
	uint8_t hash[CODENAME_HASH_BYTES];
	uint8_t inside[CODENAME_INSIDE_BYTES];
	bool hashed;
};

static void naming_free(struct naming *naming)
{
	sodium_memzero(naming, sizeof(*naming));
	free(naming);
}

static void on_hash(struct argon_job *job)
{
	struct naming *naming = (struct naming *)job;
	naming->hashed = codename_hash(naming->words, naming->pepper, naming->hash);
}

static void refuse_naming(struct naming *naming, enum wire_code code)
{
	dispatch_answer_error(naming->server, &naming->asker, code);
	naming_free(naming);
}

static enum outcome start(struct naming *naming, void (*done)(struct argon_job *job))
{
	naming->job.run = on_hash;
	naming->job.done = done;
	memcpy(naming->pepper, naming->server->key->pepper, sizeof(naming->pepper));
	if (!argon_run(&naming->server->codename_lane, &naming->job)) {
		naming_free(naming);
		return refuse(WIRE_CODE_TOO_MANY);
	}
	return OUTCOME_ANSWERED;
}

/* ---- making ---- */

static void tell_words(const struct naming *naming, const struct room *room)
{
	struct session *session = server_session(naming->server, naming->asker.session);
	if (session == NULL) {
		return; /* the tab is gone: nobody has these words, and new ones replace them */
	}
	struct msg_codename codename = {
		.has_ref = naming->asker.has_ref,
		.ref = naming->asker.ref,
		.room = room->id,
		.words = text_of(naming->words),
	};
	session_send(session, TYPE_CODENAME, &codename);
}

static void on_codename_written(struct store_job *job, enum store_status status)
{
	struct room_codename *set = (struct room_codename *)job;
	struct naming *naming = set->owner;
	struct room *room = rooms_find(naming->server, naming->room);
	sodium_memzero(set, sizeof(*set));
	free(set);
	if (status != STORE_OK || room == NULL) {
		if (status != STORE_REFUSED && status != STORE_OK) {
			journal_note_failure(naming->server, status);
		}
		refuse_naming(naming, WIRE_CODE_UNAVAILABLE);
		return;
	}
	room->has_codename = true;
	memcpy(room->codename_inside, naming->inside, sizeof(room->codename_inside));
	tell_words(naming, room);
	rooms_state_changed(naming->server, room);
	naming_free(naming);
}

static void on_made(struct argon_job *job)
{
	struct naming *naming = (struct naming *)job;
	struct room *room = rooms_find(naming->server, naming->room);
	if (!naming->hashed || room == NULL || !journal_writable(naming->server)) {
		refuse_naming(naming, WIRE_CODE_UNAVAILABLE);
		return;
	}
	journal_save_room(naming->server, room); /* the name needs a row to stand in */
	struct room_codename *set = xcalloc(1, sizeof(*set));
	room_codename_init(set);
	set->room = room->id;
	memcpy(set->codename, naming->hash, sizeof(set->codename));
	codename_window_hash(naming->words, naming->pepper, naming->inside);
	memcpy(set->inside, naming->inside, sizeof(set->inside));
	set->job.done = on_codename_written;
	set->owner = naming;
	store_write(naming->server->store, &set->job);
}

enum outcome handle_codename_make(struct session *session, const struct msg_codename_make *request)
{
	const struct room *room = session->token != NULL ? session->token->room : NULL;
	if (room == NULL || room->id != request->room || room->durable.n == 0) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	struct naming *naming = xcalloc(1, sizeof(*naming));
	naming->server = session->server;
	naming->asker = dispatch_asker(session, request->has_ref, request->ref);
	naming->room = room->id;
	codename_draw(naming->words, server_random, NULL);
	return start(naming, on_made);
}

/* ---- coming back ---- */

static void open_for(struct naming *naming, struct session *session, const struct room_row *row)
{
	struct server *server = naming->server;
	struct room *room = rooms_adopt(server, row);
	if (rooms_is_crowded(room)) {
		dispatch_answer_error(server, &naming->asker, WIRE_CODE_TOO_MANY);
		return;
	}
	room->came_back = true;
	if (session->token == NULL) { /* another tab of it may have opened a room meanwhile */
		session_bind_token(session, rooms_token(server, session->token_hash));
	}
	if (session->token != NULL && session->token->room != room) {
		rooms_drop_token(server, session->token, session, NULL);
	}
	if (session->token == NULL) {
		session_bind_token(session, rooms_add_token(server, session->token_hash, room));
	}
	dispatch_answer_ok(server, &naming->asker, room->id, 0, 0);
	session_subscribe(session, room, 0);
}

static void on_found(struct store_job *job, enum store_status status)
{
	struct room_find *find = (struct room_find *)job;
	struct naming *naming = find->owner;
	struct session *session = server_session(naming->server, naming->asker.session);
	if (status == STORE_OK && session != NULL && journal_writable(naming->server)) {
		open_for(naming, session, &find->row);
		naming_free(naming);
	} else {
		refuse_naming(naming,
			status == STORE_REFUSED ? WIRE_CODE_WRONG_WORDS : WIRE_CODE_UNAVAILABLE);
	}
	sodium_memzero(find, sizeof(*find));
	free(find);
}

static void on_guessed(struct argon_job *job)
{
	struct naming *naming = (struct naming *)job;
	if (!naming->hashed) {
		refuse_naming(naming, WIRE_CODE_UNAVAILABLE);
		return;
	}
	struct room_find *find = xcalloc(1, sizeof(*find));
	room_find_init(find);
	memcpy(find->codename, naming->hash, sizeof(find->codename));
	find->job.done = on_found;
	find->owner = naming;
	store_read(naming->server->store, &find->job);
}

enum outcome handle_codename_open(struct session *session, const struct msg_codename_open *request)
{
	struct server *server = session->server;
	struct naming *naming = xcalloc(1, sizeof(*naming));
	naming->server = server;
	naming->asker = dispatch_asker(session, request->has_ref, request->ref);
	if (!codename_normalise(request->words.bytes, request->words.size, naming->words)) {
		naming_free(naming);
		return refuse(WIRE_CODE_WRONG_WORDS); /* no word list has them: nothing is learnt */
	}
	enum outcome may = door_ask_codename(session, request, &naming->asker);
	if (may != OUTCOME_OK) {
		naming_free(naming);
		return may;
	}
	return start(naming, on_guessed);
}
