/* Openings in memory, their clocks, and each step on its way into the audit and the file. */
#include "daemon/identity.h"

#include "daemon/acts.h"
#include "daemon/audit.h"
#include "daemon/channel_text.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/escrow_inside.h"
#include "daemon/journal.h"
#include "daemon/outbox.h"
#include "daemon/reach.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_room.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MESSAGES_MAX = 64, /* to adults who are not at the page */
};

/* A step on its way. */
struct moving {
	struct room_find find; /* of a room that is not in memory */
	struct server *server;
	struct opening_step step;
	struct opening_row row; /* the reason is owned */
	uint8_t *shares;
	int64_t at_ms;
	struct outbox_message *messages;
	size_t messages_count;
};

/* ---- memory ---- */

struct opening *opening_find(const struct server *server, int64_t id)
{
	struct opening *opening = server->escrow->openings;
	while (opening != NULL && opening->row.id != id) {
		opening = opening->next;
	}
	return opening;
}

int64_t opening_mono_of(const struct server *server, int64_t until_ms)
{
	int64_t left = until_ms - clock_wall_ms(), most = server->config->escrow_open_ms;
	return clock_mono_ms() + (left < 0 ? 0 : left < most ? left : most);
}

static bool is_over(int64_t step)
{
	return step == WIRE_IDENTITY_DECLINED || step == WIRE_IDENTITY_CLOSED;
}

static void forget(struct server *server, int64_t id)
{
	struct opening **link = &server->escrow->openings;
	while (*link != NULL && (*link)->row.id != id) {
		link = &(*link)->next;
	}
	struct opening *opening = *link;
	if (opening != NULL) {
		*link = opening->next;
		server->escrow->openings_count--;
		free((char *)(uintptr_t)opening->row.reason);
		free(opening);
	}
}

static void remember(struct server *server, const struct opening_row *row)
{
	struct opening *opening = opening_find(server, row->id);
	if (opening == NULL) {
		opening = xcalloc(1, sizeof(*opening));
		struct opening **end = &server->escrow->openings;
		while (*end != NULL) {
			end = &(*end)->next;
		}
		*end = opening;
		server->escrow->openings_count++;
	}
	char *reason = xstrdup(row->reason);
	free((char *)(uintptr_t)opening->row.reason);
	opening->row = *row;
	opening->row.reason = reason;
	opening->until_mono = opening_mono_of(server, row->until_ms);
}

/* ---- to those who are not at the page ---- */

static const char *words_of(enum wire_identity_step step)
{
	switch (step) {
	case WIRE_IDENTITY_ASKED:
		return "asks to open sealed details";
	case WIRE_IDENTITY_APPROVED:
		return "agreed to open sealed details";
	case WIRE_IDENTITY_DECLINED:
		return "did not agree to open sealed details";
	case WIRE_IDENTITY_OPENED:
		return "opened sealed details";
	case WIRE_IDENTITY_CLOSED:
		return "closed sealed details";
	}
	return "";
}

static const char *alias_of(const struct server *server, int64_t account)
{
	const struct account *found = staff_account(server->staff, account);
	return found != NULL ? found->row.alias : "?";
}

static void add_message(struct moving *moving, enum wire_channel channel, const char *who,
	const char *address, int64_t account)
{
	const struct server *server = moving->server;
	if (moving->messages_count == MESSAGES_MAX || !outbox_has(server, channel)) {
		return;
	}
	struct outbox_message *message = &moving->messages[moving->messages_count++];
	const char *by = alias_of(server, moving->step.by);
	char url[512];
	config_public_url(server->config, url, sizeof(url));
	*message = (struct outbox_message){
		.kind = OUTBOX_IDENTITY,
		.channel = channel,
		.since_ms = moving->at_ms,
		.urgent = true,
	};
	snprintf(message->key, sizeof(message->key), "identity-%lld-%d-%d-%lld",
		(long long)moving->row.id, (int)moving->step.step, (int)channel,
		(long long)account);
	snprintf(message->who, sizeof(message->who), "%s", who);
	snprintf(message->address, sizeof(message->address), "%s", address);
	snprintf(message->title, sizeof(message->title), "Hark: %.120s %s", by,
		words_of(moving->step.step));
	text_end_whole(message->title);
	snprintf(message->text, sizeof(message->text),
		"%.160s %s of a chat. If that is not right, talk to them, and look at the "
		"audit.\n\n%s/oversight\n",
		by, words_of(moving->step.step), url);
	text_end_whole(message->text);
}

/* Every other holder over what leads to them, and the school's own channels once. */
static void write_messages(struct moving *moving)
{
	const struct server *server = moving->server;
	if (moving->step.step != WIRE_IDENTITY_ASKED && moving->step.step != WIRE_IDENTITY_OPENED) {
		return;
	}
	moving->messages = xcalloc(MESSAGES_MAX, sizeof(*moving->messages));
	static const enum wire_channel of_school[] = {
		WIRE_CHANNEL_WEBHOOK, WIRE_CHANNEL_SLACK, WIRE_CHANNEL_TEAMS, WIRE_CHANNEL_PROGRAM};
	for (size_t i = 0; i < sizeof(of_school) / sizeof(of_school[0]); i++) {
		add_message(moving, of_school[i], "everyone", "", 0);
	}
	for (const struct account *a = server->staff->accounts; a != NULL; a = a->next) {
		if (a->row.id == moving->step.by || escrow_active_of(server, a->row.id) == NULL) {
			continue;
		}
		struct reach_row reach = reach_newest(a);
		if (reach.mail[0] != '\0') {
			add_message(moving, WIRE_CHANNEL_MAIL, a->row.alias, reach.mail, a->row.id);
		}
		if (reach.ntfy[0] != '\0') {
			add_message(moving, WIRE_CHANNEL_NTFY, a->row.alias, reach.ntfy, a->row.id);
		}
	}
}

/* ---- a step ---- */

static void finish(struct moving *moving, enum store_status status)
{
	struct server *server = moving->server;
	const struct opening_step *step = &moving->step;
	if (status == STORE_OK && !step->again) {
		if (is_over(step->step)) {
			forget(server, moving->row.id);
		} else {
			remember(server, &moving->row);
		}
		outbox_wake(server);
	}
	struct opening *opening = opening_find(server, moving->row.id);
	if (opening != NULL) {
		opening->moving = false;
	}
	server->escrow->asking -= step->is_new;
	server->escrow->works--;
	escrow_changed(server);
	if (step->done != NULL) {
		step->done(server, step->data, status);
	}
	if (moving->shares != NULL) {
		sodium_memzero(moving->shares, step->shares_size);
	}
	free(moving->shares);
	free(moving->messages);
	free((char *)(uintptr_t)moving->row.reason);
	free(moving);
}

/* With the event, in its transaction. */
static enum store_status write_step(struct store_db *db, void *data)
{
	const struct moving *moving = data;
	enum store_status status = moving->step.is_new
					   ? opening_insert(db, &moving->row)
					   : opening_update(db, &moving->row, moving->shares,
						     moving->step.shares_size);
	if (status == STORE_OK && moving->messages_count > 0) {
		status = outbox_insert(db, moving->messages, moving->messages_count, moving->at_ms);
	}
	return status;
}

static void on_step_written(struct server *server, void *data, enum store_status status)
{
	struct moving *moving = data;
	int64_t id = moving->row.room;
	finish(moving, status);
	struct room *room = rooms_find(server, id);
	if (room != NULL) {
		rooms_unload_if_idle(server, room);
	}
}

static void append_step(struct moving *moving, struct room *room)
{
	struct server *server = moving->server;
	if (!journal_writable(server) || room->pending.n == 0) {
		finish(moving, STORE_NOT_RECOVERED);
		return;
	}
	int64_t author = moving->step.by > 0 ? moving->step.by : AUTHOR_NOBODY;
	struct room_change change = journal_next(server, room, EVENT_IDENTITY_MOVED, author);
	change.revealed = moving->step.step == WIRE_IDENTITY_OPENED;
	moving->row.at_ms = moving->at_ms = change.at_ms;
	if (moving->step.is_new) {
		moving->row.asked_ms = change.at_ms;
		snprintf(moving->row.name, sizeof(moving->row.name), "%s", room->name);
		journal_save_room(server, room);
	}
	write_messages(moving);
	struct msg_identity_moved moved = {
		.seq = change.seq,
		.room = room->id,
		.at_ms = change.at_ms,
		.opening = moving->row.id,
		.step = moving->step.step,
		.why = (enum wire_danger)moving->row.why,
		.name = text_of(moving->step.by > 0 ? alias_of(server, moving->step.by) : ""),
	};
	struct journal_said said = {
		.also = write_step, .done = on_step_written, .also_data = moving};
	act_append(server, room, &change, TYPE_IDENTITY_MOVED, &moved, &said);
}

static void on_room_found(struct store_job *job, enum store_status status)
{
	struct moving *moving = (struct moving *)job;
	if (status != STORE_OK) {
		finish(moving, status);
		return;
	}
	append_step(moving, rooms_adopt(moving->server, &moving->find.row));
}

static void on_audited(struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct moving *moving = data;
	if (status != STORE_OK || moving->step.again) {
		finish(moving, status);
		return;
	}
	struct room *room = rooms_find(server, moving->row.room);
	if (room != NULL) {
		append_step(moving, room);
		return;
	}
	room_find_init(&moving->find);
	moving->find.id = moving->row.room;
	moving->find.job.done = on_room_found;
	store_read(server->store, &moving->find.job);
}

static enum wire_audit_what audit_of(enum wire_identity_step step)
{
	switch (step) {
	case WIRE_IDENTITY_ASKED:
		return WIRE_AUDIT_IDENTITY_ASKED;
	case WIRE_IDENTITY_APPROVED:
		return WIRE_AUDIT_IDENTITY_APPROVED;
	case WIRE_IDENTITY_DECLINED:
		return WIRE_AUDIT_IDENTITY_DECLINED;
	case WIRE_IDENTITY_OPENED:
		return WIRE_AUDIT_IDENTITY_OPENED;
	case WIRE_IDENTITY_CLOSED:
		break;
	}
	return WIRE_AUDIT_IDENTITY_CLOSED;
}

void identity_step(struct server *server, const struct opening_step *step)
{
	static const char *const dangers[] = {
		[WIRE_DANGER_SELF] = "may hurt themselves",
		[WIRE_DANGER_HARMED] = "is being hurt",
		[WIRE_DANGER_OTHERS] = "may hurt others",
		[WIRE_DANGER_MEDICAL] = "needs medical help",
	};
	struct moving *moving = xcalloc(1, sizeof(*moving));
	moving->server = server;
	moving->step = *step;
	moving->row = *step->row;
	moving->row.reason = xstrdup(step->row->reason);
	moving->row.step = (int64_t)step->step;
	if (step->shares != NULL) {
		moving->shares = xmalloc(step->shares_size);
		memcpy(moving->shares, step->shares, step->shares_size);
	}
	struct opening *opening = opening_find(server, step->row->id);
	if (opening != NULL) {
		opening->moving = true;
	}
	server->escrow->asking += step->is_new;
	server->escrow->works++;
	char detail[128];
	snprintf(detail, sizeof(detail), "Opening %lld: the visitor %s%s", (long long)step->row->id,
		dangers[step->row->why],
		step->by == 0 ? "; its time was over"
		: step->again ? "; shown again"
			      : "");
	audit_add(server,
		&(struct audit_entry){
			.what = audit_of(step->step),
			.account = step->by,
			.room = step->row->room,
			.detail = detail,
		},
		on_audited, moving);
}

/* ---- clocks ---- */

void openings_tick(struct server *server)
{
	int64_t now = clock_mono_ms();
	if (!journal_writable(server)) {
		return;
	}
	struct opening *next;
	for (struct opening *o = server->escrow->openings; o != NULL; o = next) {
		next = o->next;
		if (!o->moving && now >= o->until_mono) {
			identity_step(server, &(struct opening_step){
						      .step = WIRE_IDENTITY_CLOSED,
						      .row = &o->row,
					      });
		}
	}
}

/* ---- beginning and end ---- */

static bool load_opening(void *data, const struct opening_row *row)
{
	remember(data, row);
	return true;
}

enum store_status openings_load(struct server *server, struct store_db *db)
{
	static const int64_t steps[3] = {
		WIRE_IDENTITY_ASKED, WIRE_IDENTITY_APPROVED, WIRE_IDENTITY_OPENED};
	return opening_load_open(db, steps, load_opening, server);
}

void openings_finish(struct server *server)
{
	while (server->escrow->openings != NULL) {
		forget(server, server->escrow->openings->row.id);
	}
}
