/* When a message that failed is tried again, and when it is given up. Pure. */
#ifndef HARK_DAEMON_OUTBOX_PLAN_H
#define HARK_DAEMON_OUTBOX_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OUTBOX_TRIES_MIN = 5, /* none is given up after fewer, whatever the clock says */
};

/*
 * How long to wait after `tries` (1..) that failed: retry_ms, then 3, 12, 60, 180 times as long; an
 * urgent one never longer than 12 times. Less up to a quarter by chance, so that what failed
 * together does not come back together.
 */
int64_t outbox_wait_ms(int64_t retry_ms, int64_t tries, bool urgent,
	uint32_t (*random)(void *data, uint32_t below), void *data);

/* The longest of them. */
int64_t outbox_wait_max_ms(int64_t retry_ms, bool urgent);

/* Whether it is given up after `tries`. A clock that was set forward alone gives nothing up. */
bool outbox_is_over(int64_t give_up_ms, int64_t created_ms, int64_t now_ms, int64_t tries);

#endif
