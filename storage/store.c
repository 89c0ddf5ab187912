/*
 * The store: queues between the loop and the threads, and the writer's group commit. See store.h.
 *
 * The loop and the threads share three lists under one mutex: writes and reads that wait, and jobs
 * that are done. A batch goes from one to the other as a whole, so a commit costs the loop one
 * lock, and `notify` is called only when the done list was empty.
 *
 * A failed batch. The numbers in the jobs behind it (seq, prev) build upon it, so they fail as
 * well, and so does whatever the loop hands over until it has heard of the failure and calls
 * store_recover(). `failed` is set in the same critical section that hands the batch back;
 * therefore no job slips through between.
 *
 * The log. SQLite does not checkpoint by itself here, because it would do so inside a commit and
 * everybody in that batch would wait; see store_log.h.
 */
#include "storage/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/put_aside.h"
#include "storage/schema.h"
#include "storage/store_db.h"
#include "storage/store_jobs.h"
#include "storage/store_log.h"
#include "storage/vault.h"

enum {
	BATCH_MAX = 1024, /* jobs; by 256 the fsync is spread thin enough */
	READERS_DEFAULT = 2,
	READERS_MAX = 8,
	PAGE_BYTES = 4096,
	LOG_CACHE_BYTES = 64 << 10, /* a checkpoint goes past the cache */
	BACKUP_PAGES = 64, /* in one step between batches, below a millisecond */
};

struct backup {
	struct backup *next; /* store::backups */
	struct store_job *job;
	char *path;
	struct vault_backup *copy; /* NULL: not begun */
};

struct reader {
	struct store *store;
	struct store_db *db;
	pthread_t thread;
	bool running;
};

struct store {
	char vfs_name[32]; /* "": not encrypted */
	int lock_fd;
	void (*notify)(void *data);
	void *notify_data;

	struct store_db *writer_db; /* the writer thread's, from its start to its end */
	struct store_db *direct_db; /* store_read_now()'s */
	struct store_log *log;
	pthread_t writer;
	bool writer_running;
	struct reader readers[READERS_MAX];
	size_t readers_count;

	pthread_mutex_t mutex; /* all below */
	pthread_cond_t writer_wake, reader_wake, finished;
	bool writer_waits; /* on writer_wake: else no signal is needed */
	bool log_waits; /* for store_log_tend() */
	bool flush_waits; /* on finished */
	struct job_list writes, reads, done;
	struct backup *backups; /* waiting ones, oldest first */
	size_t outstanding; /* handed over, and not yet in the done list */
	bool failed; /* until store_recover() */
	bool closing;
	struct store_figures figures;

	/* The writer thread's alone. */
	struct backup *backup; /* under way */
};

const char *store_status_text(enum store_status status)
{
	switch (status) {
	case STORE_OK:
		return "all is well";
	case STORE_REFUSED:
		return "there is one already, or none";
	case STORE_MISSING:
		return "there is no such file";
	case STORE_WRONG_KEY:
		return "this file was made with another key";
	case STORE_NOT_HARK:
		return "this is not a Hark file";
	case STORE_NEWER:
		return "this file was written by a newer Hark";
	case STORE_DAMAGED:
		return "the file or its log is damaged";
	case STORE_LOCKED:
		return "another process is using the file";
	case STORE_FULL:
		return "the disk is full";
	case STORE_READ_ONLY:
		return "the file or its disk cannot be written";
	case STORE_IO:
		return "the disk failed to read, write or sync";
	case STORE_NO_MEMORY:
		return "there is not enough memory";
	case STORE_CLOSED:
		return "the store is closed";
	case STORE_NOT_RECOVERED:
		return "an earlier write failed";
	}
	return "unknown status";
}

/* Handing back. */

/* Under the mutex. True: the loop must be told, once the mutex is free. */
static bool add_done(struct store *store, struct job_list *list)
{
	if (list->first == NULL) {
		return false;
	}
	bool was_empty = store->done.first == NULL;
	store->outstanding -= list->count;
	job_list_join(&store->done, list);
	if (store->flush_waits) {
		pthread_cond_signal(&store->finished);
	}
	return was_empty;
}

static void tell(struct store *store, bool wanted)
{
	if (wanted && store->notify != NULL) {
		store->notify(store->notify_data);
	}
}

static void add_done_one(struct store *store, struct store_job *job, enum store_status status)
{
	struct job_list list = {0};
	job->status = status;
	job_list_add(&list, job);
	pthread_mutex_lock(&store->mutex);
	bool wanted = add_done(store, &list);
	pthread_mutex_unlock(&store->mutex);
	tell(store, wanted);
}

/* The writer: one batch. */

static enum store_status run_alone(struct store_db *db, struct store_job *job)
{
	enum store_status status = store_db_run(db, store_db_statement(db, "SAVEPOINT job"));
	if (status != STORE_OK) {
		return status;
	}
	status = job->run(job, db);
	if (status == STORE_REFUSED) {
		enum store_status undone =
			store_db_run(db, store_db_statement(db, "ROLLBACK TO job"));
		if (undone != STORE_OK) {
			return undone;
		}
	} else if (status != STORE_OK) {
		return status; /* the whole batch is rolled back */
	}
	enum store_status released = store_db_run(db, store_db_statement(db, "RELEASE job"));
	return released == STORE_OK ? status : released;
}

static enum store_status run_jobs(struct store_db *db, struct job_list *batch)
{
	for (struct store_job *job = batch->first; job != NULL; job = job->next) {
		job->status = job->may_refuse ? run_alone(db, job) : job->run(job, db);
		if (job->status == STORE_REFUSED && !job->may_refuse) {
			return STORE_IO; /* an event's number was there: memory and file differ */
		}
		if (job->status != STORE_OK && job->status != STORE_REFUSED) {
			return job->status;
		}
	}
	return STORE_OK;
}

/* Sets the status of each job. Not STORE_OK: nothing was written. */
static enum store_status commit_batch(struct store *store, struct job_list *batch)
{
	struct store_db *db = store->writer_db;
	enum store_status status = store_db_begin(db);
	if (status == STORE_OK) {
		status = run_jobs(db, batch);
	}
	if (status == STORE_OK) {
		status = store_db_commit(db);
	}
	if (status != STORE_OK) {
		store_db_rollback(db);
		job_list_set_status(batch, status);
	}
	return status;
}

static uint64_t pages_logged(struct store *store)
{
	int pages = 0, highest;
	sqlite3_db_status(store_db_handle(store->writer_db), SQLITE_DBSTATUS_CACHE_WRITE, &pages,
		&highest, true);
	return (uint64_t)pages;
}

static void hand_back(struct store *store, struct job_list *batch, enum store_status status)
{
	uint64_t pages = pages_logged(store);
	uint64_t bytes = store_log_pages(store->log) * PAGE_BYTES;
	pthread_mutex_lock(&store->mutex);
	store->figures.wal_pages += pages;
	store->figures.checkpoints = store_log_checkpoints(store->log);
	if (bytes > store->figures.wal_bytes_max) {
		store->figures.wal_bytes_max = bytes;
	}
	if (status == STORE_OK) {
		store->figures.commits++;
		store->figures.jobs += batch->count;
	} else {
		store->failed = true;
		job_list_set_status(&store->writes, STORE_NOT_RECOVERED);
		job_list_join(batch, &store->writes);
	}
	bool wanted = add_done(store, batch);
	pthread_mutex_unlock(&store->mutex);
	tell(store, wanted);
}

/* The writer: a copy. */

static enum store_status begin_backup(struct store *store, struct backup *backup)
{
	const char *vfs_name = store->vfs_name[0] == '\0' ? NULL : store->vfs_name;
	return store_status_of_vault(vault_backup_start(store_db_handle(store->writer_db),
					     backup->path, vfs_name, &backup->copy),
		vfs_name);
}

static void end_backup(struct store *store, enum store_status status)
{
	struct backup *backup = store->backup;
	store->backup = NULL;
	if (backup->copy != NULL) {
		enum vault_status finished = vault_backup_finish(backup->copy);
		if (status == STORE_OK) {
			status = store_status_of_vault(finished, NULL);
		}
	}
	add_done_one(store, backup->job, status);
	free(backup->path);
	free(backup);
}

static void step_backup(struct store *store)
{
	struct backup *backup = store->backup;
	if (backup == NULL) {
		return;
	}
	if (backup->copy == NULL) {
		enum store_status begun = begin_backup(store, backup);
		if (begun != STORE_OK) {
			end_backup(store, begun);
			return;
		}
	}
	enum vault_status stepped = vault_backup_step(backup->copy, BACKUP_PAGES);
	if (stepped != VAULT_MORE) {
		end_backup(store, store_status_of_vault(stepped, NULL));
	}
}

/* The threads. */

static void wake_for_log(void *data)
{
	struct store *store = data;
	pthread_mutex_lock(&store->mutex);
	store->log_waits = true;
	if (store->writer_waits) {
		pthread_cond_signal(&store->writer_wake);
	}
	pthread_mutex_unlock(&store->mutex);
}

/* Waits for work. False: the store closes and nothing is queued. */
static bool take_batch(struct store *store, struct job_list *batch)
{
	pthread_mutex_lock(&store->mutex);
	while (store->writes.first == NULL && !store->closing && !store->log_waits &&
		store->backup == NULL && store->backups == NULL) {
		store->writer_waits = true;
		pthread_cond_wait(&store->writer_wake, &store->mutex);
		store->writer_waits = false;
	}
	store->log_waits = false;
	*batch = job_list_take(&store->writes, BATCH_MAX);
	if (store->backup == NULL && store->backups != NULL && !store->closing) {
		store->backup = store->backups;
		store->backups = store->backup->next;
	}
	bool more = batch->first != NULL || !store->closing;
	pthread_mutex_unlock(&store->mutex);
	return more;
}

static void *writer_main(void *data)
{
	struct store *store = data;
	struct job_list batch;
	while (take_batch(store, &batch)) {
		if (batch.first != NULL) {
			enum store_status status = commit_batch(store, &batch);
			hand_back(store, &batch, status);
		}
		store_log_tend(store->log);
		step_backup(store);
	}
	if (store->backup != NULL) {
		end_backup(store, STORE_CLOSED);
	}
	return NULL;
}

/* One job in a transaction of its own: it sees the file at one moment. */
static enum store_status read_once(struct store_db *db, struct store_job *job)
{
	enum store_status status = store_db_begin(db);
	if (status == STORE_OK) {
		status = job->run(job, db);
	}
	store_db_rollback(db);
	return status;
}

static struct store_job *take_read(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	while (store->reads.first == NULL && !store->closing) {
		pthread_cond_wait(&store->reader_wake, &store->mutex);
	}
	struct store_job *job = job_list_take(&store->reads, 1).first;
	pthread_mutex_unlock(&store->mutex);
	return job;
}

static void *reader_main(void *data)
{
	struct reader *reader = data;
	struct store_job *job;
	while ((job = take_read(reader->store)) != NULL) {
		add_done_one(reader->store, job, read_once(reader->db, job));
	}
	return NULL;
}

/* Opening and closing. */

static void explain(const struct store *store, const char *path, enum store_status status,
	char *out, size_t size)
{
	if (out == NULL || size == 0) {
		return;
	}
	const char *text = store_status_text(status);
	uint32_t number = 0;
	enum vault_reason reason = store->vfs_name[0] == '\0'
					   ? VAULT_REASON_NONE
					   : vault_last_reason(store->vfs_name, &number);
	if (reason == VAULT_REASON_NONE) {
		snprintf(out, size, "%s: %s", path, text);
	} else if (number == 0) {
		snprintf(out, size, "%s: %s", path, vault_reason_text(reason));
	} else {
		snprintf(out, size, "%s: %s (number %u)", path, vault_reason_text(reason), number);
	}
}

/* A name of its own for each store of the process: a name stands for one key. */
static enum store_status register_vault(struct store *store, const struct store_options *options)
{
	static atomic_uint names;
	if (options->key == NULL) {
		return STORE_OK;
	}
	snprintf(store->vfs_name, sizeof store->vfs_name, "hark-store-%u",
		atomic_fetch_add(&names, 1));
	enum vault_status status =
		options->base_vfs == NULL
			? vault_register(store->vfs_name, options->key)
			: vault_register_over(store->vfs_name, options->key, options->base_vfs);
	if (status != VAULT_OK) {
		store->vfs_name[0] = '\0';
	}
	return store_status_of_vault(status, NULL);
}

/* Before the first connection, whose opening empties the log. */
static enum store_status keep_log(const char *path)
{
	size_t size = strlen(path) + sizeof "-wal";
	char *log = store_alloc(size);
	snprintf(log, size, "%s-wal", path);
	int error = put_aside_copy(log);
	free(log);
	switch (error) {
	case 0:
		return STORE_OK;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EROFS:
	case EACCES:
		return STORE_READ_ONLY;
	default:
		return STORE_IO;
	}
}

static enum store_status open_writer(struct store *store, const struct store_options *options)
{
	const char *vfs_name = store->vfs_name[0] == '\0' ? NULL : store->vfs_name;
	if (options->create) {
		enum vault_status made = vault_create(options->path, vfs_name);
		if (made != VAULT_OK) {
			return store_status_of_vault(made, vfs_name);
		}
	}
	if (options->relaxed) {
		enum store_status kept = keep_log(options->path);
		if (kept != STORE_OK) {
			return kept;
		}
	}
	const struct store_db_options writer = {
		.path = options->path,
		.vfs_name = vfs_name,
		.cache_bytes = options->writer_cache_bytes != 0 ? options->writer_cache_bytes
								: (size_t)VAULT_CACHE_WRITER,
		.relaxed = options->relaxed,
	};
	enum store_status status = store_db_open(&writer, &store->writer_db);
	if (status != STORE_OK) {
		return status;
	}
	return schema_migrate(store->writer_db, options->path, vfs_name);
}

static enum store_status open_readers(struct store *store, const struct store_options *options)
{
	const struct store_db_options reader = {
		.path = options->path,
		.vfs_name = store->vfs_name[0] == '\0' ? NULL : store->vfs_name,
		.cache_bytes = options->reader_cache_bytes != 0 ? options->reader_cache_bytes
								: (size_t)VAULT_CACHE_READER,
		.reader = true,
	};
	enum store_status status = store_db_open(&reader, &store->direct_db);
	for (size_t i = 0; i < store->readers_count && status == STORE_OK; i++) {
		store->readers[i].store = store;
		status = store_db_open(&reader, &store->readers[i].db);
	}
	return status;
}

static enum store_status start_log(struct store *store, const struct store_options *options)
{
	const struct store_db_options helper = {
		.path = options->path,
		.vfs_name = store->vfs_name[0] == '\0' ? NULL : store->vfs_name,
		.cache_bytes = LOG_CACHE_BYTES,
	};
	struct store_db *db = NULL;
	enum store_status status = store_db_open(&helper, &db);
	if (status == STORE_OK) {
		status = store_log_start(store->writer_db, db, wake_for_log, store, &store->log);
	}
	if (status != STORE_OK) {
		store_db_close(db);
	}
	return status;
}

/* The loop handles signals; these threads none. */
static enum store_status start_threads(struct store *store, const struct store_options *options)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	enum store_status status = start_log(store, options);
	bool started = status == STORE_OK;
	if (started) {
		store->writer_running =
			pthread_create(&store->writer, NULL, writer_main, store) == 0;
		started = store->writer_running;
	}
	for (size_t i = 0; i < store->readers_count && started; i++) {
		struct reader *reader = &store->readers[i];
		reader->running = pthread_create(&reader->thread, NULL, reader_main, reader) == 0;
		started = reader->running;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status == STORE_OK && !started ? STORE_NO_MEMORY : status;
}

static void join_threads(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	store->closing = true;
	pthread_cond_broadcast(&store->writer_wake);
	pthread_cond_broadcast(&store->reader_wake);
	pthread_mutex_unlock(&store->mutex);
	for (size_t i = 0; i < store->readers_count; i++) {
		if (store->readers[i].running) {
			pthread_join(store->readers[i].thread, NULL);
		}
	}
	if (store->writer_running) {
		pthread_join(store->writer, NULL);
	}
	store_log_stop(store->log);
}

/* Half-built is fine. */
static void destroy(struct store *store)
{
	for (size_t i = 0; i < store->readers_count; i++) {
		store_db_close(store->readers[i].db);
	}
	store_db_close(store->direct_db);
	store_db_close(store->writer_db);
	if (store->vfs_name[0] != '\0') {
		vault_unregister(store->vfs_name);
	}
	if (store->lock_fd >= 0) {
		vault_unlock(store->lock_fd);
	}
	pthread_cond_destroy(&store->finished);
	pthread_cond_destroy(&store->reader_wake);
	pthread_cond_destroy(&store->writer_wake);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

static enum store_status open_all(struct store *store, const struct store_options *options)
{
	enum store_status status =
		store_status_of_vault(vault_lock(options->path, &store->lock_fd), NULL);
	if (status == STORE_OK) {
		status = register_vault(store, options);
	}
	if (status == STORE_OK) {
		status = open_writer(store, options);
	}
	if (status == STORE_OK) {
		status = open_readers(store, options);
	}
	return status == STORE_OK ? start_threads(store, options) : status;
}

enum store_status store_open(
	const struct store_options *options, struct store **out, char *problem, size_t size)
{
	assert(options->readers <= READERS_MAX);
	struct store *store = store_alloc(sizeof *store);
	store->lock_fd = -1;
	store->notify = options->notify;
	store->notify_data = options->notify_data;
	store->readers_count = options->readers != 0 ? options->readers : READERS_DEFAULT;
	pthread_mutex_init(&store->mutex, NULL);
	pthread_cond_init(&store->writer_wake, NULL);
	pthread_cond_init(&store->reader_wake, NULL);
	pthread_cond_init(&store->finished, NULL);
	enum store_status status = open_all(store, options);
	if (status != STORE_OK) {
		explain(store, options->path, status, problem, size);
		join_threads(store);
		destroy(store);
		return status;
	}
	*out = store;
	return STORE_OK;
}

void store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	join_threads(store);
	while (store->backups != NULL) {
		store->backup = store->backups;
		store->backups = store->backup->next;
		end_backup(store, STORE_CLOSED);
	}
	while (store_drain(store) > 0) {
	}
	destroy(store);
}

/* Jobs. */

void store_write(struct store *store, struct store_job *job)
{
	struct job_list refused = {0};
	bool wanted = false;
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	if (store->closing || store->failed) {
		job->status = store->closing ? STORE_CLOSED : STORE_NOT_RECOVERED;
		job_list_add(&refused, job);
		wanted = add_done(store, &refused);
	} else {
		job_list_add(&store->writes, job);
		if (store->writer_waits) {
			pthread_cond_signal(&store->writer_wake);
		}
	}
	pthread_mutex_unlock(&store->mutex);
	tell(store, wanted);
}

void store_read(struct store *store, struct store_job *job)
{
	struct job_list refused = {0};
	bool wanted = false;
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	if (store->closing) {
		job->status = STORE_CLOSED;
		job_list_add(&refused, job);
		wanted = add_done(store, &refused);
	} else {
		job_list_add(&store->reads, job);
		pthread_cond_signal(&store->reader_wake);
	}
	pthread_mutex_unlock(&store->mutex);
	tell(store, wanted);
}

size_t store_drain(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	struct job_list list = job_list_take(&store->done, SIZE_MAX);
	pthread_mutex_unlock(&store->mutex);
	for (struct store_job *job = list.first, *next; job != NULL; job = next) {
		next = job->next;
		job->done(job, job->status);
	}
	return list.count;
}

void store_recover(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	store->failed = false;
	pthread_mutex_unlock(&store->mutex);
}

void store_flush(struct store *store)
{
	bool more = true;
	while (more) {
		pthread_mutex_lock(&store->mutex);
		store->flush_waits = true;
		while (store->done.first == NULL && store->outstanding > 0) {
			pthread_cond_wait(&store->finished, &store->mutex);
		}
		store->flush_waits = false;
		more = store->done.first != NULL;
		pthread_mutex_unlock(&store->mutex);
		store_drain(store);
	}
}

enum store_status store_read_now(struct store *store, struct store_job *job)
{
	enum store_status status = read_once(store->direct_db, job);
	/* What was loaded now lives in the caller's memory. */
	sqlite3_db_release_memory(store_db_handle(store->direct_db));
	return status;
}

void store_figures(struct store *store, struct store_figures *out)
{
	pthread_mutex_lock(&store->mutex);
	*out = store->figures;
	pthread_mutex_unlock(&store->mutex);
}

void store_backup(struct store *store, const char *dest_path, struct store_job *job)
{
	struct backup *backup = store_alloc(sizeof *backup);
	size_t size = strlen(dest_path) + 1;
	backup->path = store_alloc(size);
	memcpy(backup->path, dest_path, size);
	backup->job = job;

	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	bool closing = store->closing;
	if (!closing) {
		struct backup **end = &store->backups;
		while (*end != NULL) {
			end = &(*end)->next;
		}
		*end = backup;
		pthread_cond_signal(&store->writer_wake);
	}
	pthread_mutex_unlock(&store->mutex);
	if (closing) {
		free(backup->path);
		free(backup);
		add_done_one(store, job, STORE_CLOSED);
	}
}
