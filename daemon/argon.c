/* One Argon2 at a time, off the loop. */
#include "daemon/argon.h"

#include <assert.h>

static void start_first(struct argon_lane *lane);

static void on_work(uv_work_t *work)
{
	struct argon_lane *lane = work->data;
	lane->queue->run(lane->queue);
}

static void on_worked(uv_work_t *work, int status)
{
	(void)status; /* nothing cancels */
	struct argon_lane *lane = work->data;
	struct argon_job *job = lane->queue;
	lane->queue = job->next;
	if (lane->queue == NULL) {
		lane->queue_end = &lane->queue;
	}
	lane->queued--;
	lane->busy = false;
	start_first(lane);
	job->done(job);
}

static void start_first(struct argon_lane *lane)
{
	if (lane->busy || lane->queue == NULL) {
		return;
	}
	lane->busy = true;
	int failed = uv_queue_work(lane->loop, &lane->work, on_work, on_worked);
	assert(failed == 0);
	(void)failed;
}

void argon_init(struct argon_lane *lane, uv_loop_t *loop)
{
	*lane = (struct argon_lane){.loop = loop};
	lane->queue_end = &lane->queue;
	lane->work.data = lane;
}

bool argon_run(struct argon_lane *lane, struct argon_job *job)
{
	if (lane->queued >= ARGON_QUEUE_MAX) {
		return false;
	}
	job->next = NULL;
	*lane->queue_end = job;
	lane->queue_end = &job->next;
	lane->queued++;
	start_first(lane);
	return true;
}
