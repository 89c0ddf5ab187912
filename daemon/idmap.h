/*
 * A map from a 64-bit id to a pointer: open addressing, linear probing, backward-shift deletion.
 * Ids are random or small numbers of ours; they are mixed before use. An all-zero map is empty.
 */
#ifndef HARK_DAEMON_IDMAP_H
#define HARK_DAEMON_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap {
	struct idmap_slot *slots; /* capacity of them; value NULL: free */
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

void *idmap_find(const struct idmap *map, uint64_t id); /* NULL: not there */
void idmap_put(struct idmap *map, uint64_t id, void *value); /* value not NULL; replaces */
void *idmap_remove(struct idmap *map, uint64_t id); /* what was there, or NULL */
void idmap_finish(struct idmap *map); /* frees the map, not the values */

/* Goes over all values: `*at` starts at 0; NULL at the end. The map must not change meanwhile. */
void *idmap_next(const struct idmap *map, size_t *at);

#endif
