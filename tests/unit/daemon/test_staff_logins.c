/* Sign-ins, over a real file: how long they last, which one makes room, and whom a cookie opens. */
#include "daemon/assets.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/staff.h"
#include "storage/key.h"
#include "storage/store_db.h"
#include "tests/unit/tap.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum {
	MINUTE_MS = 60000,
	SECRET_BYTES = 32,
};

/* The library asks for files to serve; here are none. */
const struct asset assets_table[1];
const size_t assets_count = 0;

static char directory[] = "/tmp/hark-test-staff-XXXXXX", path[64];
static struct config config = {
	.session_idle_ms = (int64_t)30 * MINUTE_MS, .session_max_ms = (int64_t)600 * MINUTE_MS};
static struct key key = {.pepper = {1, 2, 3}};
static struct server server = {.config = &config, .key = &key};

/* ---- a school of one ---- */

static void open_file(bool create)
{
	const uint8_t file_key[32] = {7};
	char problem[256] = "";
	const struct store_options options = {.path = path, .key = file_key, .create = create};
	if (store_open(&options, &server.store, problem, sizeof(problem)) != STORE_OK) {
		printf("# %s\n", problem);
		exit(EXIT_FAILURE);
	}
}

static void remove_file(void)
{
	static const char *const names[] = {"hark.db", "hark.db-wal", "hark.lock"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s/%s", directory, names[i]);
		unlink(name);
	}
}

static void begin(void)
{
	open_file(true);
	server.refresh_due = true; /* nobody is there to be told */
	server.journal = (struct journal){0};
	staff_reset(&server);
	struct staff_write *write = staff_write_create(STAFF_ACCOUNT_ADD);
	write->account = (struct account_row){.id = 1, .login = "robin", .alias = "Robin"};
	staff_change(&server, write, NULL, NULL, NULL);
	store_flush(server.store);
}

static void end(void)
{
	staff_finish(server.staff);
	server.staff = NULL;
	store_close(server.store);
	remove_file();
}

static struct account *robin(void)
{
	return staff_account(server.staff, 1);
}

/* Signs in with a cookie of 32 times this byte. */
static void sign_in(uint8_t byte)
{
	uint8_t secret[SECRET_BYTES];
	memset(secret, byte, sizeof(secret));
	struct staff_write *write = staff_write_create(STAFF_LOGIN_ADD);
	write->login.account = 1;
	write->login.created_ms = write->login.seen_ms = clock_wall_ms();
	staff_hash_secret(&server, "cookie--", secret, write->login.hash);
	staff_change(&server, write, NULL, NULL, NULL);
	store_flush(server.store);
}

static struct login *opened_by(uint8_t byte)
{
	uint8_t secret[SECRET_BYTES];
	char cookie[2 * SECRET_BYTES + 1];
	memset(secret, byte, sizeof(secret));
	sodium_bin2hex(cookie, sizeof(cookie), secret, sizeof(secret));
	return staff_login_of_cookie(&server, cookie);
}

static unsigned count_logins(void)
{
	unsigned count = 0;
	for (const struct login *login = server.staff->logins; login != NULL; login = login->next) {
		count++;
	}
	return count;
}

/* What memory holds after the daemon was started again. */
static void restart(void)
{
	store_flush(server.store);
	store_close(server.store);
	open_file(false);
	CHECK_INT(staff_load(&server), STORE_OK);
}

/* ---- a page of a sign-in ---- */

static unsigned wakes;

static void on_wake(void *wire)
{
	(void)wire;
	wakes++;
}

static void show_page(struct session *page, struct login *login)
{
	*page = (struct session){.server = &server,
		.wake = on_wake,
		.greeted = true,
		.account = login->account,
		.login = login,
		.next_of_account = login->account->sessions};
	login->account->sessions = page;
	login->sockets++;
}

/* ---- tests ---- */

static void test_a_cookie_opens_its_own_sign_in(void)
{
	begin();
	sign_in(1);
	sign_in(2);
	struct login *first = opened_by(1), *second = opened_by(2);
	CHECK(first != NULL && second != NULL && first != second);
	CHECK(opened_by(3) == NULL);
	CHECK(staff_login_of_cookie(&server, "") == NULL);
	CHECK(staff_login_of_cookie(&server, "no hex") == NULL);
	CHECK(staff_login_of_cookie(&server, "0101") == NULL);
	/* All of the hash counts, not only what it is found by. */
	first->row.hash[STAFF_HASH_BYTES - 1] ^= 1;
	CHECK(opened_by(1) == NULL);
	first->row.hash[STAFF_HASH_BYTES - 1] ^= 1;
	CHECK(opened_by(1) == first);
	robin()->row.disabled = true;
	CHECK(opened_by(1) == NULL);
	end();
}

static void test_one_that_is_idle_or_old_ends_in_the_file_too(void)
{
	begin();
	for (uint8_t byte = 1; byte <= 3; byte++) {
		sign_in(byte);
	}
	struct login *idle = opened_by(1), *old = opened_by(2);
	idle->used_mono -= config.session_idle_ms;
	old->created_mono -= config.session_max_ms;
	staff_tick(&server);
	CHECK_INT(count_logins(), 1);
	restart();
	CHECK_INT(count_logins(), 1);
	CHECK(opened_by(1) == NULL);
	CHECK(opened_by(2) == NULL);
	CHECK(opened_by(3) != NULL);
	end();
}

static void test_an_open_page_keeps_its_own_sign_in(void)
{
	begin();
	sign_in(1);
	sign_in(2);
	struct login *watched = opened_by(1), *other = opened_by(2);
	struct session page, stranger;
	show_page(&page, watched);
	show_page(&stranger, other);
	stranger.greeted = false; /* a socket that never said hello looks at nothing */
	watched->used_mono -= config.session_idle_ms;
	other->used_mono -= config.session_idle_ms;
	wakes = 0;
	staff_tick(&server);
	CHECK(opened_by(1) == watched);
	CHECK(opened_by(2) == NULL);
	CHECK_INT(stranger.close_code, CLOSE_SIGNED_OUT);
	CHECK_INT(page.close_code, 0);
	CHECK_INT(wakes, 1);
	/* Not for longer than any sign-in lasts. */
	watched->created_mono -= config.session_max_ms;
	staff_tick(&server);
	CHECK(opened_by(1) == NULL);
	CHECK_INT(page.close_code, CLOSE_SIGNED_OUT);
	end();
}

static void test_its_use_is_written_now_and_then(void)
{
	begin();
	sign_in(1);
	struct login *login = opened_by(1);
	int64_t long_ago = clock_wall_ms() - (int64_t)20 * MINUTE_MS;
	login->row.seen_ms = long_ago;
	staff_tick(&server);
	CHECK_INT(login->row.seen_ms, long_ago); /* what stands there is new enough */
	login->written_mono -= (int64_t)20 * MINUTE_MS;
	staff_tick(&server);
	CHECK(login->row.seen_ms > long_ago);
	int64_t seen_ms = login->row.seen_ms;
	restart();
	login = opened_by(1);
	REQUIRE(login != NULL);
	CHECK_INT(login->row.seen_ms, seen_ms);
	end();
}

/* It would be gone here and back after the next start. */
static void test_none_ends_while_the_file_takes_nothing(void)
{
	begin();
	sign_in(1);
	server.staff->logins->used_mono -= config.session_idle_ms;
	server.journal.failed = true;
	staff_tick(&server);
	CHECK_INT(count_logins(), 1);
	server.journal.failed = false;
	staff_tick(&server);
	CHECK_INT(count_logins(), 0);
	end();
}

static void test_the_one_unused_for_longest_makes_room(void)
{
	begin();
	struct session pages[STAFF_LOGINS_MAX + 1];
	for (uint8_t byte = 1; byte <= STAFF_LOGINS_MAX; byte++) {
		sign_in(byte);
		opened_by(byte)->used_mono -= (int64_t)(100 - byte) * MINUTE_MS;
	}
	staff_bound_logins(&server, robin());
	CHECK_INT(count_logins(), STAFF_LOGINS_MAX);
	int64_t used_mono = server.staff->logins->used_mono; /* the newest's */
	show_page(&pages[0], opened_by(1)); /* which opening it used */
	pages[0].login->used_mono = used_mono - (int64_t)100 * MINUTE_MS;
	sign_in(STAFF_LOGINS_MAX + 1);
	struct session *newest = &pages[STAFF_LOGINS_MAX - 1];
	show_page(newest, opened_by(STAFF_LOGINS_MAX + 1));
	newest->login->used_mono = pages[0].login->used_mono;
	staff_bound_logins(&server, robin());
	CHECK_INT(count_logins(), STAFF_LOGINS_MAX);
	CHECK(opened_by(2) == NULL); /* for these two, unused for longer, have a page open */
	/* All of them open: by use alone. */
	for (uint8_t byte = 3; byte <= STAFF_LOGINS_MAX; byte++) {
		show_page(&pages[byte - 2], opened_by(byte));
	}
	newest->login->used_mono = used_mono;
	sign_in(2);
	show_page(&pages[STAFF_LOGINS_MAX], opened_by(2));
	staff_bound_logins(&server, robin());
	CHECK_INT(count_logins(), STAFF_LOGINS_MAX);
	CHECK_INT(pages[0].close_code, CLOSE_SIGNED_OUT);
	CHECK(opened_by(1) == NULL);
	end();
}

static const char *hidden_table;

static enum store_status hide_table(struct store_job *job, struct store_db *db)
{
	char sql[64];
	(void)job;
	snprintf(sql, sizeof(sql), "ALTER TABLE %s RENAME TO hidden", hidden_table);
	int code = sqlite3_exec(store_db_handle(db), sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? STORE_OK : STORE_IO;
}

static void on_hidden(struct store_job *job, enum store_status status)
{
	(void)job;
	CHECK_INT(status, STORE_OK);
}

/* Nobody is let in, or kept out, by half of what stands in the file. */
static void test_what_cannot_be_read_is_no_school(void)
{
	static const char *const tables[] = {"shift", "link", "login", "account"};
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		begin();
		sign_in(1);
		CHECK_INT(staff_load(&server), STORE_OK);
		CHECK_INT(count_logins(), 1);
		hidden_table = tables[i];
		struct store_job job = {.run = hide_table, .done = on_hidden};
		store_write(server.store, &job);
		store_flush(server.store);
		CHECK(staff_load(&server) != STORE_OK);
		end();
	}
}

int main(void)
{
	if (sodium_init() < 0 || mkdtemp(directory) == NULL) {
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof(path), "%s/hark.db", directory);
	RUN(test_a_cookie_opens_its_own_sign_in);
	RUN(test_one_that_is_idle_or_old_ends_in_the_file_too);
	RUN(test_an_open_page_keeps_its_own_sign_in);
	RUN(test_its_use_is_written_now_and_then);
	RUN(test_none_ends_while_the_file_takes_nothing);
	RUN(test_the_one_unused_for_longest_makes_room);
	RUN(test_what_cannot_be_read_is_no_school);
	rmdir(directory);
	return tap_done();
}
