/* The tokens that open rooms for tabs: in memory, and written through. */
#include "daemon/rooms.h"

#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <assert.h>
#include <stdlib.h>

enum {
	TOKEN_WRITE_MS = 300000
}; /* how far behind a token's `seen` in the file may be */

static uint64_t token_key(const uint8_t hash[32])
{
	uint64_t key;
	memcpy(&key, hash, sizeof(key));
	return key;
}

struct token *rooms_token(const struct server *server, const uint8_t hash[32])
{
	struct token *token = idmap_find(&server->rooms.tokens, token_key(hash));
	return token != NULL && memcmp(token->hash, hash, 32) == 0 ? token : NULL;
}

/* A token on its way to the file, and who is told when it is there. */
struct token_job {
	struct server *server;
	struct asker asker; /* session 0: nobody */
	struct token_write *write;
	struct token_job *next; /* rooms::unwritten */
};

/* What the page was told of its token must be so after a restart too: written again, in order. */
static void keep_unwritten(struct token_job *job)
{
	struct token_job **end = &job->server->rooms.unwritten;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	job->asker = (struct asker){0};
	*end = job;
}

static void on_token_written(struct store_job *job, enum store_status status)
{
	struct token_write *write = (struct token_write *)job;
	struct token_job *owner = write->owner;
	if (status == STORE_OK || status == STORE_REFUSED) {
		dispatch_answer_ok(owner->server, &owner->asker, 0, 0, 0);
	} else {
		journal_note_failure(owner->server, status);
		dispatch_answer_error(owner->server, &owner->asker, WIRE_CODE_UNAVAILABLE);
		keep_unwritten(owner);
		return;
	}
	free(owner);
	free(write);
}

void rooms_write_again(struct server *server)
{
	struct token_job *job = server->rooms.unwritten;
	server->rooms.unwritten = NULL;
	while (job != NULL) {
		struct token_job *next = job->next;
		job->next = NULL;
		store_write(server->store, &job->write->job);
		job = next;
	}
}

static void write_token(
	struct server *server, struct token *token, bool drop, const struct asker *asker)
{
	struct token_job *owner = xcalloc(1, sizeof(*owner));
	owner->server = server;
	owner->asker = asker != NULL ? *asker : (struct asker){0};
	struct token_row row = {.room = token->room->id, .seen_ms = clock_wall_ms()};
	memcpy(row.hash, token->hash, sizeof(row.hash));
	struct token_write *write = token_write_create(&row, drop);
	write->job.done = on_token_written;
	write->owner = owner;
	owner->write = write;
	token->written_mono = clock_mono_ms();
	store_write(server->store, &write->job);
}

struct token *rooms_hold_token(
	struct server *server, const uint8_t hash[32], struct room *room, int64_t idle_mono)
{
	struct token *token = xcalloc(1, sizeof(*token));
	memcpy(token->hash, hash, sizeof(token->hash));
	token->room = room;
	token->idle_mono = idle_mono;
	room->tokens++;
	idmap_put(&server->rooms.tokens, token_key(hash), token);
	return token;
}

struct token *rooms_add_token(struct server *server, const uint8_t hash[32], struct room *room)
{
	struct token *token = rooms_hold_token(server, hash, room, clock_mono_ms());
	write_token(server, token, false, NULL);
	return token;
}

void rooms_drop_token(struct server *server, struct token *token, const struct session *keep,
	const struct asker *asker)
{
	for (struct session *s = server->sessions; s != NULL && token->sessions > 0; s = s->next) {
		if (s->token == token) {
			session_bind_token(s, NULL);
			session_unsubscribe(s, token->room);
			if (s != keep) {
				session_close(s, CLOSE_SIGNED_OUT, true);
			}
		}
	}
	write_token(server, token, true, asker);
	idmap_remove(&server->rooms.tokens, token_key(token->hash));
	token->room->tokens--;
	rooms_unload_if_idle(server, token->room);
	free(token);
}

void rooms_touch_token(struct server *server, struct token *token)
{
	int64_t now = clock_mono_ms();
	token->idle_mono = token->sessions == 0 ? now : 0;
	if (now - token->written_mono >= TOKEN_WRITE_MS) {
		write_token(server, token, false, NULL);
	}
}

void rooms_finish_tokens(struct server *server)
{
	while (server->rooms.unwritten != NULL) {
		struct token_job *job = server->rooms.unwritten;
		server->rooms.unwritten = job->next;
		free(job->write);
		free(job);
	}
	size_t at = 0;
	struct token *token;
	while ((token = idmap_next(&server->rooms.tokens, &at)) != NULL) {
		free(token);
	}
	idmap_finish(&server->rooms.tokens);
}
