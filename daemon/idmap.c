/* Open addressing over 64-bit ids. */
#include "daemon/idmap.h"

#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>

enum {
	SMALLEST = 16
};

struct idmap_slot {
	uint64_t id;
	void *value;
};

static size_t home_of(const struct idmap *map, uint64_t id)
{
	/* The finaliser of SplitMix64: every bit of the id reaches every bit of the place. */
	id = (id ^ (id >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	id = (id ^ (id >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (size_t)(id ^ (id >> 31)) & (map->capacity - 1);
}

static size_t place_of(const struct idmap *map, uint64_t id)
{
	size_t at = home_of(map, id);
	while (map->slots[at].value != NULL && map->slots[at].id != id) {
		at = (at + 1) & (map->capacity - 1);
	}
	return at;
}

static void grow(struct idmap *map)
{
	struct idmap larger = {
		.capacity = map->capacity > 0 ? map->capacity * 2 : SMALLEST,
		.count = map->count,
	};
	larger.slots = xcalloc(larger.capacity, sizeof(*larger.slots));
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->slots[i].value != NULL) {
			larger.slots[place_of(&larger, map->slots[i].id)] = map->slots[i];
		}
	}
	free(map->slots);
	*map = larger;
}

void *idmap_find(const struct idmap *map, uint64_t id)
{
	return map->capacity > 0 ? map->slots[place_of(map, id)].value : NULL;
}

void idmap_put(struct idmap *map, uint64_t id, void *value)
{
	assert(value != NULL);
	if (map->count * 4 >= map->capacity * 3) {
		grow(map);
	}
	struct idmap_slot *slot = &map->slots[place_of(map, id)];
	map->count += slot->value == NULL;
	*slot = (struct idmap_slot){id, value};
}

void *idmap_remove(struct idmap *map, uint64_t id)
{
	if (map->capacity == 0) {
		return NULL;
	}
	size_t mask = map->capacity - 1;
	size_t hole = place_of(map, id);
	void *removed = map->slots[hole].value;
	if (removed == NULL) {
		return NULL;
	}
	/* Moves back what probed past the hole, so that no tombstones are needed. */
	for (size_t at = (hole + 1) & mask; map->slots[at].value != NULL; at = (at + 1) & mask) {
		size_t home = home_of(map, map->slots[at].id);
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			map->slots[hole] = map->slots[at];
			hole = at;
		}
	}
	map->slots[hole] = (struct idmap_slot){0};
	map->count--;
	return removed;
}

void idmap_finish(struct idmap *map)
{
	free(map->slots);
	*map = (struct idmap){0};
}

void *idmap_next(const struct idmap *map, size_t *at)
{
	while (*at < map->capacity) {
		void *value = map->slots[(*at)++].value;
		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}
