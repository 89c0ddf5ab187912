/* The map against an array that is searched from end to end. */
#include "daemon/idmap.h"
#include "tests/unit/tap.h"

enum {
	IDS = 300,
	STEPS = 20000
};

static uint64_t noise = 1;

static uint64_t draw(uint64_t below)
{
	noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (noise >> 33) % below;
}

static void check_against(struct idmap *map, void *model[IDS])
{
	size_t count = 0, walked = 0, at = 0;
	for (uint64_t id = 0; id < IDS; id++) {
		CHECK(idmap_find(map, id) == model[id]);
		count += model[id] != NULL;
	}
	CHECK_INT(map->count, count);
	while (idmap_next(map, &at) != NULL) {
		walked++;
	}
	CHECK_INT(walked, count);
}

static void test_against_model(void)
{
	struct idmap map = {0};
	static char values[IDS];
	void *model[IDS] = {0};
	CHECK(idmap_find(&map, 1) == NULL);
	CHECK(idmap_remove(&map, 1) == NULL);
	for (int step = 0; step < STEPS; step++) {
		uint64_t id = draw(IDS);
		if (draw(2) == 0) {
			model[id] = &values[draw(IDS)];
			idmap_put(&map, id, model[id]);
		} else {
			CHECK(idmap_remove(&map, id) == model[id]);
			model[id] = NULL;
		}
		if (step % 500 == 0) {
			check_against(&map, model);
		}
	}
	check_against(&map, model);
	idmap_finish(&map);
	CHECK_INT(map.count, 0);
	CHECK(idmap_find(&map, 1) == NULL);
}

int main(void)
{
	RUN(test_against_model);
	return tap_done();
}
