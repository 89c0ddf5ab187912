/*
 * Jobs on their way to the store's threads and back. See store.h.
 *
 * The loop and the threads share three lists under one mutex: writes and reads that wait, and jobs
 * that are done. A batch goes from one to the other as a whole, so a commit costs the loop one
 * lock, and `notify` is called only when the done list was empty.
 */
#include "storage/store_state.h"

#include <stdint.h>

bool store_add_done(struct store *store, struct job_list *list)
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

void store_tell(struct store *store, bool wanted)
{
	if (wanted && store->notify != NULL) {
		store->notify(store->notify_data);
	}
}

void store_finish_job(struct store *store, struct store_job *job, enum store_status status)
{
	struct job_list list = {0};
	job->status = status;
	job_list_add(&list, job);
	pthread_mutex_lock(&store->mutex);
	bool wanted = store_add_done(store, &list);
	pthread_mutex_unlock(&store->mutex);
	store_tell(store, wanted);
}

/*
 * Under the mutex: whether the writer sleeps. Whoever is told so wakes it, once the mutex is free:
 * woken before, it would sleep again at once, on the mutex.
 */
static bool claim_writer(struct store *store)
{
	bool sleeps = store->writer_waits;
	store->writer_waits = false;
	return sleeps;
}

static void wake_writer(struct store *store, bool claimed)
{
	if (claimed) {
		pthread_cond_signal(&store->writer_wake);
	}
}

void store_write(struct store *store, struct store_job *job)
{
	struct job_list refused = {0};
	bool wanted = false, claimed = false;
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	if (store->closing || store->failed) {
		job->status = store->closing ? STORE_CLOSED : STORE_NOT_RECOVERED;
		job_list_add(&refused, job);
		wanted = store_add_done(store, &refused);
	} else {
		job_list_add(&store->writes, job);
		claimed = claim_writer(store);
	}
	pthread_mutex_unlock(&store->mutex);
	wake_writer(store, claimed);
	store_tell(store, wanted);
}

/*
 * One reader is enough, and not the others' kind: all of them would only meet at the mutex. It is
 * woken once that is free, for the same reason.
 */
static void hand_to_reader(
	struct store *store, struct store_job *job, struct job_list *queue, pthread_cond_t *wake)
{
	struct job_list refused = {0};
	bool wanted = false;
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	if (store->closing) {
		job->status = STORE_CLOSED;
		job_list_add(&refused, job);
		wanted = store_add_done(store, &refused);
	} else {
		job_list_add(queue, job);
	}
	pthread_mutex_unlock(&store->mutex);
	pthread_cond_signal(wake);
	store_tell(store, wanted);
}

void store_read(struct store *store, struct store_job *job)
{
	hand_to_reader(store, job, &store->reads, &store->reader_wake);
}

void store_read_slow(struct store *store, struct store_job *job)
{
	hand_to_reader(store, job, &store->slow_reads, &store->slow_wake);
}

void store_background(struct store *store, struct store_job *job)
{
	struct job_list refused = {0};
	bool wanted = false, claimed = false;
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	if (store->closing) {
		job->status = STORE_CLOSED;
		job_list_add(&refused, job);
		wanted = store_add_done(store, &refused);
	} else {
		job_list_add(&store->background, job);
		claimed = claim_writer(store);
	}
	pthread_mutex_unlock(&store->mutex);
	wake_writer(store, claimed);
	store_tell(store, wanted);
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
	enum store_status status = store_read_once(store->direct_db, job);
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

void store_check(struct store *store, struct store_check *check)
{
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	bool closing = store->closing, busy = store->check != NULL;
	if (!closing && !busy) {
		store->check = check;
		pthread_cond_signal(&store->writer_wake);
	}
	pthread_mutex_unlock(&store->mutex);
	if (closing || busy) {
		store_finish_job(store, &check->job, closing ? STORE_CLOSED : STORE_REFUSED);
	}
}

void store_backup(struct store *store, const char *dest_path, struct store_job *job)
{
	struct store_copy *copy = store_copy_create(dest_path, job);
	pthread_mutex_lock(&store->mutex);
	store->outstanding++;
	bool closing = store->closing;
	if (!closing) {
		struct store_copy **end = &store->copies;
		while (*end != NULL) {
			end = &(*end)->next;
		}
		*end = copy;
		pthread_cond_signal(&store->writer_wake);
	}
	pthread_mutex_unlock(&store->mutex);
	if (closing) {
		store_copy_destroy(copy);
		store_finish_job(store, job, STORE_CLOSED);
	}
}
