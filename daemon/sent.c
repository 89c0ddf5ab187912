/* Two rings of ids. */
#include "daemon/sent.h"

#include "daemon/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum {
	SMALLEST = 8
};

struct ring {
	struct sent_entry *entries; /* oldest at `first` once it is full */
	unsigned capacity, count, first;
};

struct sent {
	struct ring visitor, staff;
};

static struct ring *ring_of(struct sent *sent, int64_t author)
{
	return author == 0 ? &sent->visitor : &sent->staff;
}

struct sent *sent_create(void)
{
	return xcalloc(1, sizeof(struct sent));
}

void sent_destroy(struct sent *sent)
{
	if (sent != NULL) {
		free(sent->visitor.entries);
		free(sent->staff.entries);
		free(sent);
	}
}

struct sent_entry *sent_find(struct sent *sent, int64_t author, const uint8_t *id)
{
	const struct ring *ring = ring_of(sent, author);
	for (unsigned i = 0; i < ring->count; i++) {
		struct sent_entry *entry = &ring->entries[i];
		if (memcmp(entry->id, id, EVENT_ID_BYTES) == 0 && entry->author == author) {
			return entry;
		}
	}
	return NULL;
}

static void ring_add(struct ring *ring, const struct sent_entry *entry)
{
	if (ring->count == SENT_MAX) {
		ring->entries[ring->first] = *entry;
		ring->first = (ring->first + 1) % SENT_MAX;
		return;
	}
	if (ring->count == ring->capacity) {
		ring->capacity = ring->capacity > 0 ? ring->capacity * 2 : SMALLEST;
		ring->entries = xrealloc(ring->entries, ring->capacity * sizeof(*ring->entries));
	}
	ring->entries[ring->count++] = *entry;
}

void sent_add(struct sent *sent, const struct sent_entry *entry)
{
	ring_add(ring_of(sent, entry->author), entry);
}

static void drop_in_flight(struct ring *ring)
{
	struct ring kept = {0};
	for (unsigned i = 0; i < ring->count; i++) {
		const struct sent_entry *entry = &ring->entries[(ring->first + i) % ring->count];
		if (entry->durable) {
			ring_add(&kept, entry);
		}
	}
	free(ring->entries);
	*ring = kept;
}

void sent_drop_in_flight(struct sent *sent)
{
	drop_in_flight(&sent->visitor);
	drop_in_flight(&sent->staff);
}

bool sent_is_full(struct sent *sent, int64_t author)
{
	return ring_of(sent, author)->count == SENT_MAX;
}
