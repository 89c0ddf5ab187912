/* A queue of jobs, linked through themselves; the store's lists under its mutex. */
#ifndef HARK_STORAGE_STORE_JOBS_H
#define HARK_STORAGE_STORE_JOBS_H

#include <stddef.h>

#include "storage/store.h"

/* {0} is an empty one; may be copied, which leaves the old one to be thrown away. */
struct job_list {
	struct store_job *first;
	struct store_job *last; /* NULL when first is */
	size_t count;
};

/* At the end. */
void job_list_add(struct job_list *list, struct store_job *job);

/* All of `tail` behind `list`; `tail` is empty then. */
void job_list_join(struct job_list *list, struct job_list *tail);

/* Up to `most` jobs from the front, in order. */
struct job_list job_list_take(struct job_list *list, size_t most);

void job_list_set_status(struct job_list *list, enum store_status status);

#endif
