/*
 * A school's past: fills a vault with events, as they would lie there after years, and prints where
 * a measurement finds its rooms.
 *
 *	history DATA_DIRECTORY EVENTS SUPPORTER_ACCOUNT [noindex]
 *
 * Chats of 50 events, 25 at a time, have ended; in the newest 10,000 events half belong to 20 chats
 * of 250 that lie open, answered, each with a tab's token: those are the same whatever lies before
 * them. Written through storage/ in transactions of 20,000 rows, and indexed for search unless
 * "noindex" (then it is said to be). DATA_DIRECTORY must hold a school that nobody has open.
 */
#include "daemon/room.h"
#include "protocol/message.h"
#include "storage/key.h"
#include "storage/store.h"
#include "storage/store_db.h"
#include "storage/table_event.h"
#include "storage/table_room.h"
#include "storage/table_search.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	TAIL_EVENTS = 10000, /* the newest, in which the open chats lie */
	OPEN_ROOMS = 20,
	AT_A_TIME = 25,
	ENDED_EVENTS = 50,
	SAMPLE = 100, /* ended chats that are named */
	BATCH = 20000,
	INDEX_BATCH = 5000,
	BODY_BYTES = 200,
	VOCABULARY = 20000,
};

struct chat {
	int64_t id, n, head;
};

static struct {
	int64_t seq, events, rooms, started_ms, supporter;
	struct chat ended[AT_A_TIME], open[OPEN_ROOMS];
	struct chat sample[SAMPLE];
	int64_t finished; /* ended chats */
	uint64_t random;
} past;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "history: %s\n", what);
	exit(EXIT_FAILURE);
}

static uint32_t next_random(uint32_t below)
{
	past.random = past.random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(past.random >> 33) % below;
}

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- what was said ---- */

/* Words as rare as they are late in the vocabulary; 200 bytes of them. */
static size_t say(char *body)
{
	static const char *const parts[] = {"ba", "le", "tor", "mi", "sen", "ka", "ru", "dol"};
	size_t used = 0;
	while (used < BODY_BYTES - 16) {
		uint32_t word = next_random(next_random(next_random(VOCABULARY) + 1) + 1);
		do {
			const char *part = parts[word % 8];
			memcpy(body + used, part, strlen(part));
			used += strlen(part);
			word /= 8;
		} while (word > 0);
		body[used++] = ' ';
	}
	while (used < BODY_BYTES) {
		body[used++] = '.';
	}
	return used;
}

static size_t encode(enum message_type type, const void *message, char *body, size_t room)
{
	size_t size = message_encode(type, message, body, room);
	if (size == 0) {
		die("an event is too long");
	}
	return size;
}

static enum store_status append(struct store_db *db, struct chat *chat, enum event_kind kind,
	int64_t author, const char *body, size_t size)
{
	struct event_row row = {
		.seq = ++past.seq,
		.room = chat->id,
		.n = ++chat->n,
		.prev = chat->head,
		.at_ms = past.started_ms + past.seq * 10,
		.kind = (int)kind,
		.author = author,
		.has_id = kind == EVENT_POSTED,
		.body = body,
		.body_size = size,
	};
	for (size_t i = 0; i < sizeof(row.id); i++) {
		row.id[i] = (uint8_t)next_random(256); /* ten million times: no system call */
	}
	chat->head = row.seq;
	struct event_append *event = event_append_create(&row);
	enum store_status status = event->job.run(&event->job, db);
	free(event);
	if (status == STORE_OK && row.n % EVENT_MARK_EVERY == 0) {
		struct event_mark *mark = event_mark_create(row.room, row.n, row.seq);
		status = mark->job.run(&mark->job, db);
		free(mark);
	}
	return status;
}

static enum store_status save(struct store_db *db, const struct chat *chat, int phase)
{
	int64_t now = past.started_ms + past.seq * 10;
	struct room_row row = {
		.id = chat->id,
		.phase = phase,
		.audience = WIRE_AUDIENCE_PEER,
		.mood = -1,
		.opened_ms = now - ENDED_EVENTS,
		.since_ms = now,
		.last_ms = now,
		.head_seq = chat->head,
		.n = chat->n,
		.answered_n = chat->n,
		.asked_n = chat->n - 1,
		.visitor_seen = chat->n,
		.supporter_seen = chat->n,
		.alarm = -1,
		.name = "Paper Lantern",
		.picture = "lantern",
	};
	struct room_save *write = room_save_create(&row);
	enum store_status status = write->job.run(&write->job, db);
	free(write);
	return status;
}

static enum store_status open_chat(struct store_db *db, struct chat *chat)
{
	char body[1024];
	int64_t id = 0;
	while (id == 0) {
		randombytes_buf(&id, sizeof(id));
		id &= WIRE_INT_MAX;
	}
	*chat = (struct chat){.id = id};
	past.rooms++;
	struct msg_room_opened opened = {
		.room = id,
		.n = 1,
		.at_ms = past.started_ms,
		.name = text_of("Paper Lantern"),
		.picture = text_of("lantern"),
		.to = WIRE_AUDIENCE_PEER,
	};
	size_t size = encode(TYPE_ROOM_OPENED, &opened, body, sizeof(body));
	enum store_status status = append(db, chat, EVENT_OPENED, AUTHOR_VISITOR, body, size);
	return status == STORE_OK ? save(db, chat, WIRE_PHASE_MAILBOX) : status;
}

static enum store_status join(struct store_db *db, struct chat *chat)
{
	char body[1024];
	struct msg_room_joined joined = {
		.room = chat->id,
		.n = chat->n + 1,
		.at_ms = past.started_ms,
		.who = WIRE_WHO_PEER,
		.name = text_of("Juniper"),
		.picture = text_of("tree"),
	};
	size_t size = encode(TYPE_ROOM_JOINED, &joined, body, sizeof(body));
	return append(db, chat, EVENT_JOINED, past.supporter, body, size);
}

static enum store_status end(struct store_db *db, struct chat *chat)
{
	char body[1024];
	struct msg_room_ended ended = {
		.room = chat->id,
		.n = chat->n + 1,
		.at_ms = past.started_ms,
		.who = WIRE_WHO_PEER,
		.name = text_of("Juniper"),
	};
	size_t size = encode(TYPE_ROOM_ENDED, &ended, body, sizeof(body));
	enum store_status status = append(db, chat, EVENT_ENDED, past.supporter, body, size);
	if (status == STORE_OK) {
		status = save(db, chat, WIRE_PHASE_ENDED);
	}
	/* Each ended chat is in the sample with the same chance. */
	int64_t at = past.finished < SAMPLE ? past.finished
					    : (int64_t)next_random((uint32_t)past.finished + 1);
	if (at < SAMPLE) {
		past.sample[at] = *chat;
	}
	past.finished++;
	*chat = (struct chat){0};
	return status;
}

static enum store_status go_on(struct store_db *db, struct chat *chat, bool ends)
{
	if (chat->n == 0) {
		return open_chat(db, chat);
	}
	if (chat->n == 1) {
		return join(db, chat);
	}
	if (ends && chat->n == ENDED_EVENTS - 1) {
		return end(db, chat);
	}
	char body[BODY_BYTES + 16];
	size_t size = say(body);
	int64_t author = chat->n % 2 == 0 ? AUTHOR_VISITOR : past.supporter;
	return append(db, chat, EVENT_POSTED, author, body, size);
}

/* ---- writing ---- */

static enum store_status run_batch(struct store_job *job, struct store_db *db)
{
	(void)job;
	enum store_status status = STORE_OK;
	for (int i = 0; i < BATCH && past.seq < past.events && status == STORE_OK; i++) {
		int64_t tail = past.seq - (past.events - TAIL_EVENTS);
		if (tail >= 0 && tail % 2 == 1) {
			status = go_on(db, &past.open[tail / 2 % OPEN_ROOMS], false);
		} else {
			status = go_on(db, &past.ended[next_random(AT_A_TIME)], true);
		}
	}
	return status;
}

/* The open rooms as they stand, and how far everything is right. */
static enum store_status run_rows(struct store_job *job, struct store_db *db)
{
	(void)job;
	enum store_status status = STORE_OK;
	for (int i = 0; i < OPEN_ROOMS && status == STORE_OK; i++) {
		status = save(db, &past.open[i], WIRE_PHASE_MAILBOX);
	}
	for (int i = 0; i < AT_A_TIME && status == STORE_OK; i++) {
		if (past.ended[i].n > 0) { /* nobody came back to these */
			status = save(db, &past.ended[i], WIRE_PHASE_ENDED);
		}
	}
	struct room_applied *applied = room_applied_create(past.seq);
	if (status == STORE_OK) {
		status = applied->job.run(&applied->job, db);
	}
	free(applied);
	return status;
}

static enum store_status run_say_indexed(struct store_job *job, struct store_db *db)
{
	static const char save_indexed[] =
		"INSERT OR REPLACE INTO progress (name, value) VALUES ('indexed', ?1)";
	(void)job;
	sqlite3_stmt *statement = store_db_statement(db, save_indexed);
	store_db_bind_int(statement, 1, past.seq);
	return store_db_run(db, statement);
}

static struct {
	const uint8_t *pepper;
	uint8_t secrets[OPEN_ROOMS][32];
} tokens;

static enum store_status run_tokens(struct store_job *job, struct store_db *db)
{
	(void)job;
	enum store_status status = STORE_OK;
	for (int i = 0; i < OPEN_ROOMS && status == STORE_OK; i++) {
		struct token_row row = {
			.room = past.open[i].id,
			.seen_ms = (int64_t)time(NULL) * 1000,
		};
		randombytes_buf(tokens.secrets[i], sizeof(tokens.secrets[i]));
		crypto_generichash_state state; /* as staff_hash_secret() */
		crypto_generichash_init(&state, tokens.pepper, KEY_BYTES, sizeof(row.hash));
		crypto_generichash_update(&state, (const unsigned char *)"tabtoken", 8);
		crypto_generichash_update(&state, tokens.secrets[i], sizeof(tokens.secrets[i]));
		crypto_generichash_final(&state, row.hash, sizeof(row.hash));
		struct token_write *write = token_write_create(&row, false);
		status = write->job.run(&write->job, db);
		free(write);
	}
	return status;
}

static void ignore(struct store_job *job, enum store_status status)
{
	(void)job;
	(void)status;
}

static void write_now(
	struct store *store, enum store_status (*run)(struct store_job *job, struct store_db *db))
{
	struct store_job job = {.run = run, .done = ignore};
	store_write(store, &job);
	store_flush(store);
	if (job.status != STORE_OK) {
		die(store_status_text(job.status));
	}
}

static void index_all(struct store *store)
{
	struct search_index index;
	do {
		search_index_init(&index);
		index.kinds = (struct search_kinds){EVENT_POSTED, {EVENT_JOINED, EVENT_STEPPED_IN}};
		index.until = past.seq;
		index.limit = INDEX_BATCH;
		index.job.done = ignore;
		store_background(store, &index.job);
		store_flush(store);
		if (index.job.status != STORE_OK) {
			die(store_status_text(index.job.status));
		}
	} while (index.seen > 0);
}

static int64_t file_bytes(const char *path)
{
	struct stat about;
	return stat(path, &about) == 0 ? about.st_size : 0;
}

static void ignore_notice(void *data)
{
	(void)data;
}

static struct store *open_store(const char *path, const struct key *key)
{
	struct store_options options = {.path = path, .key = key->file, .notify = ignore_notice};
	struct store *store;
	char problem[512];
	if (store_open(&options, &store, problem, sizeof(problem)) != STORE_OK) {
		die(problem);
	}
	return store;
}

static void print_chats(const char *name, const struct chat *chats, int64_t count)
{
	printf(",\"%s\":[", name);
	for (int64_t i = 0; i < count; i++) {
		printf("%s{\"room\":%" PRId64 ",\"n\":%" PRId64, i > 0 ? "," : "", chats[i].id,
			chats[i].n);
		if (chats == past.open) {
			char hex[65];
			printf(",\"token\":\"%s\"",
				sodium_bin2hex(hex, sizeof(hex), tokens.secrets[i], 32));
		}
		printf("}");
	}
	printf("]");
}

int main(int argc, char **argv)
{
	if (argc < 4 || sodium_init() < 0) {
		die("usage: history DATA_DIRECTORY EVENTS SUPPORTER_ACCOUNT [noindex]");
	}
	char path[512], key_path[512];
	snprintf(path, sizeof(path), "%s/hark.db", argv[1]);
	snprintf(key_path, sizeof(key_path), "%s/hark.key", argv[1]);
	past.events = atoll(argv[2]);
	past.supporter = atoll(argv[3]);
	past.random = 7;
	past.started_ms = ((int64_t)time(NULL) - 3600) * 1000 - past.events * 10;
	struct key *key = NULL;
	if (past.events < TAIL_EVENTS || key_load(key_path, &key) != KEY_OK) {
		die("at least 10,000 events, and a school with its key beside it");
	}
	tokens.pepper = key->pepper;
	double begin = now_s();
	struct store *store = open_store(path, key);
	while (past.seq < past.events) {
		write_now(store, run_batch);
	}
	write_now(store, run_rows);
	write_now(store, run_tokens);
	store_close(store);
	int64_t plain_bytes = file_bytes(path);
	double written = now_s();
	store = open_store(path, key);
	if (argc > 4) {
		write_now(store, run_say_indexed);
	} else {
		index_all(store);
	}
	store_close(store);
	printf("{\"events\":%" PRId64 ",\"rooms\":%" PRId64 ",\"write_s\":%.1f,\"index_s\":%.1f,"
	       "\"bytes\":%" PRId64 ",\"bytes_without_index\":%" PRId64,
		past.seq, past.rooms, written - begin, now_s() - written, file_bytes(path),
		plain_bytes);
	print_chats("ended", past.sample, past.finished < SAMPLE ? past.finished : SAMPLE);
	print_chats("open", past.open, OPEN_ROOMS);
	printf("}\n");
	key_free(key);
	return EXIT_SUCCESS;
}
