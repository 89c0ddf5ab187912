/*
 * The power fails at a random operation of the disk, which keeps what was synced and any
 * part of what was not, in any order, torn at 512 bytes. The vault must open by itself,
 * without a false alarm about damage, with every acknowledged commit. The file lives on
 * from one cut to the next, so tails torn earlier are still about.
 *
 * HARK_POWERCUTS=7000 for a long run, HARK_SEED for another life.
 */
#include "tests/unit/storage/sim_disk.h"
#include "tests/unit/storage/sim_life.h"
#include "tests/unit/tap.h"

/* Lives until the power fails. */
static void live_until_the_cut(struct life *life, struct help_random *random)
{
	while (!sim_fired()) {
		life_commit(life);
		life_do_something_else(life, random);
	}
}

static void survive_cuts(int cuts, bool spill)
{
	struct help_random random = {(uint64_t)help_times("HARK_SEED", 1, 1)};
	struct life life = {
		.path = help_path("power.db"), .vfs_name = "vault on sim", .spill = spill};
	char path[600]; /* help_path() lends its buffer only for a while */
	snprintf(path, sizeof(path), "%s", life.path);
	life.path = path;
	life_make(&life);
	sim_forget(); /* it was renamed */
	REQUIRE(life_open(&life) == VAULT_OK);

	for (int cut = 1; cut <= cuts; cut++) {
		sim_arm(SIM_POWER, 1 + (int)help_random(&random, spill ? 400 : 120), true);
		live_until_the_cut(&life, &random);
		life_close(&life);
		sim_power_cut(&random);

		enum vault_status status = life_open(&life);
		if (status != VAULT_OK) {
			uint32_t number;
			enum vault_reason reason = vault_last_reason(life.vfs_name, &number);
			printf("# cut %d: %s %s (%u)\n", cut, vault_status_text(status),
				vault_reason_text(reason), number);
		}
		REQUIRE(status == VAULT_OK);
		REQUIRE(life_is_whole(&life));
		if (cut % 16 == 0) {
			REQUIRE(life_is_sound(&life));
		}
	}
	CHECK(life_is_sound(&life));
	printf("# %d commits\n", life.acknowledged);
	CHECK(life.acknowledged > cuts);
	life_close(&life);
	sim_forget();
}

static int cuts(void)
{
	return help_times("HARK_POWERCUTS", 1000, 300) / 2;
}

static void test_no_acknowledged_commit_is_lost(void)
{
	survive_cuts(cuts(), false);
}

static void test_nor_with_pages_rewritten_in_place(void)
{
	long before = sim_counts.wal_pages;
	survive_cuts(cuts(), true);
	CHECK(sim_counts.wal_pages > before); /* or the cache did not spill */
}

/* The simulation is of use only if all of this happened. */
static void test_the_disk_did_its_worst(void)
{
	printf("# unsynced writes kept %ld, lost %ld, torn %ld\n", sim_counts.kept, sim_counts.lost,
		sim_counts.torn);
	CHECK(sim_counts.kept > 100 && sim_counts.lost > 100 && sim_counts.torn > 100);
	CHECK_INT(sim_counts.wal_odd, 0);
}

int main(void)
{
	sim_register();
	if (vault_register_over("vault on sim", help_key_a, "sim") != VAULT_OK) {
		return EXIT_FAILURE;
	}
	RUN(test_no_acknowledged_commit_is_lost);
	RUN(test_nor_with_pages_rewritten_in_place);
	RUN(test_the_disk_did_its_worst);
	vault_unregister("vault on sim");
	return tap_done();
}
