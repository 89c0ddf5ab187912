/*
 * Memory that runs out on demand: preloaded into harkd, where the page says so. Not into an
 * instrumented one, whose allocator is another.
 */
#include "tests/fault/hooks.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static struct page *page;

/* glibc's own, which need no looking up. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

__attribute__((constructor)) static void begin(void)
{
	page = hooks_map();
}

void memory_suffices(void)
{
	if (page != NULL) {
		page->armed = 0;
	}
}

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
