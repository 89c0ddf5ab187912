/* Allocation that ends the process instead of failing. */
#include "daemon/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void xalloc_failed(void)
{
	fputs("<2>out of memory\n", stderr); /* unbuffered: takes none itself */
	abort();
}

static void *or_die(void *memory)
{
	if (memory == NULL) {
		xalloc_failed();
	}
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return or_die(calloc(count, size));
}

void *xmalloc(size_t size)
{
	return or_die(malloc(size > 0 ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
	return or_die(realloc(old, size));
}

char *xstrdup(const char *string)
{
	return or_die(strdup(string));
}

char *xmemdup(const void *bytes, size_t size)
{
	char *copy = xmalloc(size + 1);
	if (size > 0) {
		memcpy(copy, bytes, size);
	}
	copy[size] = '\0';
	return copy;
}
