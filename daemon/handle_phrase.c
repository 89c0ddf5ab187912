/* phrase.list, phrase.put, phrase.remove; flag.clear. */
#include "daemon/journal.h"
#include "daemon/phrases.h"
#include "daemon/rooms.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/setup.h"
#include "daemon/staff.h"
#include "daemon/watch.h"
#include "daemon/xalloc.h"
#include "storage/table_phrase.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PAGE = 100 /* phrases in one answer */
};

enum outcome handle_phrase_list(struct session *session, const struct msg_phrase_list *request)
{
	const struct watch_list *list = session->server->watched;
	struct item_phrase items[PAGE];
	struct msg_phrase_listed listed = {
		.has_ref = request->has_ref, .ref = request->ref, .phrases = items};
	for (size_t i = 0; i < list->count; i++) {
		const struct phrase_row *row = &list->rows[i];
		if (request->has_after && row->id <= request->after) {
			continue;
		}
		if (listed.phrases_count == PAGE) {
			listed.more = true;
			break;
		}
		items[listed.phrases_count++] = (struct item_phrase){
			.phrase = row->id,
			.language = text_of(row->language),
			.severity = (enum wire_severity)row->severity,
			.category = text_of(row->category),
			.text = text_of(row->text),
			.match = (enum wire_match)row->match,
		};
	}
	session_send(session, TYPE_PHRASE_LISTED, &listed);
	return OUTCOME_ANSWERED;
}

/* ---- changing ---- */

struct phrase_change {
	struct server *server;
	struct asker asker;
	bool is_new;
};

static void on_phrase_written(struct store_job *job, enum store_status status)
{
	struct phrase_write *write = (struct phrase_write *)job;
	struct phrase_change *change = write->owner;
	struct server *server = change->server;
	if (server->watched != NULL) { /* NULL: everything is being taken down */
		server->watched->adding -= change->is_new;
		if (status == STORE_OK && write->remove) {
			watch_forget(server->watched, write->row.id);
		} else if (status == STORE_OK) {
			watch_keep(server->watched, &write->row);
		}
	}
	if (status == STORE_OK) {
		dispatch_answer_ok(server, &change->asker, 0, 0, 0);
	} else if (status == STORE_REFUSED) {
		dispatch_answer_error(server, &change->asker, WIRE_CODE_EXISTS);
	} else {
		journal_note_failure(server, status);
		dispatch_answer_error(server, &change->asker, WIRE_CODE_UNAVAILABLE);
	}
	free(change);
	free(write);
}

static void hand_over(
	struct server *server, struct phrase_write *write, const struct asker *asker, bool is_new)
{
	struct phrase_change *change = xmalloc(sizeof(*change));
	*change = (struct phrase_change){server, *asker, is_new};
	server->watched->adding += is_new;
	write->job.done = on_phrase_written;
	write->owner = change;
	store_write(server->store, &write->job);
}

static bool is_language(struct text language)
{
	for (size_t i = 0; i < language.size; i++) {
		char c = language.bytes[i];
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
			return false;
		}
	}
	return true;
}

static void copy(char *to, size_t capacity, struct text text)
{
	snprintf(to, capacity, "%.*s", (int)text.size, text.bytes);
}

/* Another phrase that is the same once both are folded; NULL. */
static const struct phrase_row *find_same(
	const struct watch_list *list, const struct phrase_row *row, const char *folded)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct phrase_row *other = &list->rows[i];
		char other_folded[PHRASES_FOLDED_BYTES];
		if (other->id == row->id || strcmp(other->language, row->language) != 0) {
			continue;
		}
		phrases_fold(other->text, strlen(other->text), other_folded);
		if (strcmp(other_folded, folded) == 0) {
			return other;
		}
	}
	return NULL;
}

enum outcome handle_phrase_put(struct session *session, const struct msg_phrase_put *request)
{
	struct server *server = session->server;
	struct watch_list *list = server->watched;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	char folded[PHRASES_FOLDED_BYTES];
	if (request->has_phrase && watch_phrase(list, request->phrase) == NULL) {
		return setup_refuse(
			session, &asker, WIRE_CODE_NO_SUCH, "There is no such watch phrase.");
	}
	if (!is_language(request->language)) {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_SETTING,
			"A language is given by its code, such as en or es.");
	}
	if (phrases_fold(request->text.bytes, request->text.size, folded) == 0) {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_SETTING,
			"A watch phrase must have letters or numbers, and not be too long.");
	}
	if (!request->has_phrase && list->count + list->adding >= WATCH_PHRASES_MAX) {
		return setup_refuse(session, &asker, WIRE_CODE_TOO_MANY,
			"There are 5,000 watch phrases already; remove some first.");
	}
	struct phrase_row row = {
		.id = request->phrase,
		.severity = (int)request->severity,
		.match = (int)request->match,
	};
	copy(row.language, sizeof(row.language), request->language);
	copy(row.category, sizeof(row.category), request->category);
	copy(row.text, sizeof(row.text), request->text);
	if (find_same(list, &row, folded) != NULL) {
		return setup_refuse(session, &asker, WIRE_CODE_EXISTS,
			"There is a watch phrase like this already, apart from spelling.");
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	if (!request->has_phrase) {
		row.id = ++list->ids;
	}
	setup_note(session, WIRE_AUDIT_PHRASE, "Watch phrase %lld was %s: %s, %s, %s, %s, \"%s\".",
		(long long)row.id, request->has_phrase ? "changed" : "added", row.language,
		wire_severity_name(request->severity), row.category,
		wire_match_name(request->match), row.text);
	hand_over(server, phrase_save_create(&row, folded), &asker, !request->has_phrase);
	return OUTCOME_ANSWERED;
}

enum outcome handle_phrase_remove(struct session *session, const struct msg_phrase_remove *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	const struct phrase_row *row = watch_phrase(server->watched, request->phrase);
	if (row == NULL) {
		return setup_refuse(
			session, &asker, WIRE_CODE_NO_SUCH, "There is no such watch phrase.");
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	setup_note(session, WIRE_AUDIT_PHRASE, "Watch phrase %lld was removed: %s, \"%s\".",
		(long long)row->id, row->language, row->text);
	hand_over(server, phrase_remove_create(row->id), &asker, false);
	return OUTCOME_ANSWERED;
}

/* ---- flags ---- */

enum outcome handle_flag_clear(struct session *session, const struct msg_flag_clear *request)
{
	struct server *server = session->server;
	struct room *room = rooms_find(server, request->room);
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	if (room == NULL) {
		return refuse(WIRE_CODE_NO_SUCH_ROOM);
	}
	if (!room->flag.up) {
		return OUTCOME_OK; /* somebody was faster */
	}
	if (room->flag.clearing) {
		journal_answer_as_it_stands(server, room, &asker);
		return OUTCOME_ANSWERED;
	}
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	watch_clear(server, room, session->account->row.id, session->account->row.alias, &asker);
	return OUTCOME_ANSWERED;
}
