/* Back-off and giving up; see outbox_plan.h. */
#include "daemon/outbox_plan.h"

#include <stddef.h>

static const int64_t factors[] = {1, 3, 12, 60, 180};

enum {
	FACTORS = sizeof(factors) / sizeof(factors[0]),
	URGENT_FACTORS = 3,
};

static int64_t factor_of(int64_t tries, bool urgent)
{
	int64_t last = (urgent ? URGENT_FACTORS : FACTORS) - 1;
	int64_t at = tries - 1 < last ? tries - 1 : last;
	return factors[at > 0 ? at : 0];
}

int64_t outbox_wait_ms(int64_t retry_ms, int64_t tries, bool urgent,
	uint32_t (*random)(void *data, uint32_t below), void *data)
{
	int64_t wait_ms = retry_ms * factor_of(tries, urgent);
	int64_t quarter = wait_ms / 4 < UINT32_MAX ? wait_ms / 4 : UINT32_MAX - 1;
	return wait_ms - (int64_t)random(data, (uint32_t)quarter + 1);
}

int64_t outbox_wait_max_ms(int64_t retry_ms, bool urgent)
{
	return retry_ms * factor_of(INT64_MAX, urgent);
}

bool outbox_is_over(int64_t give_up_ms, int64_t created_ms, int64_t now_ms, int64_t tries)
{
	return tries >= OUTBOX_TRIES_MIN && now_ms - created_ms >= give_up_ms;
}
