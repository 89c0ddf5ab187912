/* Work and codes before a chat; see door.h. */
#include "daemon/door.h"

#include "daemon/clock.h"
#include "daemon/code_text.h"
#include "daemon/codes.h"
#include "daemon/config.h"
#include "daemon/pressure.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "daemon/shared.h"
#include "daemon/work.h"
#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdlib.h>

enum {
	USUAL_WRONG_CODES = 30, /* a minute, of everybody; a class that types makes some */
	USUAL_GUESSES = 60, /* at codenames, a minute */
	USUAL_QUEUED = 4, /* before Argon2, of ARGON_QUEUE_MAX */
	CODE_TRIES = 5, /* of a room that is to go to peers; then one every */
	CODE_TRY_S = 60,
	FEW_ROOMS = 3, /* a minute, from one place, when there is little room left */
};

struct door {
	struct work *work;
	struct pressure_count rooms, wrong_codes, guesses;
};

void door_create(struct server *server)
{
	uint8_t key[WORK_KEY_BYTES];
	randombytes_buf(key, sizeof(key));
	server->door = xcalloc(1, sizeof(*server->door));
	server->door->work = work_create(key, clock_mono_ms());
	sodium_memzero(key, sizeof(key));
}

void door_destroy(struct server *server)
{
	if (server->door != NULL) {
		work_destroy(server->door->work);
		free(server->door);
		server->door = NULL;
	}
}

/* ---- pressure ---- */

static unsigned code_bits(const struct door *door, int64_t now)
{
	const struct pressure_load load = {
		pressure_in_last_minute(&door->wrong_codes, now), USUAL_WRONG_CODES};
	unsigned bits = pressure_bits(&load, 1);
	return bits < PRESSURE_BITS_CODES ? bits : PRESSURE_BITS_CODES;
}

static unsigned room_bits(const struct session *session, bool to_adult, int64_t now)
{
	const struct server *server = session->server;
	const struct door *door = server->door;
	int64_t opened = pressure_in_last_minute(&door->rooms, now);
	const struct pressure_load loads[] = {
		{opened, server->config->rooms_per_min},
		{(int64_t)server->rooms.open, (int64_t)rooms_usual(server)},
		{(int64_t)server->rooms.waiting, server->config->waiting},
	};
	unsigned bits = pressure_bits(loads, sizeof(loads) / sizeof(loads[0]));
	unsigned for_codes = code_bits(door, now);
	bits = bits > for_codes ? bits : for_codes;
	if (bits > 0 && shared_rooms(server, session->bucket, now) * 2 > opened) {
		bits += PRESSURE_BITS_SHARE;
	}
	return to_adult && bits > PRESSURE_BITS_ADULT ? PRESSURE_BITS_ADULT : bits;
}

static unsigned codename_bits(const struct server *server, int64_t now)
{
	const struct pressure_load loads[] = {
		{pressure_in_last_minute(&server->door->guesses, now), USUAL_GUESSES},
		{server->codename_lane.queued, USUAL_QUEUED},
	};
	return pressure_bits(loads, sizeof(loads) / sizeof(loads[0]));
}

/*
 * Whether a solution is taken. One for a somewhat easier moment is, so that nobody runs after the
 * pressure: from least to most are three sums, however fast it rises. One for a much easier moment
 * is not: they could be gathered then.
 */
static bool is_taken(struct session *session, enum work_purpose purpose, unsigned bits,
	const uint8_t *solution, int64_t now)
{
	if (solution == NULL) {
		return false;
	}
	enum work_status status = work_take(session->server->door->work, purpose,
		bits - PRESSURE_BITS_SLACK, session->token_hash, solution, now);
	return work_opens(status, purpose);
}

static bool has_worked(struct session *session, enum work_purpose purpose, unsigned bits,
	const uint8_t *solution, int64_t now, const struct asker *asker)
{
	if (bits == 0 || is_taken(session, purpose, bits, solution, now)) {
		return true;
	}
	uint8_t salt[WORK_SALT_BYTES], challenge[WORK_CHALLENGE_BYTES];
	randombytes_buf(salt, sizeof(salt));
	work_ask(session->server->door->work, purpose, bits, session->token_hash, salt, now,
		challenge);
	dispatch_ask_work(session, asker, challenge, bits);
	return false;
}

/* ---- rooms ---- */

static bool needs_code(const struct server *server, const struct room *room, enum wire_audience to)
{
	bool admitted = room != NULL && room->pending.n > 0 && !room->pending.for_adults;
	return settings_is_on(server->settings, SETTING_CODES_REQUIRED) &&
	       to != WIRE_AUDIENCE_COUNSELOR && !admitted;
}

/* What fails the check is no guess, and moves nobody: it was mistyped, or is to annoy. */
static enum outcome ask_code(struct server *server, struct text code, int64_t now)
{
	char text[CODE_TEXT_BYTES];
	if (codes_admit(server, code)) {
		return OUTCOME_OK;
	}
	if (code_text_read(code.bytes, code.size, text)) {
		pressure_note(&server->door->wrong_codes, now);
	}
	return refuse(WIRE_CODE_CODE_WRONG);
}

/*
 * Who floods the school with chats must not take the last place from who needs one. No address has
 * a limit: behind the flooder's own, too, an adult can be written to for longer, and the school's
 * codes open a chat for as long as there is any room.
 */
static bool has_place(const struct session *session, bool to_adult, int64_t now)
{
	const struct server *server = session->server;
	int64_t open = (int64_t)server->rooms.open, limit = server->config->rooms;
	return open < (int64_t)rooms_usual(server) || (to_adult && open < limit - limit / 8) ||
	       shared_rooms(server, session->bucket, now) < FEW_ROOMS;
}

enum outcome door_ask_room(struct session *session, const struct room *room,
	const struct msg_room_start *request, const struct asker *asker, uint8_t *worked)
{
	struct server *server = session->server;
	int64_t now = clock_mono_ms();
	bool asks_code = needs_code(server, room, request->to);
	if (asks_code && !request->has_code) {
		return refuse(WIRE_CODE_CODE_NEEDED);
	}
	bool to_adult = request->to == WIRE_AUDIENCE_COUNSELOR;
	bool needs_place = room == NULL && !has_place(session, to_adult, now);
	if (needs_place && !request->has_code) {
		return refuse(WIRE_CODE_TOO_MANY);
	}
	/* Before the code is looked at: guessing one costs as much as opening a chat. */
	unsigned bits = room_bits(session, to_adult, now);
	enum work_purpose purpose = to_adult ? WORK_ADULT : WORK_ROOM;
	const uint8_t *solution = request->has_work ? request->work : NULL;
	if (!has_worked(session, purpose, bits, solution, now, asker)) {
		return OUTCOME_ANSWERED;
	}
	*worked = !to_adult ? PRESSURE_BITS_MOST : bits > 0 ? (uint8_t)work_bits(solution) : 0;
	return asks_code || needs_place ? ask_code(server, request->code, now) : OUTCOME_OK;
}

void door_note_room(struct session *session, struct room *room, uint8_t worked)
{
	int64_t now = clock_mono_ms();
	room->worked = worked;
	pressure_note(&session->server->door->rooms, now);
	shared_note_room(session->server, session->bucket, now);
}

/* What a room that is not the peers' yet still costs: where somebody has answered, nothing. */
static unsigned peers_bits(const struct session *session, const struct room *room, int64_t now)
{
	unsigned bits = room->pending.answered_n > 0 ? 0 : room_bits(session, false, now);
	bool is_over = room->pending.phase == WIRE_PHASE_ENDED;
	return !is_over && room->worked >= bits ? 0 : bits;
}

static enum outcome try_code(
	struct server *server, struct room *room, struct text code, int64_t now)
{
	static const struct rate_limit tries = {.capacity = CODE_TRIES * CODE_TRY_S, .per_s = 1};
	int64_t wait_ms;
	if (room->codes.at_ms == 0) {
		rate_init(&room->codes, &tries, now);
	}
	if (!rate_take(&room->codes, &tries, CODE_TRY_S, now, &wait_ms)) {
		return refuse(WIRE_CODE_TOO_FAST);
	}
	return ask_code(server, code, now);
}

enum outcome door_ask_peers(struct session *session, struct room *room,
	const struct msg_room_wait *request, const struct asker *asker)
{
	bool is_over = room->pending.phase == WIRE_PHASE_ENDED;
	if (!is_over && room->pending.audience != WIRE_AUDIENCE_COUNSELOR) {
		return OUTCOME_OK;
	}
	struct server *server = session->server;
	bool asks_code = needs_code(server, room, WIRE_AUDIENCE_NOW);
	if (asks_code && !request->has_code) {
		return refuse(WIRE_CODE_CODE_NEEDED);
	}
	int64_t now = clock_mono_ms();
	unsigned bits = peers_bits(session, room, now);
	const uint8_t *solution = request->has_work ? request->work : NULL;
	if (!has_worked(session, WORK_ROOM, bits, solution, now, asker)) {
		return OUTCOME_ANSWERED;
	}
	enum outcome may = asks_code ? try_code(server, room, request->code, now) : OUTCOME_OK;
	if (may == OUTCOME_OK && is_over) {
		door_note_room(session, room, PRESSURE_BITS_MOST);
	} else if (may == OUTCOME_OK) {
		room->worked = PRESSURE_BITS_MOST;
	}
	return may;
}

/* ---- codenames ---- */

enum outcome door_ask_codename(
	struct session *session, const struct msg_codename_open *request, const struct asker *asker)
{
	struct server *server = session->server;
	int64_t now = clock_mono_ms();
	const uint8_t *solution = request->has_work ? request->work : NULL;
	if (!has_worked(session, WORK_CODENAME, codename_bits(server, now), solution, now, asker)) {
		return OUTCOME_ANSWERED;
	}
	pressure_note(&server->door->guesses, now);
	return OUTCOME_OK;
}
