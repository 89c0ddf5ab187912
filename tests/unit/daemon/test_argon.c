/* Lanes for slow work: bounded, in order, beside the loop and beside each other. */
#include "daemon/argon.h"
#include "tests/unit/tap.h"

#include <semaphore.h>
#include <stdatomic.h>

enum {
	JOBS_MAX = ARGON_QUEUE_MAX + 2
};

struct slow {
	struct argon_job job;
	sem_t *gate; /* held back until it opens; NULL: not at all */
	bool ran;
};

static uv_loop_t loop;
static sem_t gate;
static struct slow *finished[2 * JOBS_MAX];
static size_t finished_count;
static atomic_int running, running_max;

static void run(struct argon_job *job)
{
	struct slow *slow = (struct slow *)job;
	int now = atomic_fetch_add(&running, 1) + 1;
	if (slow->gate != NULL) {
		if (now > atomic_load(&running_max)) {
			atomic_store(&running_max, now);
		}
		sem_wait(slow->gate);
	}
	atomic_fetch_sub(&running, 1);
	slow->ran = true;
}

static void done(struct argon_job *job)
{
	finished[finished_count++] = (struct slow *)job;
}

static void begin(struct slow *jobs, sem_t *held)
{
	finished_count = 0;
	atomic_store(&running_max, 0);
	for (size_t i = 0; i < JOBS_MAX; i++) {
		jobs[i] = (struct slow){.job = {.run = run, .done = done}, .gate = held};
	}
}

static size_t fill(struct argon_lane *lane, struct slow *jobs)
{
	size_t taken = 0;
	while (taken < JOBS_MAX && argon_run(lane, &jobs[taken].job)) {
		taken++;
	}
	return taken;
}

static void test_a_lane_is_bounded_in_order_one_at_a_time(void)
{
	static struct slow jobs[JOBS_MAX];
	struct argon_lane lane;
	begin(jobs, &gate);
	argon_init(&lane, &loop);
	size_t taken = fill(&lane, jobs);
	CHECK_INT(taken, ARGON_QUEUE_MAX);
	CHECK_INT(finished_count, 0);
	for (size_t i = 0; i < taken; i++) {
		sem_post(&gate);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(finished_count, taken);
	for (size_t i = 0; i < finished_count; i++) {
		CHECK(finished[i] == &jobs[i]);
		CHECK(jobs[i].ran);
	}
	CHECK_INT(atomic_load(&running_max), 1);
	CHECK_INT(lane.queued, 0);
	CHECK(argon_run(&lane, &jobs[ARGON_QUEUE_MAX].job)); /* there is room again */
	sem_post(&gate);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(finished_count, taken + 1);
}

static unsigned ticks;

static void on_tick(uv_timer_t *timer)
{
	(void)timer;
	ticks++;
}

/* A flood of sign-ins that get nowhere: words still open a chat, and the loop goes round. */
static void test_a_full_lane_holds_up_neither_the_other_nor_the_loop(void)
{
	static struct slow stuck[JOBS_MAX], free_ones[JOBS_MAX];
	struct argon_lane staff, codename;
	uv_timer_t timer;
	begin(free_ones, NULL);
	begin(stuck, &gate);
	argon_init(&staff, &loop);
	argon_init(&codename, &loop);
	uv_timer_init(&loop, &timer);
	ticks = 0;
	uv_timer_start(&timer, on_tick, 1, 1);
	size_t taken = fill(&staff, stuck);
	for (size_t i = 0; i < 5; i++) {
		CHECK(argon_run(&codename, &free_ones[i].job));
	}
	while (finished_count < 5 || ticks < 10) { /* the runner ends what hangs */
		uv_run(&loop, UV_RUN_ONCE);
	}
	CHECK_INT(staff.queued, taken);
	for (size_t i = 0; i < 5; i++) {
		CHECK(finished[i] == &free_ones[i]);
	}
	for (size_t i = 0; i < taken; i++) {
		sem_post(&gate);
	}
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(finished_count, 5 + taken);
}

int main(void)
{
	uv_loop_init(&loop);
	sem_init(&gate, 0, 0);
	RUN(test_a_lane_is_bounded_in_order_one_at_a_time);
	RUN(test_a_full_lane_holds_up_neither_the_other_nor_the_loop);
	sem_destroy(&gate);
	uv_loop_close(&loop);
	return tap_done();
}
