/* Keeping the log short; see store_log.h. */
#include "storage/store_log.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	PAGE_BYTES = 4096,
	DUE_PAGES = 1000, /* a log longer than this is written back */
	AGAIN_PAGES = 1000, /* when a reader kept it from beginning anew: after so many more */
	FORCED_PAGES =
		(40 << 20) / PAGE_BYTES, /* from here on the writer waits: 64 MiB less a batch */
};

enum helper_state {
	HELPER_IDLE,
	HELPER_WANTED, /* the writer asked */
	HELPER_DONE, /* the writer's turn */
	HELPER_STOP,
};

struct store_log {
	struct store_db *writer, *helper;
	void (*wake)(void *data);
	void *wake_data;
	pthread_t thread;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum helper_state state; /* under the mutex, and unsynced */
	bool unsynced; /* a sync failed: the log must stay */

	/* The writer thread's. */
	int pages; /* in the log */
	int due; /* pages at which to write back */
	uint64_t checkpoints;
};

static int on_commit(void *data, sqlite3 *handle, const char *schema, int pages)
{
	(void)handle, (void)schema;
	struct store_log *log = data;
	if (pages < log->pages) { /* it began anew */
		log->due = DUE_PAGES;
	}
	log->pages = pages;
	return SQLITE_OK;
}

/*
 * A passive checkpoint that the writer has overtaken leaves the sync of the file to the one that
 * comes to the log's end. Doing it here takes it from the writer.
 */
static bool write_back(struct store_db *db)
{
	sqlite3 *handle = store_db_handle(db);
	sqlite3_file *file = NULL;
	int code = sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (code != SQLITE_OK) {
		return sqlite3_extended_errcode(handle) != SQLITE_IOERR_FSYNC;
	}
	sqlite3_file_control(handle, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
	return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

static void *helper_main(void *data)
{
	struct store_log *log = data;
	pthread_mutex_lock(&log->mutex);
	while (log->state != HELPER_STOP) {
		if (log->state != HELPER_WANTED) {
			pthread_cond_wait(&log->changed, &log->mutex);
			continue;
		}
		pthread_mutex_unlock(&log->mutex);
		bool synced = write_back(log->helper);
		pthread_mutex_lock(&log->mutex);
		log->unsynced = log->unsynced || !synced;
		if (log->state == HELPER_WANTED) {
			log->state = HELPER_DONE;
			pthread_cond_broadcast(&log->changed);
			pthread_mutex_unlock(&log->mutex);
			log->wake(log->wake_data);
			pthread_mutex_lock(&log->mutex);
		}
	}
	pthread_mutex_unlock(&log->mutex);
	return NULL;
}

static void set_state(struct store_log *log, enum helper_state state)
{
	pthread_mutex_lock(&log->mutex);
	log->state = state;
	pthread_cond_broadcast(&log->changed);
	pthread_mutex_unlock(&log->mutex);
}

static enum helper_state get_state(struct store_log *log, bool *unsynced)
{
	pthread_mutex_lock(&log->mutex);
	enum helper_state state = log->state;
	*unsynced = log->unsynced;
	pthread_mutex_unlock(&log->mutex);
	return state;
}

/* To the end, on the writer's connection: the next commit then begins the log anew. */
static bool finish(struct store_log *log, int mode)
{
	sqlite3 *handle = store_db_handle(log->writer);
	int in_log = 0, written_back = 0;
	int code = sqlite3_wal_checkpoint_v2(handle, NULL, mode, &in_log, &written_back);
	bool whole = code == SQLITE_OK && written_back == in_log;
	if (whole) {
		log->checkpoints++;
	} else if (sqlite3_extended_errcode(handle) == SQLITE_IOERR_FSYNC) {
		pthread_mutex_lock(&log->mutex);
		log->unsynced = true;
		pthread_mutex_unlock(&log->mutex);
	}
	/* If it did not work, or a reader still needs the log: not at every commit. */
	log->due = log->pages + AGAIN_PAGES;
	return whole;
}

bool store_log_rests(struct store_log *log)
{
	bool unsynced;
	return get_state(log, &unsynced) != HELPER_WANTED;
}

bool store_log_write_back(struct store_log *log)
{
	bool unsynced;
	get_state(log, &unsynced);
	return !unsynced && finish(log, SQLITE_CHECKPOINT_PASSIVE);
}

static void force(struct store_log *log)
{
	pthread_mutex_lock(&log->mutex);
	while (log->state == HELPER_WANTED) {
		pthread_cond_wait(&log->changed, &log->mutex);
	}
	log->state = HELPER_IDLE;
	bool unsynced = log->unsynced;
	pthread_mutex_unlock(&log->mutex);
	if (!unsynced) {
		finish(log, SQLITE_CHECKPOINT_RESTART);
	}
}

void store_log_tend(struct store_log *log)
{
	bool unsynced;
	enum helper_state state = get_state(log, &unsynced);
	if (unsynced) {
		return;
	}
	if (log->pages >= FORCED_PAGES && log->pages >= log->due) {
		force(log);
	} else if (state == HELPER_DONE) {
		set_state(log, HELPER_IDLE);
		finish(log, SQLITE_CHECKPOINT_PASSIVE);
	} else if (state == HELPER_IDLE && log->pages >= log->due) {
		set_state(log, HELPER_WANTED);
	}
}

void store_log_attach(struct store_log *log)
{
	sqlite3_wal_hook(store_db_handle(log->writer), on_commit, log);
}

enum store_status store_log_start(struct store_db *writer, struct store_db *helper,
	void (*wake)(void *data), void *data, struct store_log **out)
{
	struct store_log *log = store_alloc(sizeof *log);
	log->writer = writer;
	log->wake = wake;
	log->wake_data = data;
	log->due = DUE_PAGES;
	log->helper = helper;
	pthread_mutex_init(&log->mutex, NULL);
	pthread_cond_init(&log->changed, NULL);
	if (pthread_create(&log->thread, NULL, helper_main, log) != 0) {
		pthread_cond_destroy(&log->changed);
		pthread_mutex_destroy(&log->mutex);
		free(log);
		return STORE_NO_MEMORY;
	}
	store_log_attach(log);
	*out = log;
	return STORE_OK;
}

void store_log_stop(struct store_log *log)
{
	if (log == NULL) {
		return;
	}
	set_state(log, HELPER_STOP);
	pthread_join(log->thread, NULL);
	store_db_close(log->helper);
	sqlite3 *handle = store_db_handle(log->writer);
	sqlite3_wal_hook(handle, NULL, NULL);
	if (!log->unsynced) {
		finish(log, SQLITE_CHECKPOINT_TRUNCATE);
	}
	if (log->unsynced) {
		sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	}
	pthread_cond_destroy(&log->changed);
	pthread_mutex_destroy(&log->mutex);
	free(log);
}

uint64_t store_log_pages(const struct store_log *log)
{
	return (uint64_t)log->pages;
}

uint64_t store_log_checkpoints(const struct store_log *log)
{
	return log->checkpoints;
}
