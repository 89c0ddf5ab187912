/* Opening and closing the store: the lock, the vault, the connections, the threads. */
#include "storage/store_state.h"

#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "storage/put_aside.h"
#include "storage/schema.h"

enum {
	READERS_DEFAULT = 2,
	LOG_CACHE_BYTES = 64 << 10, /* a checkpoint goes past the cache */
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

const char *store_vfs_name(const struct store *store)
{
	return store->vfs_name[0] == '\0' ? NULL : store->vfs_name;
}

static void explain(const struct store *store, const char *path, enum store_status status,
	char *out, size_t size)
{
	if (out == NULL || size == 0) {
		return;
	}
	const char *text = status == STORE_REFUSED ? "there is such a file already"
						   : store_status_text(status);
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

static enum store_status open_writer(struct store *store, const struct store_options *options)
{
	const char *vfs_name = store_vfs_name(store);
	if (options->create) {
		enum vault_status made = vault_create(options->path, vfs_name);
		if (made != VAULT_OK) {
			return store_status_of_vault(made, vfs_name);
		}
	}
	if (options->relaxed) {
		enum store_status kept = put_aside_log(options->path);
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
		.vfs_name = store_vfs_name(store),
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
		.vfs_name = store_vfs_name(store),
		.cache_bytes = LOG_CACHE_BYTES,
	};
	struct store_db *db = NULL;
	enum store_status status = store_db_open(&helper, &db);
	if (status == STORE_OK) {
		status = store_log_start(
			store->writer_db, db, store_wake_for_log, store, &store->log);
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
			pthread_create(&store->writer, NULL, store_writer_main, store) == 0;
		started = store->writer_running;
	}
	for (size_t i = 0; i < store->readers_count && started; i++) {
		struct store_reader *reader = &store->readers[i];
		reader->running =
			pthread_create(&reader->thread, NULL, store_reader_main, reader) == 0;
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
	pthread_cond_broadcast(&store->slow_wake);
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
	pthread_cond_destroy(&store->slow_wake);
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

static struct store *create(const struct store_options *options)
{
	assert(options->readers <= STORE_READERS_MAX);
	struct store *store = store_alloc(sizeof *store);
	store->lock_fd = -1;
	store->notify = options->notify;
	store->notify_data = options->notify_data;
	store->readers_count = (options->readers != 0 ? options->readers : READERS_DEFAULT) + 1;
	store->readers[store->readers_count - 1].slow = true;
	pthread_mutex_init(&store->mutex, NULL);
	pthread_cond_init(&store->writer_wake, NULL);
	pthread_cond_init(&store->reader_wake, NULL);
	pthread_cond_init(&store->slow_wake, NULL);
	pthread_cond_init(&store->finished, NULL);
	return store;
}

enum store_status store_open(
	const struct store_options *options, struct store **out, char *problem, size_t size)
{
	struct store *store = create(options);
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

enum store_status store_verify(const struct store_options *options, char *problem, size_t size)
{
	struct store *store = create(options);
	enum store_status status =
		store_status_of_vault(vault_lock(options->path, &store->lock_fd), NULL);
	if (status == STORE_OK) {
		status = register_vault(store, options);
	}
	if (status == STORE_OK) {
		const struct store_db_options writer = {
			.path = options->path,
			.vfs_name = store_vfs_name(store),
			.cache_bytes = VAULT_CACHE_READER,
		};
		status = store_db_open(&writer, &store->writer_db);
	}
	if (status == STORE_OK) {
		status = store_status_of_vault(vault_check(store_db_handle(store->writer_db),
						       store_vfs_name(store), NULL, 0),
			store_vfs_name(store));
	}
	if (status != STORE_OK) {
		explain(store, options->path, status, problem, size);
	}
	destroy(store);
	return status;
}

void store_close(struct store *store)
{
	if (store == NULL) {
		return;
	}
	join_threads(store);
	while (store->copies != NULL) {
		store->copy = store->copies;
		store->copies = store->copy->next;
		store_end_copy(store, STORE_CLOSED);
	}
	while (store_drain(store) > 0) {
	}
	destroy(store);
}
