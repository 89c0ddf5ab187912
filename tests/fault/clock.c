/* A wall clock that is set on demand: preloaded into harkd, ahead by what the page says. */
#include "tests/fault/hooks.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static struct page *page;

__attribute__((constructor)) static void begin(void)
{
	page = hooks_map();
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int (*next_clock_gettime)(clockid_t, struct timespec *);

static void find(void)
{
	void *found = dlsym(RTLD_NEXT, "clock_gettime");
	memcpy(&next_clock_gettime, &found, sizeof found);
}

int clock_gettime(clockid_t id, struct timespec *out)
{
	pthread_once(&once, find);
	int result = next_clock_gettime(id, out);
	if (result != 0 || page == NULL || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) {
		return result;
	}
	int64_t ns = (int64_t)out->tv_sec * 1000000000 + out->tv_nsec + page->offset_ns;
	out->tv_sec = (time_t)(ns / 1000000000);
	out->tv_nsec = (long)(ns % 1000000000);
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL) {
		*out = now.tv_sec;
	}
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	(void)zone;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}
