/*
 * Memory that runs out and a wall clock that is set, on demand: preloaded into harkd. What is to
 * happen stands in a page of the file $HARK_HOOKS, which the test writes while the daemon runs; so
 * no call costs more than a look into memory.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct page {
	_Atomic uint32_t armed; /* 0: nothing fails */
	_Atomic uint32_t first; /* the how many-th allocation fails, from 1 */
	_Atomic uint32_t for_good; /* and all that follow */
	_Atomic uint32_t count; /* allocations since */
	_Atomic uint32_t failed; /* of them */
	uint32_t unused;
	_Atomic int64_t offset_ns; /* what the wall clock is ahead */
};

static struct page *page;

/* glibc's own, which need no looking up. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("HARK_HOOKS");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		return;
	}
	void *mapped = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (mapped != MAP_FAILED) {
		page = mapped;
	}
}

/* ---- memory ---- */

static bool fails(void)
{
	if (page == NULL || page->armed == 0) {
		return false;
	}
	uint32_t number = atomic_fetch_add(&page->count, 1) + 1;
	if (number < page->first || (number > page->first && page->for_good == 0)) {
		return false;
	}
	page->failed++;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	void *memory = fails() ? NULL : __libc_memalign(alignment, size);
	if (memory == NULL) {
		return ENOMEM;
	}
	*out = memory;
	return 0;
}

/* ---- the wall clock ---- */

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
