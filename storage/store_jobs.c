/* A queue of jobs; see store_jobs.h. */
#include "storage/store_jobs.h"

void job_list_add(struct job_list *list, struct store_job *job)
{
	job->next = NULL;
	if (list->last == NULL) {
		list->first = job;
	} else {
		list->last->next = job;
	}
	list->last = job;
	list->count++;
}

void job_list_join(struct job_list *list, struct job_list *tail)
{
	if (tail->first == NULL) {
		return;
	}
	if (list->last == NULL) {
		list->first = tail->first;
	} else {
		list->last->next = tail->first;
	}
	list->last = tail->last;
	list->count += tail->count;
	*tail = (struct job_list){0};
}

struct job_list job_list_take(struct job_list *list, size_t most)
{
	struct job_list front = *list;
	if (list->count <= most) {
		*list = (struct job_list){0};
		return front;
	}
	front.last = front.first;
	for (size_t i = 1; i < most; i++) {
		front.last = front.last->next;
	}
	front.count = most;
	list->first = front.last->next;
	list->count -= most;
	front.last->next = NULL;
	return front;
}

void job_list_set_status(struct job_list *list, enum store_status status)
{
	for (struct store_job *job = list->first; job != NULL; job = job->next) {
		job->status = status;
	}
}
