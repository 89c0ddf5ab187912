/* Pictures given out; and who asks for one, or sends one. */
#include "daemon/pictures.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/secret_text.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/shared.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "picture/answer.h"
#include "storage/table_picture.h"

#include <sodium.h>
#include <stdlib.h>

enum {
	FETCHES_MAX = 64, /* looked for, or on their way to who asked; each up to 2 MiB */
	FETCH_CREDITS = 2,
};

/* ---- who ---- */

static struct token *token_of(struct server *server, const char *bearer)
{
	uint8_t secret[SECRET_BYTES], hash[32];
	struct token *token = NULL;
	if (secret_text_read(bearer, secret)) {
		staff_hash_secret(server, "tabtoken", secret, hash);
		token = rooms_token(server, hash);
	}
	sodium_memzero(secret, sizeof(secret));
	return token;
}

bool pictures_who(struct server *server, const struct picture_peer *peer, struct actor *actor,
	struct account **account, struct token **token)
{
	struct session who = {.server = server, .role = WIRE_ROLE_VISITOR};
	if (server->closed) {
		return false;
	}
	if (peer->bearer != NULL) {
		who.token = token_of(server, peer->bearer);
	} else if (peer->cookie != NULL) {
		struct login *login = staff_login_of_cookie(server, peer->cookie);
		who.account = login != NULL ? login->account : NULL;
	}
	if (who.account != NULL) {
		who.role = (uint8_t)who.account->row.role;
	}
	*actor = session_actor(&who);
	*account = who.account;
	*token = who.token;
	return who.account != NULL || who.token != NULL;
}

bool pictures_pay(struct server *server, const struct picture_peer *peer, struct rate_bucket *own,
	unsigned credits, int64_t *retry_ms)
{
	struct rate_limit each = {server->config->credits, server->config->credits_per_s};
	int64_t now = clock_mono_ms();
	return (own == NULL || rate_take(own, &each, credits, now, retry_ms)) &&
	       shared_take(server, peer->bucket, credits, now, retry_ms);
}

/* ---- looking ---- */

struct picture_fetch {
	struct picture_read read; /* first: the job */
	struct server *server;
	struct actor actor; /* as of the request, but for whom the room has now */
	void (*found)(void *data, const struct picture_found *found);
	void *data;
	bool reading, dropped;
};

static void release(struct picture_fetch *fetch)
{
	--*pictures_fetches(fetch->server);
	free(fetch);
}

/* A room that is not loaded has ended long ago: counselors read it all the same. */
static bool may_see(const struct picture_fetch *fetch)
{
	static const struct room_state ended = {.phase = WIRE_PHASE_ENDED};
	if (fetch->read.room == 0) {
		return false;
	}
	const struct room *room = rooms_find(fetch->server, fetch->read.room);
	const struct room_state *state = room != NULL ? &room->durable : &ended;
	return policy_may_read(&fetch->actor, fetch->read.room, state) == OUTCOME_OK;
}

static struct picture_found answer_of(const struct picture_fetch *fetch, enum store_status status)
{
	struct picture_found found = {.status = 404};
	if (status != STORE_OK) {
		found.status = 503;
	} else if (may_see(fetch)) {
		bool png = !fetch->read.thumb && fetch->read.type == PICTURE_PNG;
		found.status = 200;
		found.type = png ? "image/png" : "image/jpeg";
		found.body = frame_create(fetch->read.size);
		memcpy(found.body->bytes, fetch->read.bytes, fetch->read.size);
		found.body = frame_trim(found.body, fetch->read.size);
	}
	return found;
}

static void on_read(struct store_job *job, enum store_status status)
{
	struct picture_fetch *fetch = (struct picture_fetch *)job;
	fetch->reading = false;
	if (fetch->dropped) {
		free(fetch->read.bytes);
		release(fetch);
		return;
	}
	struct picture_found found = answer_of(fetch, status);
	free(fetch->read.bytes);
	fetch->read.bytes = NULL;
	fetch->found(fetch->data, &found); /* which may drop it */
	frame_unref(found.body);
}

int pictures_fetch(struct server *server, const struct picture_peer *peer, int64_t picture,
	bool thumb, void (*found)(void *data, const struct picture_found *found), void *data,
	struct picture_fetch **out)
{
	struct actor actor;
	struct account *account;
	struct token *token;
	int64_t retry_ms;
	if (!pictures_who(server, peer, &actor, &account, &token)) {
		return 404;
	}
	if (!pictures_pay(server, peer, NULL, FETCH_CREDITS, &retry_ms)) {
		return 429;
	}
	if (*pictures_fetches(server) >= FETCHES_MAX) {
		return 503;
	}
	struct picture_fetch *fetch = xcalloc(1, sizeof(*fetch));
	picture_read_init(&fetch->read);
	fetch->read.id = picture;
	fetch->read.thumb = thumb;
	fetch->read.job.done = on_read;
	fetch->server = server;
	fetch->actor = actor;
	fetch->found = found;
	fetch->data = data;
	fetch->reading = true;
	++*pictures_fetches(server);
	store_read(server->store, &fetch->read.job);
	*out = fetch;
	return 200;
}

void pictures_fetch_drop(struct picture_fetch *fetch)
{
	if (fetch->reading) {
		fetch->dropped = true;
	} else {
		release(fetch);
	}
}
