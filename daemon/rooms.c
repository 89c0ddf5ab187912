/* Loaded rooms and the tokens that open them. */
#include "daemon/rooms.h"

#include "daemon/acts.h"
#include "daemon/clock.h"
#include "daemon/codename.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/frame.h"
#include "daemon/journal.h"
#include "daemon/sent.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <assert.h>
#include <stdlib.h>

enum {
	ROOM_FEED_FRAMES_MIN = 4,
	NAME_TRIES = 20, /* before two loaded rooms may share a name after all */
	PARKED_MAX = 64, /* requests that wait on one room */
	TOKEN_WRITE_MS = 300000, /* how far behind a token's `seen` in the file may be */
};

struct parked {
	uint64_t session;
	size_t size;
	struct parked *next; /* room::parked */
	char bytes[];
};

/* ---- one room ---- */

static uint32_t feed_frames(const struct server *server)
{
	uint32_t frames = ROOM_FEED_FRAMES_MIN;
	while (frames * 2 <= (uint32_t)server->config->feed_frames) {
		frames *= 2;
	}
	return frames;
}

/* Wall-clock moments of the state, as the monotonic ones that timeouts run on. */
static int64_t mono_of(int64_t wall_ms)
{
	if (wall_ms == 0) {
		return 0;
	}
	int64_t ago = clock_wall_ms() - wall_ms;
	int64_t mono = clock_mono_ms() - (ago > 0 ? ago : 0);
	return mono > 0 ? mono : 1;
}

static void link_room(struct server *server, struct room *room)
{
	struct rooms *rooms = &server->rooms;
	room->next = rooms->list;
	room->link = &rooms->list;
	if (room->next != NULL) {
		room->next->link = &room->next;
	}
	rooms->list = room;
	idmap_put(&rooms->by_id, (uint64_t)room->id, room);
	feed_init(&room->feed, feed_frames(server), false, room->durable.n);
	room->asked_mono = mono_of(room->durable.asked_ms);
	room->since_mono = mono_of(room->durable.since_ms);
	rooms->open += room->durable.phase != WIRE_PHASE_ENDED && room->durable.n > 0;
	rooms_count_load(server, 0, room->pending.supporter);
}

static void unlink_room(struct server *server, struct room *room)
{
	desk_wall_remove(server, room);
	*room->link = room->next;
	if (room->next != NULL) {
		room->next->link = room->link;
	}
	idmap_remove(&server->rooms.by_id, (uint64_t)room->id);
	feed_finish(&room->feed);
	journal_forget_sent(room);
	while (room->parked != NULL) {
		struct parked *parked = room->parked;
		room->parked = parked->next;
		free(parked);
	}
	frame_unref(room->wall_frame);
	free(room->topics);
	free(room->wish);
	free(room);
}

struct room *rooms_find(const struct server *server, int64_t id)
{
	return idmap_find(&server->rooms.by_id, (uint64_t)id);
}

static char *join_topics(const struct msg_room_start *start)
{
	size_t size = 1;
	for (size_t i = 0; i < start->topics_count; i++) {
		size += start->topics[i].size + 1;
	}
	char *joined = xmalloc(size), *end = joined;
	for (size_t i = 0; i < start->topics_count; i++) {
		if (i > 0) {
			*end++ = '\n';
		}
		memcpy(end, start->topics[i].bytes, start->topics[i].size);
		end += start->topics[i].size;
	}
	*end = '\0';
	return joined;
}

/* Two chats of one name side by side would be mixed up. */
static bool name_is_used(const struct server *server, const char *name)
{
	const struct room *room = server->rooms.list;
	while (room != NULL && strcmp(room->name, name) != 0) {
		room = room->next;
	}
	return room != NULL;
}

struct room *rooms_create(struct server *server, const struct msg_room_start *start)
{
	struct room *room = xcalloc(1, sizeof(*room));
	do {
		room->id = server_random_id();
	} while (rooms_find(server, room->id) != NULL);
	for (int tries = 0; tries < NAME_TRIES; tries++) {
		room_name_draw(room->name, sizeof(room->name), room->picture, sizeof(room->picture),
			server_random, NULL);
		if (!name_is_used(server, room->name)) {
			break;
		}
	}
	room->topics = join_topics(start);
	room->wish = start->has_wish ? xmemdup(start->wish.bytes, start->wish.size) : xstrdup("");
	room->mood = start->has_mood ? (int)start->mood : -1;
	room->sent = sent_create();
	link_room(server, room);
	return room;
}

struct room *rooms_adopt(struct server *server, const struct room_row *row)
{
	struct room *room = rooms_find(server, row->id);
	if (room == NULL) {
		room = xcalloc(1, sizeof(*room));
		room_from_row(room, row);
		link_room(server, room);
		desk_wall_touch(server, room);
	}
	return room;
}

void rooms_unload_if_idle(struct server *server, struct room *room)
{
	bool over =
		room->durable.phase == WIRE_PHASE_ENDED && room->pending.phase == WIRE_PHASE_ENDED;
	bool never_was = room->pending.n == 0 && room->durable.n == 0;
	bool used = room->in_flight > 0 || room->visitors_here > 0 || room->tokens > 0 ||
		    room->feed.subscribers != NULL || room->parked != NULL || room->sent_reading;
	bool behind = room->dirty || room->seen_dirty || room->saving > 0;
	if ((over || never_was) && !used && !behind) {
		unlink_room(server, room);
	}
}

/* ---- what follows from a change ---- */

void rooms_count_load(struct server *server, int64_t supporter_before, int64_t supporter_after)
{
	if (supporter_before == supporter_after) {
		return;
	}
	struct account *before = staff_account(server->staff, supporter_before);
	struct account *after = staff_account(server->staff, supporter_after);
	if (before != NULL) {
		before->load--;
	}
	if (after != NULL) {
		after->load++;
	}
}

void rooms_state_changed(struct server *server, struct room *room)
{
	server_refresh_soon(server);
	rooms_marks_changed(server, room);
}

void rooms_marks_changed(struct server *server, struct room *room)
{
	desk_wall_touch(server, room);
	struct subscription *next;
	for (struct subscription *s = room->feed.subscribers; s != NULL; s = next) {
		next = s->next;
		s->state_due = true;
		subscription_wake(s);
	}
}

/* A supporter who no longer has the room is given what happened up to now, and nothing more. */
static void limit_former(struct room *room, int64_t former)
{
	for (struct subscription *s = room->feed.subscribers; s != NULL; s = s->next) {
		const struct session *session = s->session;
		if (session->role == WIRE_ROLE_SUPPORTER && session->account != NULL &&
			session->account->row.id == former && former != room->durable.supporter) {
			s->until = room->durable.n;
		}
	}
}

static void reset_offer(struct room *room, int64_t tried_already)
{
	room->handing_to = 0;
	room->offered_to = 0;
	room->offered_mono = 0;
	memset(room->tried, 0, sizeof(room->tried));
	room->tried[0] = tried_already;
}

static void note_work(struct server *server, int64_t account_id)
{
	struct account *account = staff_account(server->staff, account_id);
	if (account != NULL) {
		account->idle_mono = clock_mono_ms();
	}
}

void rooms_changed(struct server *server, struct room *room, const struct room_change *change,
	const struct room_state *before)
{
	const struct room_state *now = &room->durable;
	if (now->asked_ms != before->asked_ms) {
		room->asked_mono = now->asked_ms > 0 ? clock_mono_ms() : 0;
	}
	if (now->since_ms != before->since_ms || now->phase != before->phase) {
		room->since_mono = clock_mono_ms();
	}
	if (change->kind == EVENT_POSTED) {
		int64_t *typing = change->author == AUTHOR_VISITOR ? &room->visitor_typing_until
								   : &room->supporter_typing_until;
		bool was_typing = *typing > 0;
		*typing = 0;
		note_work(server, change->author);
		frame_unref(room->wall_frame); /* its n; overseers hear of it by the event */
		room->wall_frame = NULL;
		bool wait_changed = (now->asked_ms == 0) != (before->asked_ms == 0);
		if (now->alarm != before->alarm ||
			(wait_changed && now->phase != WIRE_PHASE_LIVE)) {
			rooms_state_changed(server, room);
		} else if (was_typing) {
			rooms_marks_changed(server, room);
		}
		return;
	}
	if (change->kind == EVENT_JOINED && before->phase == WIRE_PHASE_WAITING) {
		desk_note_wait(server, now->since_ms - before->since_ms);
	}
	room->came_back |= change->kind == EVENT_RETURNED;
	bool was_open = before->n > 0 && before->phase != WIRE_PHASE_ENDED;
	bool is_open = now->phase != WIRE_PHASE_ENDED;
	server->rooms.open = server->rooms.open + is_open - was_open;
	if (!event_is_staff_only(change->kind)) {
		bool lost = change->kind == EVENT_REQUEUED;
		reset_offer(room, lost ? before->supporter : 0);
		limit_former(room, before->supporter);
		note_work(server, before->supporter);
		note_work(server, now->supporter);
		room->visitor_typing_until = room->supporter_typing_until = 0;
	}
	rooms_state_changed(server, room);
}

/* ---- tokens ---- */

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

static struct token *hold_token(
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
	struct token *token = hold_token(server, hash, room, clock_mono_ms());
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

/* ---- parked requests ---- */

void rooms_park(struct room *room, uint64_t session, const char *bytes, size_t size)
{
	struct parked **end = &room->parked;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = xmalloc(sizeof(**end) + size);
	**end = (struct parked){.session = session, .size = size};
	memcpy((*end)->bytes, bytes, size);
}

bool rooms_can_park(const struct room *room)
{
	unsigned count = 0;
	for (const struct parked *p = room->parked; p != NULL; p = p->next) {
		count++;
	}
	return count < PARKED_MAX;
}

void rooms_unpark(struct server *server, struct room *room, bool ok)
{
	struct parked *parked = room->parked;
	room->parked = NULL;
	while (parked != NULL) {
		struct parked *next = parked->next;
		struct session *session = server_session(server, parked->session);
		if (session != NULL && session->close_code == 0) {
			if (ok) {
				dispatch_parked(session, parked->bytes, parked->size);
			} else {
				dispatch_refuse_parked(session, parked->bytes, parked->size);
			}
		}
		free(parked);
		parked = next;
	}
}

/* ---- the file ---- */

struct load {
	struct store_job job;
	struct server *server;
	struct store_db *db;
	bool damaged;
};

static bool load_room(void *data, const struct room_row *row)
{
	struct load *load = data;
	rooms_adopt(load->server, row);
	return true;
}

static struct room *load_room_of(struct load *load, const struct event_row *event)
{
	struct room *room = rooms_find(load->server, event->room);
	if (room != NULL) {
		return room;
	}
	struct room_row row;
	if (room_find_now(load->db, event->room, &row) == STORE_OK) {
		return rooms_adopt(load->server, &row);
	}
	room = xcalloc(1, sizeof(*room));
	if (!event_open_room(event, room)) {
		free(room);
		return NULL;
	}
	link_room(load->server, room);
	return room;
}

/* An event behind the rows: applied again, unless its room's row has it already. */
static bool apply_again(void *data, const struct event_row *event)
{
	struct load *load = data;
	struct room_change change;
	if (!event_to_change(event, &change)) {
		load->damaged = true;
		return false;
	}
	load->server->journal.durable_seq = event->seq;
	if (event->room == 0) {
		return true;
	}
	struct room *room = load_room_of(load, event);
	if (room == NULL) {
		load->damaged = true;
		return false;
	}
	bool is_new =
		event->n > 0 ? event->n > room->durable.n : event->seq > room->durable.head_seq;
	if (event->n > room->durable.n + 1) {
		load->damaged = true; /* a room's numbers have no gaps */
		return false;
	}
	if (is_new) {
		int64_t supporter = room->durable.supporter;
		room_apply(&room->durable, &change);
		room->pending = room->durable;
		room->dirty = true;
		rooms_count_load(load->server, supporter, room->durable.supporter);
	}
	return true;
}

static bool load_token(void *data, const struct token_row *row)
{
	struct load *load = data;
	struct room *room = rooms_find(load->server, row->room);
	struct room_row found;
	if (room == NULL && room_find_now(load->db, row->room, &found) == STORE_OK) {
		room = rooms_adopt(load->server, &found);
	}
	if (room != NULL) { /* a room that never came to be has no token either */
		hold_token(load->server, row->hash, room, mono_of(row->seen_ms));
	}
	return true;
}

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct load *load = (struct load *)job;
	struct journal *journal = &load->server->journal;
	load->db = db;
	enum store_status status = room_load_applied(db, &journal->applied_seq);
	if (status == STORE_OK) {
		status = room_load_all(db, WIRE_PHASE_ENDED, load_room, load);
	}
	if (status == STORE_OK) {
		journal->durable_seq = journal->applied_seq;
		status = event_tail(db, journal->applied_seq, apply_again, load);
	}
	if (status == STORE_OK) {
		status = token_load_all(db, load_token, load);
	}
	return status == STORE_OK && load->damaged ? STORE_DAMAGED : status;
}

/* Rooms were linked before the events behind their rows were applied. */
static void settle_after_load(struct server *server)
{
	server->rooms.open = 0;
	for (struct room *room = server->rooms.list; room != NULL; room = room->next) {
		room->feed.newest = room->durable.n;
		room->asked_mono = mono_of(room->durable.asked_ms);
		room->since_mono = mono_of(room->durable.since_ms);
		server->rooms.open += room->durable.phase != WIRE_PHASE_ENDED;
		desk_wall_touch(server, room);
	}
}

enum store_status rooms_load(struct server *server)
{
	struct load load = {.job.run = load_all, .server = server};
	enum store_status status = store_read_now(server->store, &load.job);
	if (status != STORE_OK) {
		return status;
	}
	server->journal.pending_seq = server->journal.durable_seq;
	settle_after_load(server);
	return STORE_OK;
}

void rooms_finish(struct server *server)
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
	while (server->rooms.list != NULL) {
		unlink_room(server, server->rooms.list);
	}
	idmap_finish(&server->rooms.by_id);
}
