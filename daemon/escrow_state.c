/* state.escrow: who holds keys, what is open, what is wrong. */
#include "daemon/escrow_inside.h"

#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	HOLDERS_MAX = 60,
	WARNINGS_MAX = 6,
	WARNING_BYTES = 800,
};

/* The message and what its lists point at. */
struct state {
	struct msg_state_escrow message;
	struct item_holder holders[HOLDERS_MAX];
	struct item_opening openings[OPENINGS_MAX];
	struct text warnings[WARNINGS_MAX];
	char sentences[WARNINGS_MAX][WARNING_BYTES];
};

static struct text alias_of(const struct server *server, int64_t account, const char *otherwise)
{
	const struct account *found = staff_account(server->staff, account);
	return text_of(found != NULL ? found->row.alias : otherwise);
}

struct item_opening opening_item(
	const struct server *server, const struct opening_row *row, int64_t until_ms)
{
	return (struct item_opening){
		.opening = row->id,
		.room = row->room,
		.name = text_of(row->name),
		.step = (enum wire_identity_step)row->step,
		.why = (enum wire_danger)row->why,
		.reason = text_of(row->reason),
		.by = row->by_account,
		.by_name = alias_of(server, row->by_account, "?"),
		.approved_by = alias_of(server, row->approved_by, ""),
		.at_ms = row->at_ms,
		.has_until_ms = until_ms > 0,
		.until_ms = until_ms,
	};
}

static void list_holders(const struct server *server, struct state *state)
{
	struct msg_state_escrow *message = &state->message;
	for (const struct escrow_holder *h = server->escrow->holders; h != NULL; h = h->next) {
		if (!escrow_is_active(server, h) || message->holders_count == HOLDERS_MAX) {
			continue;
		}
		int64_t missing = server->escrow->items - h->shares;
		message->recovery |= h->row.account == 0;
		state->holders[message->holders_count++] = (struct item_holder){
			.account = h->row.account,
			.name = text_of(escrow_holder_name(server, h)),
			.missing = missing > 0 ? missing : 0,
		};
	}
}

static void warn(struct state *state, const char *sentence)
{
	if (state->message.warnings_count < WARNINGS_MAX) {
		state->warnings[state->message.warnings_count++] = text_of(sentence);
	}
}

static void list_warnings(struct state *state)
{
	const struct msg_state_escrow *message = &state->message;
	size_t people = message->holders_count - message->recovery;
	if (people == 0) {
		warn(state, "Nobody holds a key: nothing about visitors is kept. A counselor has "
			    "to sign in.");
	} else if (people == 1) {
		warn(state, "Only one person holds a key. If that key is lost, sealed details are "
			    "lost too.");
	}
	if (!message->recovery) {
		warn(state, "There is no recovery key. Make one with: hark escrow recovery");
	}
	if (message->approvals > 1 && people < 2) {
		warn(state, "Two have to agree, and there are not two: nothing can be opened.");
	}
	for (size_t i = 0; i < message->holders_count; i++) {
		const struct item_holder *holder = &state->holders[i];
		if (holder->missing == 0 || holder->account == 0 ||
			message->warnings_count == WARNINGS_MAX) {
			continue;
		}
		char *sentence = state->sentences[message->warnings_count];
		snprintf(sentence, WARNING_BYTES,
			"%.*s cannot open %lld older items. Another holder can grant them.",
			(int)holder->name.size, holder->name.bytes, (long long)holder->missing);
		warn(state, sentence);
	}
}

static struct state *make(const struct server *server)
{
	struct state *state = xcalloc(1, sizeof(*state));
	state->message = (struct msg_state_escrow){
		.approvals = server->config->escrow_approvals,
		.open_s = server->config->escrow_open_ms / 1000 + 1 -
			  (server->config->escrow_open_ms % 1000 == 0),
		.holders = state->holders,
		.openings = state->openings,
		.warnings = state->warnings,
	};
	list_holders(server, state);
	list_warnings(state);
	for (const struct opening *o = server->escrow->openings;
		o != NULL && state->message.openings_count < OPENINGS_MAX; o = o->next) {
		state->openings[state->message.openings_count++] =
			opening_item(server, &o->row, o->row.until_ms);
	}
	return state;
}

struct frame *escrow_frame(struct server *server)
{
	struct state *state = make(server);
	struct frame *frame = desk_encode(server, TYPE_STATE_ESCROW, &state->message);
	free(state);
	return frame;
}

void escrow_tell(struct session *session, bool has_ref, int64_t ref)
{
	struct state *state = make(session->server);
	/* Why somebody's details were opened is the counselors' alone. */
	state->message.openings_count = 0;
	state->message.has_ref = has_ref;
	state->message.ref = ref;
	session_send(session, TYPE_STATE_ESCROW, &state->message);
	free(state);
}

void escrow_changed(struct server *server)
{
	for (struct session *s = server->sessions; s != NULL; s = s->next) {
		if (s->oversight != NULL) {
			s->escrow_due = true;
			session_wake(s);
		}
	}
}
