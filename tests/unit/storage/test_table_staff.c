/* Accounts, links, sign-ins and shifts: each change, and each refusal. */
#include "storage/table_staff.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static struct scratch scratch;
static struct store *store;

/* What is in the tables now. */
struct loaded {
	struct store_job job;
	struct account_row accounts[8];
	struct link_row links[8];
	struct login_row logins[8];
	struct shift_row shifts[8];
	int accounts_count, links_count, logins_count, shifts_count;
	bool stop; /* after the first of each */
};

static bool each_account(void *data, const struct account_row *row)
{
	struct loaded *loaded = data;
	loaded->accounts[loaded->accounts_count++] = *row;
	return !loaded->stop;
}

static bool each_link(void *data, const struct link_row *row)
{
	struct loaded *loaded = data;
	loaded->links[loaded->links_count++] = *row;
	return !loaded->stop;
}

static bool each_login(void *data, const struct login_row *row)
{
	struct loaded *loaded = data;
	loaded->logins[loaded->logins_count++] = *row;
	return !loaded->stop;
}

static bool each_shift(void *data, const struct shift_row *row)
{
	struct loaded *loaded = data;
	loaded->shifts[loaded->shifts_count++] = *row;
	return !loaded->stop;
}

static enum store_status run_load(struct store_job *job, struct store_db *db)
{
	enum store_status status = account_load_all(db, each_account, job);
	status = status == STORE_OK ? link_load_all(db, each_link, job) : status;
	status = status == STORE_OK ? login_load_all(db, each_login, job) : status;
	return status == STORE_OK ? shift_load_all(db, each_shift, job) : status;
}

static struct loaded load(void)
{
	struct loaded loaded = {.job.run = run_load};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	return loaded;
}

static enum store_status change_account(enum staff_change change, const struct account_row *row)
{
	struct staff_write *write = staff_write_create(change);
	write->account = *row;
	enum store_status status = write_and_wait(store, &write->job);
	free(write);
	return status;
}

static enum store_status change_link(enum staff_change change, uint8_t hash, int64_t account)
{
	struct staff_write *write = staff_write_create(change);
	memset(write->link.hash, hash, sizeof write->link.hash);
	write->link.account = account;
	write->link.expires_ms = 5000 + hash;
	enum store_status status = write_and_wait(store, &write->job);
	free(write);
	return status;
}

static enum store_status change_login(
	enum staff_change change, uint8_t hash, int64_t account, int64_t seen_ms)
{
	struct staff_write *write = staff_write_create(change);
	memset(write->login.hash, hash, sizeof write->login.hash);
	write->login.account = account;
	write->login.created_ms = 7000 + hash;
	write->login.seen_ms = seen_ms;
	enum store_status status = write_and_wait(store, &write->job);
	free(write);
	return status;
}

static bool same(const struct account_row *a, const struct account_row *b)
{
	return a->id == b->id && strcmp(a->login, b->login) == 0 &&
	       strcmp(a->alias, b->alias) == 0 && strcmp(a->picture, b->picture) == 0 &&
	       a->role == b->role && strcmp(a->password, b->password) == 0 &&
	       a->disabled == b->disabled && a->created_ms == b->created_ms;
}

static void test_accounts(void)
{
	struct account_row row = {.id = 1,
		.login = "mira",
		.alias = "Juniper",
		.picture = "fern",
		.role = 2,
		.password = "$argon2id$x",
		.created_ms = 99};
	CHECK_INT(change_account(STAFF_ACCOUNT_ADD, &row), STORE_OK);
	struct loaded loaded = load();
	REQUIRE(loaded.accounts_count == 1);
	CHECK(same(&loaded.accounts[0], &row));

	struct account_row other = {.id = 2, .login = "Mira", .alias = "Sorrel"};
	CHECK_INT(change_account(STAFF_ACCOUNT_ADD, &other), STORE_REFUSED); /* login taken */
	strcpy(other.login, "tom");
	strcpy(other.alias, "juniper");
	CHECK_INT(change_account(STAFF_ACCOUNT_ADD, &other), STORE_REFUSED); /* alias taken */
	strcpy(other.alias, "Sorrel");
	CHECK_INT(change_account(STAFF_ACCOUNT_ADD, &other), STORE_OK);

	struct account_row changed = {.id = 2,
		.login = "not changed",
		.alias = "Thistle",
		.picture = "owl",
		.role = 3,
		.password = "$argon2id$y",
		.disabled = true,
		.created_ms = 100};
	CHECK_INT(change_account(STAFF_ACCOUNT_UPDATE, &changed), STORE_OK);
	strcpy(changed.login, "tom");
	loaded = load();
	REQUIRE(loaded.accounts_count == 2);
	CHECK(same(&loaded.accounts[0], &row));
	CHECK(same(&loaded.accounts[1], &changed));
	strcpy(changed.alias, "Juniper");
	CHECK_INT(change_account(STAFF_ACCOUNT_UPDATE, &changed), STORE_REFUSED);
}

static void test_links(void)
{
	CHECK_INT(change_link(STAFF_LINK_ADD, 1, 1), STORE_OK);
	CHECK_INT(change_link(STAFF_LINK_ADD, 2, 2), STORE_OK);
	CHECK_INT(change_link(STAFF_LINK_ADD, 3, 1), STORE_OK); /* the first one's end */
	CHECK_INT(change_link(STAFF_LINK_ADD, 4, 77), STORE_REFUSED); /* nobody's */
	struct loaded loaded = load();
	REQUIRE(loaded.links_count == 2);
	CHECK_INT(loaded.links[0].hash[31], 2);
	CHECK_INT(loaded.links[0].account, 2);
	CHECK_INT(loaded.links[0].expires_ms, 5002);
	CHECK_INT(loaded.links[1].hash[31], 3);
	CHECK_INT(change_link(STAFF_LINK_USE, 1, 1), STORE_REFUSED);
	CHECK_INT(change_link(STAFF_LINK_USE, 3, 1), STORE_OK);
	CHECK_INT(change_link(STAFF_LINK_USE, 3, 1), STORE_REFUSED); /* works once */
	CHECK_INT(load().links_count, 1);
}

static void test_logins(void)
{
	CHECK_INT(change_login(STAFF_LOGIN_ADD, 1, 1, 10), STORE_OK);
	CHECK_INT(change_login(STAFF_LOGIN_ADD, 2, 1, 20), STORE_OK);
	CHECK_INT(change_login(STAFF_LOGIN_ADD, 3, 2, 30), STORE_OK);
	CHECK_INT(change_login(STAFF_LOGIN_TOUCH, 2, 0, 25), STORE_OK);
	struct loaded loaded = load();
	REQUIRE(loaded.logins_count == 3);
	CHECK_INT(loaded.logins[1].hash[0], 2);
	CHECK_INT(loaded.logins[1].account, 1);
	CHECK_INT(loaded.logins[1].created_ms, 7002);
	CHECK_INT(loaded.logins[1].seen_ms, 25);
	CHECK_INT(change_login(STAFF_LOGIN_DROP, 2, 0, 0), STORE_OK);
	CHECK_INT(change_login(STAFF_LOGIN_DROP, 2, 0, 0), STORE_OK); /* gone is gone */
	CHECK_INT(load().logins_count, 2);
	CHECK_INT(change_login(STAFF_LOGIN_DROP_ALL, 0, 1, 0), STORE_OK);
	loaded = load();
	REQUIRE(loaded.logins_count == 1);
	CHECK_INT(loaded.logins[0].account, 2);
}

static void test_shifts(void)
{
	for (int64_t id = 1; id <= 2; id++) {
		struct staff_write *write = staff_write_create(STAFF_SHIFT_ADD);
		write->shift = (struct shift_row){
			.id = id, .account = id, .weekday = 3, .from_min = 600, .until_min = 660};
		CHECK_INT(write_and_wait(store, &write->job), STORE_OK);
		free(write);
	}
	struct staff_write *drop = staff_write_create(STAFF_SHIFT_DROP);
	drop->shift.id = 1;
	CHECK_INT(write_and_wait(store, &drop->job), STORE_OK);
	free(drop);
	struct loaded loaded = load();
	REQUIRE(loaded.shifts_count == 1);
	CHECK_INT(loaded.shifts[0].id, 2);
	CHECK_INT(loaded.shifts[0].account, 2);
	CHECK_INT(loaded.shifts[0].weekday, 3);
	CHECK_INT(loaded.shifts[0].from_min, 600);
	CHECK_INT(loaded.shifts[0].until_min, 660);
}

static void test_loading_stops_when_told(void)
{
	CHECK_INT(change_link(STAFF_LINK_ADD, 8, 1), STORE_OK);
	CHECK_INT(change_login(STAFF_LOGIN_ADD, 8, 1, 10), STORE_OK);
	struct loaded loaded = {.job.run = run_load, .stop = true};
	CHECK_INT(store_read_now(store, &loaded.job), STORE_OK);
	CHECK_INT(loaded.accounts_count, 1);
	CHECK_INT(loaded.links_count, 1);
	CHECK_INT(loaded.logins_count, 1);
	CHECK_INT(loaded.shifts_count, 1);
}

int main(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
	if (store == NULL) {
		return EXIT_FAILURE;
	}
	RUN(test_accounts);
	RUN(test_links);
	RUN(test_logins);
	RUN(test_shifts);
	RUN(test_loading_stops_when_told);
	store_close(store);
	scratch_remove(&scratch);
	return tap_done();
}
