/* Migrations: in order, all or none, with a copy before, and never backwards. */
#include "storage/schema.h"

#include <sys/stat.h>
#include <unistd.h>

#include "storage/table_event.h"
#include "storage/table_room.h"
#include "tests/unit/storage/format_1.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

static const char *const three_steps[] = {
	"CREATE TABLE a (x); INSERT INTO a VALUES (1);",
	"CREATE TABLE b (x); INSERT INTO b SELECT x + 1 FROM a;",
	"CREATE TABLE c (x); INSERT INTO c SELECT x + 1 FROM b;",
};

static const char *const broken_steps[] = {
	"CREATE TABLE a (x); INSERT INTO a VALUES (1);",
	"CREATE TABLE b (x); INSERT INTO b SELECT x + 1 FROM a;",
	"CREATE TABLE c (x); INSERT INTO nowhere VALUES (1);",
};

static struct store_db *open_db(const char *path, bool create)
{
	if (create && vault_create(path, "test-schema") != VAULT_OK) {
		return NULL;
	}
	struct store_db_options options = {
		.path = path, .vfs_name = "test-schema", .cache_bytes = 1 << 20};
	struct store_db *db = NULL;
	store_db_open(&options, &db);
	return db;
}

/* -1: the statement cannot run. */
static int64_t number(struct store_db *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value = -1;
	if (sqlite3_prepare_v2(store_db_handle(db), sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW) {
		value = sqlite3_column_int64(statement, 0);
	}
	sqlite3_finalize(statement);
	return value;
}

static void test_fresh_file_takes_all_steps(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 3), STORE_OK);
	CHECK_INT(number(db, "SELECT x FROM c"), 3);
	CHECK_INT(number(db, "PRAGMA user_version"), 3);
	CHECK(access(scratch_path(&scratch, "hark.db.v0"), F_OK) != 0); /* there was nothing */
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 3), STORE_OK);
	CHECK_INT(number(db, "SELECT count(*) FROM c"), 1); /* not again */
	store_db_close(db);
	scratch_remove(&scratch);
}

static void test_older_file_is_copied_and_taken_on(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 1), STORE_OK);
	CHECK_INT(store_db_exec(db, "UPDATE a SET x = 10"), STORE_OK);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 3), STORE_OK);
	CHECK_INT(number(db, "SELECT x FROM c"), 12);
	store_db_close(db);

	struct stat copied;
	const char *copy = scratch_path(&scratch, "hark.db.v1");
	REQUIRE(stat(copy, &copied) == 0);
	CHECK_INT(copied.st_mode & 07777, 0600);
	db = open_db(copy, false);
	REQUIRE(db != NULL);
	CHECK_INT(number(db, "SELECT x FROM a"), 10);
	CHECK_INT(number(db, "SELECT count(*) FROM b"), -1);
	CHECK_INT(number(db, "PRAGMA user_version"), 1);
	store_db_close(db);
	scratch_remove(&scratch);
}

static void test_failing_step_changes_nothing(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 1), STORE_OK);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", broken_steps, 3), STORE_IO);
	CHECK_INT(number(db, "PRAGMA user_version"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM b"), -1);

	/* The copy of that attempt is replaced by the next one's. */
	CHECK_INT(store_db_exec(db, "UPDATE a SET x = 20"), STORE_OK);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 3), STORE_OK);
	CHECK_INT(number(db, "SELECT x FROM c"), 22);
	store_db_close(db);
	db = open_db(scratch_path(&scratch, "hark.db.v1"), false);
	REQUIRE(db != NULL);
	CHECK_INT(number(db, "SELECT x FROM a"), 20);
	store_db_close(db);
	scratch_remove(&scratch);
}

/* No copy, no migration. */
static void test_nothing_is_done_without_a_copy(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 1), STORE_OK);
	CHECK(schema_migrate_with(db, scratch_path(&scratch, "no/such/place"), "test-schema",
		      three_steps, 3) != STORE_OK);
	CHECK_INT(number(db, "PRAGMA user_version"), 1);
	store_db_close(db);
	scratch_remove(&scratch);
}

static void test_newer_file_is_left_alone(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate_with(db, scratch.path, "test-schema", three_steps, 3), STORE_OK);
	CHECK_INT(
		schema_migrate_with(db, scratch.path, "test-schema", three_steps, 2), STORE_NEWER);
	CHECK_INT(number(db, "PRAGMA user_version"), 3);
	store_db_close(db);
	scratch_remove(&scratch);
}

static void test_store_refuses_a_newer_file(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store *store = scratch_open(&scratch, true);
	REQUIRE(store != NULL);
	store_close(store);
	struct store_db *db = open_db(scratch.path, false);
	REQUIRE(db != NULL);
	CHECK_INT(number(db, "PRAGMA user_version"), schema_version());
	CHECK_INT(store_db_exec(db, "PRAGMA user_version = 1000"), STORE_OK);
	store_db_close(db);
	struct store_options options = {.path = scratch.path, .key = store_test_key};
	char problem[256] = "";
	CHECK_INT(store_open(&options, &store, problem, sizeof problem), STORE_NEWER);
	CHECK(strstr(problem, scratch.path) != NULL);
	CHECK(strstr(problem, "newer") != NULL);
	scratch_remove(&scratch);
}

/* Every statement of the schema, on lines, into one of two buffers. */
static const char *all_of_schema(struct store_db *db)
{
	static char all[2][32768];
	static int at;
	sqlite3_stmt *statement;
	char *out = all[at++ % 2];
	out[0] = '\0';
	if (sqlite3_prepare_v2(store_db_handle(db),
		    "SELECT group_concat(coalesce(sql, name), char(10)) FROM (SELECT * FROM"
		    " sqlite_schema ORDER BY name)",
		    -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW) {
		snprintf(out, sizeof all[0], "%s", (const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	return out;
}

/* A school that ran before: what was said is there, and every table is as in a fresh file. */
static void test_first_format_is_taken_to_the_newest(void)
{
	static const char *const first[] = {format_1};
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	REQUIRE(schema_migrate_with(db, scratch.path, "test-schema", first, 1) == STORE_OK);
	REQUIRE(store_db_exec(db, format_1_rows) == STORE_OK);
	CHECK_INT(schema_migrate(db, scratch.path, "test-schema"), STORE_OK);
	CHECK_INT(number(db, "PRAGMA user_version"), schema_version());
	CHECK_INT(number(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	CHECK_INT(number(db, "SELECT count(*) FROM event WHERE body = CAST('hello' AS BLOB)"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM setting"), 1);
	CHECK_INT(number(db, "SELECT count(*) FROM audit"), 0); /* it begins with the daemon */

	struct room_row row;
	REQUIRE(room_find_now(db, 11, &row) == STORE_OK);
	CHECK_INT(row.head_seq, 2);
	CHECK_INT(row.supporter, 7);
	CHECK_INT(row.adult, 0);
	CHECK_INT(row.revealed_ms, 0);
	CHECK_INT(row.blocked_until_ms, 0);
	CHECK(!row.for_adults); /* no code is asked for it */
	CHECK_STR(row.name, "Paper Lantern");

	const char *fresh = scratch_path(&scratch, "fresh.db");
	struct store_db *other = open_db(fresh, true);
	REQUIRE(other != NULL);
	REQUIRE(schema_migrate(other, fresh, "test-schema") == STORE_OK);
	CHECK(all_of_schema(db)[0] != '\0');
	CHECK_STR(all_of_schema(db), all_of_schema(other));
	store_db_close(other);
	store_db_close(db);
	scratch_remove(&scratch);
}

/* What the hot path's cost stands on: the event table has no index beside its key. */
static void test_event_table_has_no_index(void)
{
	struct scratch scratch;
	scratch_make(&scratch);
	struct store_db *db = open_db(scratch.path, true);
	REQUIRE(db != NULL);
	CHECK_INT(schema_migrate(db, scratch.path, "test-schema"), STORE_OK);
	CHECK_INT(number(db, "SELECT count(*) FROM sqlite_schema WHERE type IN ('index', 'trigger')"
			     " AND tbl_name = 'event'"),
		0);
	CHECK_INT(number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'event'"), 1);
	store_db_close(db);
	scratch_remove(&scratch);
}

int main(void)
{
	if (vault_register("test-schema", store_test_key) != VAULT_OK) {
		return EXIT_FAILURE;
	}
	RUN(test_fresh_file_takes_all_steps);
	RUN(test_older_file_is_copied_and_taken_on);
	RUN(test_failing_step_changes_nothing);
	RUN(test_nothing_is_done_without_a_copy);
	RUN(test_newer_file_is_left_alone);
	RUN(test_store_refuses_a_newer_file);
	RUN(test_first_format_is_taken_to_the_newest);
	RUN(test_event_table_has_no_index);
	vault_unregister("test-schema");
	return tap_done();
}
