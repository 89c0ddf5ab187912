/*
 * Two rings of ids, each with a hash of chains: a chain of a full ring holds one entry on average,
 * and nothing is scanned on a message's way. Who makes ids that collide waits for a ring at most.
 * Both grow with what was said: most rooms are short, and every room in memory has these.
 */
#include "daemon/sent.h"

#include "daemon/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum {
	SMALLEST = 4, /* entries; a power of two, as SENT_MAX is */
	END = -1
};

struct ring {
	struct sent_entry *entries; /* oldest at `first` once it is full */
	int16_t *after; /* the next entry of the same chain, or END */
	int16_t *chains; /* `capacity` of them behind `after`: first entry, or END */
	unsigned capacity, count, first;
};

struct sent {
	struct ring visitor, staff;
};

static int16_t *chain_of(const struct ring *ring, const uint8_t id[EVENT_ID_BYTES])
{
	uint64_t low, high;
	memcpy(&low, id, sizeof(low));
	memcpy(&high, id + sizeof(low), sizeof(high));
	uint64_t mixed = (low ^ high) * UINT64_C(0x9e3779b97f4a7c15);
	return &ring->chains[(mixed >> 56) & (ring->capacity - 1)];
}

static struct ring *ring_of(struct sent *sent, int64_t author)
{
	return author == 0 ? &sent->visitor : &sent->staff;
}

struct sent *sent_create(void)
{
	return xcalloc(1, sizeof(struct sent));
}

static void ring_finish(struct ring *ring)
{
	free(ring->entries);
	free(ring->after);
}

void sent_destroy(struct sent *sent)
{
	if (sent != NULL) {
		ring_finish(&sent->visitor);
		ring_finish(&sent->staff);
		free(sent);
	}
}

struct sent_entry *sent_find(struct sent *sent, int64_t author, const uint8_t *id)
{
	const struct ring *ring = ring_of(sent, author);
	if (ring->count == 0) {
		return NULL;
	}
	for (int at = *chain_of(ring, id); at != END; at = ring->after[at]) {
		struct sent_entry *entry = &ring->entries[at];
		if (memcmp(entry->id, id, EVENT_ID_BYTES) == 0 && entry->author == author) {
			return entry;
		}
	}
	return NULL;
}

static void chain(struct ring *ring, unsigned at)
{
	int16_t *head = chain_of(ring, ring->entries[at].id);
	ring->after[at] = *head;
	*head = (int16_t)at;
}

static void unchain(struct ring *ring, unsigned at)
{
	int16_t *link = chain_of(ring, ring->entries[at].id);
	while (*link != (int)at) {
		link = &ring->after[*link];
	}
	*link = ring->after[at];
}

static void grow(struct ring *ring)
{
	_Static_assert((SENT_MAX & (SENT_MAX - 1)) == 0 && SENT_MAX <= 256, "a byte of chains");
	ring->capacity = ring->capacity > 0 ? ring->capacity * 2 : SMALLEST;
	ring->entries = xrealloc(ring->entries, ring->capacity * sizeof(*ring->entries));
	free(ring->after);
	ring->after = xmalloc(2 * ring->capacity * sizeof(*ring->after));
	ring->chains = ring->after + ring->capacity;
	for (unsigned i = 0; i < ring->capacity; i++) {
		ring->chains[i] = END;
	}
	for (unsigned i = 0; i < ring->count; i++) {
		chain(ring, i);
	}
}

static void ring_add(struct ring *ring, const struct sent_entry *entry)
{
	unsigned at = ring->count;
	if (ring->count == SENT_MAX) {
		at = ring->first;
		unchain(ring, at);
		ring->first = (ring->first + 1) % SENT_MAX;
	} else {
		if (ring->count == ring->capacity) {
			grow(ring);
		}
		ring->count++;
	}
	ring->entries[at] = *entry;
	chain(ring, at);
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
	ring_finish(ring);
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
