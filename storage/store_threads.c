/*
 * The store's threads: the writer with its group commit, and the readers.
 *
 * The writer takes every job that waits, runs them in one transaction and hands them back together.
 * Jobs that the data may refuse run in a savepoint of their own. Between two batches it tends the
 * log and takes a step of a copy.
 */
#include "storage/store_state.h"

enum {
	BATCH_MAX = 1024, /* jobs; by 256 the fsync is spread thin enough */
	PAGE_BYTES = 4096,
};

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
	bool wanted = store_add_done(store, batch);
	pthread_mutex_unlock(&store->mutex);
	store_tell(store, wanted);
}

void store_end_copy(struct store *store, enum store_status status)
{
	struct store_job *job = store->copy->job;
	store_copy_destroy(store->copy);
	store->copy = NULL;
	store_finish_job(store, job, status);
}

static void step_copy(struct store *store)
{
	enum store_status status;
	if (store->copy != NULL &&
		store_copy_step(store->copy, store->writer_db, store_vfs_name(store), &status)) {
		store_end_copy(store, status);
	}
}

static void step_check(struct store *store)
{
	enum store_status status;
	pthread_mutex_lock(&store->mutex);
	struct store_check *check = store->check;
	pthread_mutex_unlock(&store->mutex);
	if (check != NULL && store_log_rests(store->log) &&
		store_check_step(
			check, store->writer_db, store->log, store_vfs_name(store), &status)) {
		store_end_check(store, status);
	}
}

void store_end_check(struct store *store, enum store_status status)
{
	pthread_mutex_lock(&store->mutex);
	struct store_check *check = store->check;
	store->check = NULL;
	pthread_mutex_unlock(&store->mutex);
	store_finish_job(store, &check->job, status);
}

static enum store_status run_background(struct store *store, struct store_job *job)
{
	struct store_db *db = store->writer_db;
	if (store->background_failed) {
		enum store_status opened = store_db_reopen(db);
		if (opened != STORE_OK) {
			return opened;
		}
		store_log_attach(store->log);
		store->background_failed = false;
	}
	enum store_status status = store_db_begin(db);
	if (status == STORE_OK) {
		status = job->run(job, db);
	}
	if (status == STORE_OK) {
		status = store_db_commit(db);
	}
	if (status != STORE_OK) {
		store_db_rollback(db);
		store->background_failed = true;
	}
	return status;
}

static void step_background(struct store *store)
{
	pthread_mutex_lock(&store->mutex);
	struct store_job *job = job_list_take(&store->background, 1).first;
	pthread_mutex_unlock(&store->mutex);
	if (job != NULL) {
		store_finish_job(store, job, run_background(store, job));
	}
}

void store_wake_for_log(void *data)
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
	bool rests = store_log_rests(store->log); /* and tells with log_waits when it does again */
	pthread_mutex_lock(&store->mutex);
	while (store->writes.first == NULL && store->background.first == NULL && !store->closing &&
		!store->log_waits && store->copy == NULL && store->copies == NULL &&
		(store->check == NULL || !rests)) {
		store->writer_waits = true;
		pthread_cond_wait(&store->writer_wake, &store->mutex);
		store->writer_waits = false;
	}
	store->log_waits = false;
	*batch = job_list_take(&store->writes, BATCH_MAX);
	if (store->copy == NULL && store->copies != NULL && !store->closing) {
		store->copy = store->copies;
		store->copies = store->copy->next;
	}
	bool more = batch->first != NULL || store->background.first != NULL || !store->closing;
	pthread_mutex_unlock(&store->mutex);
	return more;
}

void *store_writer_main(void *data)
{
	struct store *store = data;
	struct job_list batch;
	while (take_batch(store, &batch)) {
		if (batch.first != NULL) {
			enum store_status status = commit_batch(store, &batch);
			hand_back(store, &batch, status);
		}
		step_background(store);
		store_log_tend(store->log);
		step_copy(store);
		step_check(store);
	}
	if (store->check != NULL) {
		store_end_check(store, STORE_CLOSED);
	}
	if (store->copy != NULL) {
		store_end_copy(store, STORE_CLOSED);
	}
	return NULL;
}

enum store_status store_read_once(struct store_db *db, struct store_job *job)
{
	enum store_status status = store_db_begin(db);
	if (status == STORE_OK) {
		status = job->run(job, db);
	}
	store_db_rollback(db);
	return status;
}

static struct store_job *take_read(
	struct store *store, struct job_list *queue, pthread_cond_t *wake)
{
	pthread_mutex_lock(&store->mutex);
	while (queue->first == NULL && !store->closing) {
		pthread_cond_wait(wake, &store->mutex);
	}
	struct store_job *job = job_list_take(queue, 1).first;
	pthread_mutex_unlock(&store->mutex);
	return job;
}

void *store_reader_main(void *data)
{
	struct store_reader *reader = data;
	struct store *store = reader->store;
	struct job_list *queue = reader->slow ? &store->slow_reads : &store->reads;
	pthread_cond_t *wake = reader->slow ? &store->slow_wake : &store->reader_wake;
	struct store_job *job;
	while ((job = take_read(store, queue, wake)) != NULL) {
		store_finish_job(store, job, store_read_once(reader->db, job));
	}
	return NULL;
}
