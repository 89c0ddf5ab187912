/*
 * The library's memory, wiped when it is given back: requests carry addresses, browsers, cookies
 * and passwords, and a freed buffer keeps them for as long as nothing else needs the place.
 *
 * The bytes it reads last stay in the buffer that it reads into, which lies somewhere in the
 * allocation of its context and is kept. What has been taken out of a request is therefore looked
 * for there, and wiped.
 *
 * It also tells what the library has just read from what it had put by (transport_post.c).
 */
#include <libwebsockets.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/transport_wire.h"
#include "daemon/xalloc.h"

enum {
	STACK_BYTES = 32768, /* deeper than headers and their parsing go */
};

static char *context; /* the library's newest */
static size_t context_size;

static void *wiping_realloc(void *old, size_t size, const char *reason)
{
	size_t old_size = old != NULL ? malloc_usable_size(old) : 0;
	void *new = NULL;

	if (size > 0) {
		new = xmalloc(size);
		if (old != NULL) {
			memcpy(new, old, old_size < size ? old_size : size);
		}
	}
	if (old != NULL) {
		if (old == context) {
			context = NULL;
		}
		explicit_bzero(old, old_size);
		free(old);
	}
	if (new != NULL && reason != NULL &&strcmp(reason, "context") == 0) {
		context = new;
		context_size = size;
	}
	return new;
}

void wipe_begin(void)
{
	lws_set_allocator(wiping_realloc);
}

void wipe_read(const char *text)
{
	size_t size = strlen(text);
	char *at = context;

	while (at != NULL && size > 0) {
		at = memmem(at, context_size - (size_t)(at - context), text, size);
		if (at != NULL) {
			explicit_bzero(at, size);
		}
	}
}

bool wipe_is_read(const void *bytes)
{
	const char *at = bytes;

	return context == NULL || (at >= context && at < context + context_size);
}

/* The C library writes addresses as text in buffers of its own, on the stack. */
__attribute__((noinline)) void wipe_stack(void)
{
	char below[STACK_BYTES];

	explicit_bzero(below, sizeof below);
}
