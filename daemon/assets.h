/*
 * The files of the pages, embedded in the binary by daemon/embed/embed.sh: no file is read at run
 * time, and a page always fits the program it came with.
 */
#ifndef HARK_DAEMON_ASSETS_H
#define HARK_DAEMON_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
	const char *path; /* of the URL, "/assets/visitor-2F3A.js" */
	const char *type; /* Content-Type */
	bool immutable; /* the name carries the content's hash: may be cached for ever */
	const unsigned char *bytes;
	size_t size; /* bytes */
	const unsigned char *gzip; /* the same, compressed; NULL where that saves nothing */
	size_t gzip_size; /* bytes */
};

/* The generated table, sorted by path (strcmp), and its length. */
extern const struct asset assets_table[];
extern const size_t assets_count;

const struct asset *asset_find(const char *path); /* NULL: no such file */

#endif
