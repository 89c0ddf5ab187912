/*
 * Looking back: messages by their words, rooms of the past, transcripts as a file. Each is in the
 * audit before anything of it is shown.
 */
#include "daemon/audit.h"
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/rooms.h"
#include "daemon/search.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"
#include "storage/table_search.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	HITS_BYTES = 24576, /* of what was said in one answer; escaped it may be six times that */
	DETAIL_BYTES = 2048,
	ROOM_TOPICS = 6,
};

/* ---- search ---- */

struct searching {
	struct search_find find;
	struct server *server;
	struct asker asker;
};

static struct item_hit item_of(
	const struct server *server, const struct search_find *find, const struct search_hit *hit)
{
	struct event_author author = journal_author(server, hit->author);
	const struct room *room = rooms_find(server, hit->room); /* its row may be still to come */
	return (struct item_hit){
		.room = hit->room,
		.name = text_of(room != NULL ? room->name : hit->name),
		.picture = text_of(room != NULL ? room->picture : hit->picture),
		.seq = hit->seq,
		.n = hit->n,
		.at_ms = hit->at_ms,
		.who = author.who,
		.by = text_of(author.name),
		.body = {find->bodies + hit->body_at, hit->body_size},
	};
}

static void on_found(struct store_job *job, enum store_status status)
{
	struct searching *searching = (struct searching *)job;
	const struct search_find *find = &searching->find;
	struct server *server = searching->server;
	struct session *session = server_session(server, searching->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(server, &searching->asker, WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		struct item_hit hits[SEARCH_PAGE_MAX];
		for (size_t i = 0; i < find->count; i++) {
			hits[i] = item_of(server, find, &find->hits[i]);
		}
		struct msg_search_found found = {
			.has_ref = searching->asker.has_ref,
			.ref = searching->asker.ref,
			.hits = hits,
			.hits_count = find->count,
			.indexed_seq = find->indexed,
			.more = find->more,
		};
		session_send(session, TYPE_SEARCH_FOUND, &found);
	}
	free(find->bodies);
	free(searching);
}

static void on_search_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct searching *searching = data;
	if (status != STORE_OK) {
		dispatch_answer_error(server, &searching->asker, WIRE_CODE_UNAVAILABLE);
		free(searching);
		return;
	}
	store_read_slow(server->store, &searching->find.job);
}

/* What was looked for, as the audit tells it. */
static void describe_search(const struct msg_search *request, char detail[DETAIL_BYTES])
{
	int used = snprintf(detail, DETAIL_BYTES, "%s%.*s",
		request->has_words ? "words: " : "any words",
		request->has_words ? (int)request->words.size : 0,
		request->has_words ? request->words.bytes : "");
	if (request->has_account) {
		used += snprintf(detail + used, DETAIL_BYTES - (size_t)used, "; by account %lld",
			(long long)request->account);
	}
	if (request->has_from_ms || request->has_until_ms) {
		used += snprintf(
			detail + used, DETAIL_BYTES - (size_t)used, "; in a stretch of time");
	}
	if (request->has_flag) {
		used += snprintf(detail + used, DETAIL_BYTES - (size_t)used, "; flagged");
	}
	if (request->has_before) {
		snprintf(detail + used, DETAIL_BYTES - (size_t)used, "; a further page");
	}
}

enum outcome handle_search(struct session *session, const struct msg_search *request)
{
	struct server *server = session->server;
	struct searching *searching = xcalloc(1, sizeof(*searching));
	struct search_find *find = &searching->find;
	search_find_init(find);
	find->job.done = on_found;
	find->kinds = SEARCH_KINDS;
	find->limit = (size_t)request->limit;
	find->bytes_max = HITS_BYTES;
	if (request->has_words) {
		size_t size = search_fold(request->words.bytes, request->words.size, find->words,
			sizeof(find->words) - 1);
		find->words[size] = '\0';
		find->filter.words = find->words;
	}
	find->filter.room = request->has_room ? request->room : 0;
	find->filter.has_author = request->has_account;
	find->filter.author = request->account;
	find->filter.severity = request->has_flag ? (int)request->flag + 1 : 0;
	find->filter.from_ms = request->has_from_ms ? request->from_ms : 0;
	find->filter.until_ms = request->has_until_ms ? request->until_ms : 0;
	find->filter.before_seq = request->has_before ? request->before : 0;
	searching->server = server;
	searching->asker = dispatch_asker(session, request->has_ref, request->ref);
	char detail[DETAIL_BYTES];
	describe_search(request, detail);
	struct audit_entry entry = {
		.what = WIRE_AUDIT_SEARCH,
		.account = session->account->row.id,
		.room = find->filter.room,
		.detail = detail,
	};
	audit_add(server, &entry, on_search_noted, searching);
	return OUTCOME_ANSWERED;
}

/* ---- rooms of the past ---- */

struct listing {
	struct search_rooms rooms;
	struct store_job barrier; /* behind the rows on their way to the file */
	struct server *server;
	struct asker asker;
};

static size_t split_topics(const char *joined, struct text topics[ROOM_TOPICS])
{
	size_t count = 0;
	while (*joined != '\0' && count < ROOM_TOPICS) {
		size_t size = strcspn(joined, "\n");
		topics[count++] = (struct text){joined, size};
		joined += size + (joined[size] == '\n');
	}
	return count;
}

static void on_listed(struct store_job *job, enum store_status status)
{
	struct listing *listing = (struct listing *)job;
	struct session *session = server_session(listing->server, listing->asker.session);
	if (status != STORE_OK) {
		dispatch_answer_error(listing->server, &listing->asker,
			status == STORE_REFUSED ? WIRE_CODE_NO_SUCH : WIRE_CODE_UNAVAILABLE);
	} else if (session != NULL) {
		struct item_room_line lines[SEARCH_PAGE_MAX];
		struct text topics[SEARCH_PAGE_MAX][ROOM_TOPICS];
		for (size_t i = 0; i < listing->rooms.count; i++) {
			const struct search_room *room = &listing->rooms.rooms[i];
			lines[i] = (struct item_room_line){
				.room = room->row.id,
				.name = text_of(room->row.name),
				.picture = text_of(room->row.picture),
				.phase = (enum wire_phase)room->row.phase,
				.topics = topics[i],
				.topics_count = split_topics(room->row.topics, topics[i]),
				.opened_ms = room->row.opened_ms,
				.last_ms = room->row.last_ms,
				.n = room->row.n,
				.has_flag = room->severity > 0,
				.flag = (enum wire_severity)(
					room->severity > 0 ? room->severity - 1 : 0),
			};
		}
		struct msg_room_listed listed = {
			.has_ref = listing->asker.has_ref,
			.ref = listing->asker.ref,
			.rooms = lines,
			.rooms_count = listing->rooms.count,
			.more = listing->rooms.more,
		};
		session_send(session, TYPE_ROOM_LISTED, &listed);
	}
	free(listing);
}

static enum store_status run_nothing(struct store_job *job, struct store_db *db)
{
	(void)job;
	(void)db;
	return STORE_OK;
}

static void on_rows_written(struct store_job *job, enum store_status status)
{
	(void)status; /* what could not be written is not in the list; the rest is */
	struct listing *listing =
		(struct listing *)(void *)((char *)job - offsetof(struct listing, barrier));
	store_read_slow(listing->server->store, &listing->rooms.job);
}

static void on_list_noted(
	struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)number;
	struct listing *listing = data;
	if (status != STORE_OK) {
		dispatch_answer_error(server, &listing->asker, WIRE_CODE_UNAVAILABLE);
		free(listing);
		return;
	}
	journal_flush_rooms(server, true);
	store_write(server->store, &listing->barrier);
}

enum outcome handle_room_list(struct session *session, const struct msg_room_list *request)
{
	struct server *server = session->server;
	if (request->has_account && staff_account(server->staff, request->account) == NULL) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	struct listing *listing = xcalloc(1, sizeof(*listing));
	search_rooms_init(&listing->rooms);
	listing->rooms.job.done = on_listed;
	listing->rooms.kinds = SEARCH_KINDS;
	listing->rooms.account = request->has_account ? request->account : 0;
	listing->rooms.from_ms = request->has_from_ms ? request->from_ms : 0;
	listing->rooms.until_ms = request->has_until_ms ? request->until_ms : 0;
	listing->rooms.before = request->has_before ? request->before : 0;
	listing->rooms.limit = (size_t)request->limit;
	listing->barrier = (struct store_job){.run = run_nothing, .done = on_rows_written};
	listing->server = server;
	listing->asker = dispatch_asker(session, request->has_ref, request->ref);
	char detail[80] = "rooms of the past";
	if (request->has_account) {
		snprintf(detail, sizeof(detail), "rooms of account %lld",
			(long long)request->account);
	}
	struct audit_entry entry = {
		.what = WIRE_AUDIT_REVIEW,
		.account = session->account->row.id,
		.detail = detail,
	};
	audit_add(server, &entry, on_list_noted, listing);
	return OUTCOME_ANSWERED;
}

enum outcome handle_export(struct session *session, const struct msg_export *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_NOT_ALLOWED); /* POST /export */
}
