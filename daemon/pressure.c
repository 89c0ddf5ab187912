/* Loads to bits. */
#include "daemon/pressure.h"

#include <assert.h>

enum {
	MINUTE_MS = 60000,
	PERCENT_A_BIT = 25,
};

static struct pressure_count as_of(const struct pressure_count *count, int64_t now_ms)
{
	int64_t minute = now_ms / MINUTE_MS;
	struct pressure_count out = {.minute = minute};
	if (minute == count->minute) {
		out = *count;
	} else if (minute == count->minute + 1) {
		out.before = count->now;
	}
	return out; /* longer ago, or from a clock that stepped back: begins anew */
}

void pressure_note(struct pressure_count *count, int64_t now_ms)
{
	*count = as_of(count, now_ms);
	count->now++;
}

int64_t pressure_in_last_minute(const struct pressure_count *count, int64_t now_ms)
{
	struct pressure_count at = as_of(count, now_ms);
	int64_t of_before_ms = MINUTE_MS - now_ms % MINUTE_MS;
	return at.now + at.before * of_before_ms / MINUTE_MS;
}

unsigned pressure_bits(const struct pressure_load *loads, unsigned count)
{
	int64_t percent = 0;
	for (unsigned i = 0; i < count; i++) {
		assert(loads[i].is >= 0 && loads[i].usual > 0);
		/* Above 100,000 % it makes no difference, and the product stays small. */
		int64_t is =
			loads[i].is < loads[i].usual * 1000 ? loads[i].is : loads[i].usual * 1000;
		int64_t of_this = is * 100 / loads[i].usual;
		percent = of_this > percent ? of_this : percent;
	}
	if (percent <= 100) {
		return 0;
	}
	int64_t bits = PRESSURE_BITS_MIN + (percent - 100) / PERCENT_A_BIT;
	return bits < PRESSURE_BITS_MAX ? (unsigned)bits : PRESSURE_BITS_MAX;
}
