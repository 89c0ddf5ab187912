/* The two clocks. Wall time is stored and shown; timeouts run on monotonic time. Milliseconds. */
#ifndef HARK_DAEMON_CLOCK_H
#define HARK_DAEMON_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read_ms(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline int64_t clock_wall_ms(void) /* UTC, since 1970 */
{
	return clock_read_ms(CLOCK_REALTIME);
}

static inline int64_t clock_mono_ms(void)
{
	return clock_read_ms(CLOCK_MONOTONIC);
}

/* A wall-clock moment as the monotonic one that timeouts run on; 0 stays 0. */
static inline int64_t clock_mono_of(int64_t wall_ms)
{
	if (wall_ms == 0) {
		return 0;
	}
	int64_t ago = clock_wall_ms() - wall_ms;
	int64_t mono = clock_mono_ms() - (ago > 0 ? ago : 0);
	return mono > 0 ? mono : 1;
}

#endif
