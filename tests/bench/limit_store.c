/* The bare relay's disk. */
#include "tests/bench/limit_store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct queue {
	struct row *first, **last;
};

static sqlite3 *database;
static sqlite3_stmt *begin, *commit, *insert;
static limit_written *on_written;
static uv_check_t turn_end;
static struct queue waiting; /* came in this turn */

/* With a writer thread: what it is to write, and has written. */
static bool threaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct queue handed, done; /* under the lock */
static struct queue writing; /* the writer's, under the lock when it changes */
static uv_async_t wake;

static void fail(const char *what)
{
	fprintf(stderr, "limit_relay: %s: %s\n", what,
		database != NULL ? sqlite3_errmsg(database) : "no database");
	exit(EXIT_FAILURE);
}

static struct row *queue_take(struct queue *queue)
{
	struct row *first = queue->first;
	*queue = (struct queue){.last = &queue->first};
	return first;
}

static void queue_append(struct queue *queue, struct row *first)
{
	*queue->last = first;
	while (*queue->last != NULL) {
		queue->last = &(*queue->last)->next;
	}
}

static void step(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE || sqlite3_reset(statement) != SQLITE_OK) {
		fail("writing");
	}
}

static void write_rows(const struct row *row)
{
	step(begin);
	for (; row != NULL; row = row->next) {
		sqlite3_bind_int(insert, 1, row->room);
		sqlite3_bind_blob(insert, 2, row->bytes, (int)row->size, SQLITE_STATIC);
		step(insert);
	}
	step(commit);
}

static void tell(struct row *row)
{
	while (row != NULL) {
		struct row *next = row->next;
		on_written(row);
		free(row);
		row = next;
	}
}

static void on_turn_end(uv_check_t *check)
{
	(void)check;
	if (waiting.first == NULL) {
		return;
	}
	struct row *rows = queue_take(&waiting);
	if (!threaded) {
		write_rows(rows);
		tell(rows);
		return;
	}
	pthread_mutex_lock(&lock);
	queue_append(&handed, rows);
	pthread_cond_signal(&work);
	pthread_mutex_unlock(&lock);
}

static void *writer(void *data)
{
	(void)data;
	pthread_mutex_lock(&lock);
	for (;;) {
		while (handed.first == NULL) {
			pthread_cond_wait(&work, &lock);
		}
		queue_append(&writing, queue_take(&handed));
		pthread_mutex_unlock(&lock);
		write_rows(writing.first);
		pthread_mutex_lock(&lock);
		queue_append(&done, queue_take(&writing));
		uv_async_send(&wake);
	}
	return NULL;
}

static void on_wake(uv_async_t *async)
{
	(void)async;
	pthread_mutex_lock(&lock);
	struct row *rows = queue_take(&done);
	pthread_mutex_unlock(&lock);
	tell(rows);
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
		SQLITE_OK) {
		fail(sql);
	}
	return statement;
}

void limit_store_open(uv_loop_t *loop, const char *path, bool with_thread, limit_written *written)
{
	static const char plain[] = "CREATE TABLE message (id INTEGER PRIMARY KEY, room INTEGER, "
				    "body BLOB)";
	static const char index[] = "CREATE INDEX message_of_room ON message (room, id)";
	on_written = written;
	threaded = with_thread;
	if (sqlite3_open(path, &database) != SQLITE_OK ||
		sqlite3_exec(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL,
			NULL, NULL) != SQLITE_OK ||
		sqlite3_exec(database, plain, NULL, NULL, NULL) != SQLITE_OK ||
		(threaded && sqlite3_exec(database, index, NULL, NULL, NULL) != SQLITE_OK)) {
		fail(path);
	}
	begin = prepare("BEGIN IMMEDIATE");
	commit = prepare("COMMIT");
	insert = prepare("INSERT INTO message (room, body) VALUES (?, ?)");
	queue_take(&waiting);
	queue_take(&handed);
	queue_take(&writing);
	queue_take(&done);
	uv_check_init(loop, &turn_end);
	uv_check_start(&turn_end, on_turn_end);
	if (threaded) {
		pthread_t thread;
		uv_async_init(loop, &wake, on_wake);
		if (pthread_create(&thread, NULL, writer, NULL) != 0) {
			fail("no thread");
		}
		pthread_detach(thread);
	}
}

void limit_store_add(void *from, int room, const char *bytes, size_t size)
{
	struct row *row = malloc(sizeof(*row) + size);
	if (row == NULL) {
		fail("out of memory");
	}
	*row = (struct row){.from = from, .room = room, .size = size};
	memcpy(row->bytes, bytes, size);
	queue_append(&waiting, row);
}

static void forget_in(struct queue *queue, const void *from)
{
	for (struct row *row = queue->first; row != NULL; row = row->next) {
		if (row->from == from) {
			row->from = NULL;
		}
	}
}

void limit_store_forget(const void *from)
{
	pthread_mutex_lock(&lock);
	forget_in(&waiting, from);
	forget_in(&handed, from);
	forget_in(&writing, from);
	forget_in(&done, from);
	pthread_mutex_unlock(&lock);
}
