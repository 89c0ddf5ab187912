/*
 * When the daemon rests, and what it costs then. A measurement that begins while what came before
 * is still being worked on counts that: once a connect beside 9,000 others came out at less than
 * nothing.
 */
#include "tests/bench/crowd.h"

enum {
	WINDOW_US = 250000,
	CALM_WINDOWS = 6, /* on end: the index rests between two steps, too, but not so long */
	CALM_PERCENT = 4, /* of a processor; 9,000 heartbeats and all timers take 2 */
};

static void pass(int64_t us)
{
	for (int64_t until = now_us() + us; now_us() < until;) {
		crowd_poll(until);
	}
}

bool crowd_rest(int64_t patience_us)
{
	int calm = 0;
	for (int64_t deadline = now_us() + patience_us; calm < CALM_WINDOWS;) {
		if (now_us() > deadline) {
			return false;
		}
		double cpu = crowd_cpu_us();
		int64_t began = now_us();
		pass(WINDOW_US);
		double share = (crowd_cpu_us() - cpu) / (double)(now_us() - began);
		calm = share * 100 < CALM_PERCENT ? calm + 1 : 0;
	}
	return true;
}

/* A line through all windows, by least squares: so much a second, and so much a heartbeat. */
struct crowd_idle crowd_idle_cost(int64_t over_us)
{
	double windows = 0, beats = 0, us = 0, beats_beats = 0, beats_us = 0, wall_us = 0;
	for (int64_t until = now_us() + over_us; now_us() < until; windows++) {
		struct crowd_span span = crowd_span_begin();
		pass(WINDOW_US);
		double y = crowd_cpu_us() - span.cpu_us;
		double x = (double)(ws_heartbeats() - span.heartbeats);
		wall_us += (double)(now_us() - span.began_us);
		beats += x;
		us += y;
		beats_beats += x * x;
		beats_us += x * y;
	}
	double spread = windows * beats_beats - beats * beats;
	double slope = spread > 0 ? (windows * beats_us - beats * us) / spread : 0;
	slope = slope > 0 ? slope : 0;
	return (struct crowd_idle){
		.us_per_s = (us - slope * beats) / wall_us * 1e6,
		.us_per_heartbeat = slope,
	};
}

struct crowd_span crowd_span_begin(void)
{
	return (struct crowd_span){crowd_cpu_us(), now_us(), ws_heartbeats()};
}

double crowd_span_end(const struct crowd_span *span, const struct crowd_idle *idle)
{
	return crowd_cpu_us() - span->cpu_us -
	       idle->us_per_s * (double)(now_us() - span->began_us) / 1e6 -
	       idle->us_per_heartbeat * (double)(ws_heartbeats() - span->heartbeats);
}
