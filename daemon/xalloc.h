/*
 * Small fixed allocations that cannot fail: without memory for them the process ends, systemd
 * starts it again, and the file holds the truth. Sizes that a peer influences are bounded first.
 */
#ifndef HARK_DAEMON_XALLOC_H
#define HARK_DAEMON_XALLOC_H

#include <stddef.h>

/* Says that there is no memory and ends the process: where something else ran out of it. */
_Noreturn void xalloc_failed(void);

void *xcalloc(size_t count, size_t size); /* zeroed */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *string);
char *xmemdup(const void *bytes, size_t size); /* and a terminator behind */

#endif
