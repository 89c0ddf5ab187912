/* Accounts, links, sign-ins and shifts; see table_staff.h. */
#include "storage/table_staff.h"

#include "storage/store_db.h"

static const char INSERT_ACCOUNT[] =
	"INSERT INTO account (id, login, alias, picture, role, password, disabled, created_ms)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
static const char UPDATE_ACCOUNT[] =
	"UPDATE account SET alias = ?3, picture = ?4, role = ?5, password = ?6, disabled = ?7,"
	" created_ms = ?8 WHERE id = ?1";
static const char SELECT_ACCOUNTS[] =
	"SELECT id, login, alias, picture, role, password, disabled, created_ms FROM account"
	" ORDER BY id";

static const char DELETE_LINKS[] = "DELETE FROM link WHERE account = ?1";
static const char INSERT_LINK[] =
	"INSERT INTO link (hash, account, expires_ms) VALUES (?1, ?2, ?3)";
static const char DELETE_LINK[] = "DELETE FROM link WHERE hash = ?1";
static const char SELECT_LINKS[] = "SELECT hash, account, expires_ms FROM link";

static const char INSERT_LOGIN[] =
	"INSERT INTO login (hash, account, created_ms, seen_ms) VALUES (?1, ?2, ?3, ?4)";
static const char TOUCH_LOGIN[] = "UPDATE login SET seen_ms = ?2 WHERE hash = ?1";
static const char DELETE_LOGIN[] = "DELETE FROM login WHERE hash = ?1";
static const char DELETE_LOGINS[] = "DELETE FROM login WHERE account = ?1";
static const char SELECT_LOGINS[] = "SELECT hash, account, created_ms, seen_ms FROM login";

static const char INSERT_SHIFT[] =
	"INSERT INTO shift (id, account, weekday, from_min, until_min) VALUES (?1, ?2, ?3, ?4, ?5)";
static const char DELETE_SHIFT[] = "DELETE FROM shift WHERE id = ?1";
static const char SELECT_SHIFTS[] =
	"SELECT id, account, weekday, from_min, until_min FROM shift ORDER BY id";

static enum store_status write_account(
	struct store_db *db, const char *sql, const struct account_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, sql);
	store_db_bind_int(statement, 1, row->id);
	if (sql == INSERT_ACCOUNT) {
		store_db_bind_text(statement, 2, row->login);
	}
	store_db_bind_text(statement, 3, row->alias);
	store_db_bind_text(statement, 4, row->picture);
	store_db_bind_int(statement, 5, row->role);
	store_db_bind_text(statement, 6, row->password);
	store_db_bind_int(statement, 7, row->disabled);
	store_db_bind_int(statement, 8, row->created_ms);
	return store_db_run(db, statement);
}

static enum store_status update_account(struct store_db *db, const struct staff_write *write)
{
	enum store_status status = write_account(db, UPDATE_ACCOUNT, &write->account);
	if (status == STORE_OK && write->also != NULL) {
		status = write->also(db, write->also_data);
	}
	return status;
}

static enum store_status delete_number(struct store_db *db, const char *sql, int64_t number)
{
	sqlite3_stmt *statement = store_db_statement(db, sql);
	store_db_bind_int(statement, 1, number);
	return store_db_run(db, statement);
}

static enum store_status delete_hash(struct store_db *db, const char *sql, const uint8_t *hash)
{
	sqlite3_stmt *statement = store_db_statement(db, sql);
	store_db_bind_blob(statement, 1, hash, STAFF_HASH_BYTES);
	return store_db_run(db, statement);
}

static enum store_status add_link(struct store_db *db, const struct link_row *row)
{
	enum store_status status = delete_number(db, DELETE_LINKS, row->account);
	if (status != STORE_OK) {
		return status;
	}
	sqlite3_stmt *statement = store_db_statement(db, INSERT_LINK);
	store_db_bind_blob(statement, 1, row->hash, sizeof row->hash);
	store_db_bind_int(statement, 2, row->account);
	store_db_bind_int(statement, 3, row->expires_ms);
	return store_db_run(db, statement);
}

static enum store_status use_link(struct store_db *db, const struct link_row *row)
{
	enum store_status status = delete_hash(db, DELETE_LINK, row->hash);
	return status == STORE_OK && store_db_changes(db) == 0 ? STORE_REFUSED : status;
}

static enum store_status add_login(struct store_db *db, const struct login_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_LOGIN);
	store_db_bind_blob(statement, 1, row->hash, sizeof row->hash);
	store_db_bind_int(statement, 2, row->account);
	store_db_bind_int(statement, 3, row->created_ms);
	store_db_bind_int(statement, 4, row->seen_ms);
	return store_db_run(db, statement);
}

static enum store_status touch_login(struct store_db *db, const struct login_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, TOUCH_LOGIN);
	store_db_bind_blob(statement, 1, row->hash, sizeof row->hash);
	store_db_bind_int(statement, 2, row->seen_ms);
	return store_db_run(db, statement);
}

static enum store_status add_shift(struct store_db *db, const struct shift_row *row)
{
	sqlite3_stmt *statement = store_db_statement(db, INSERT_SHIFT);
	store_db_bind_int(statement, 1, row->id);
	store_db_bind_int(statement, 2, row->account);
	store_db_bind_int(statement, 3, row->weekday);
	store_db_bind_int(statement, 4, row->from_min);
	store_db_bind_int(statement, 5, row->until_min);
	return store_db_run(db, statement);
}

static enum store_status run_write(struct store_job *job, struct store_db *db)
{
	struct staff_write *write = (struct staff_write *)job;
	switch (write->change) {
	case STAFF_ACCOUNT_ADD:
		return write_account(db, INSERT_ACCOUNT, &write->account);
	case STAFF_ACCOUNT_UPDATE:
		return update_account(db, write);
	case STAFF_LINK_ADD:
		return add_link(db, &write->link);
	case STAFF_LINK_USE:
		return use_link(db, &write->link);
	case STAFF_LOGIN_ADD:
		return add_login(db, &write->login);
	case STAFF_LOGIN_TOUCH:
		return touch_login(db, &write->login);
	case STAFF_LOGIN_DROP:
		return delete_hash(db, DELETE_LOGIN, write->login.hash);
	case STAFF_LOGIN_DROP_ALL:
		return delete_number(db, DELETE_LOGINS, write->login.account);
	case STAFF_SHIFT_ADD:
		return add_shift(db, &write->shift);
	case STAFF_SHIFT_DROP:
		return delete_number(db, DELETE_SHIFT, write->shift.id);
	}
	return STORE_REFUSED;
}

struct staff_write *staff_write_create(enum staff_change change)
{
	struct staff_write *write = store_alloc(sizeof *write);
	write->job.run = run_write;
	/* All of them: a slip with an account must not take the batch's messages along. */
	write->job.may_refuse = true;
	write->change = change;
	return write;
}

enum store_status account_load_all(
	struct store_db *db, bool (*each)(void *data, const struct account_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_ACCOUNTS);
	while (store_db_row(db, statement)) {
		struct account_row row = {
			.id = sqlite3_column_int64(statement, 0),
			.role = sqlite3_column_int(statement, 4),
			.disabled = sqlite3_column_int(statement, 6) != 0,
			.created_ms = sqlite3_column_int64(statement, 7),
		};
		store_db_column_text(statement, 1, row.login, sizeof row.login);
		store_db_column_text(statement, 2, row.alias, sizeof row.alias);
		store_db_column_text(statement, 3, row.picture, sizeof row.picture);
		store_db_column_text(statement, 5, row.password, sizeof row.password);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status link_load_all(
	struct store_db *db, bool (*each)(void *data, const struct link_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_LINKS);
	while (store_db_row(db, statement)) {
		struct link_row row = {
			.account = sqlite3_column_int64(statement, 1),
			.expires_ms = sqlite3_column_int64(statement, 2),
		};
		store_db_column_blob(statement, 0, row.hash, sizeof row.hash);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status login_load_all(
	struct store_db *db, bool (*each)(void *data, const struct login_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_LOGINS);
	while (store_db_row(db, statement)) {
		struct login_row row = {
			.account = sqlite3_column_int64(statement, 1),
			.created_ms = sqlite3_column_int64(statement, 2),
			.seen_ms = sqlite3_column_int64(statement, 3),
		};
		store_db_column_blob(statement, 0, row.hash, sizeof row.hash);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status shift_load_all(
	struct store_db *db, bool (*each)(void *data, const struct shift_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_SHIFTS);
	while (store_db_row(db, statement)) {
		struct shift_row row = {
			.id = sqlite3_column_int64(statement, 0),
			.account = sqlite3_column_int64(statement, 1),
			.weekday = sqlite3_column_int(statement, 2),
			.from_min = sqlite3_column_int(statement, 3),
			.until_min = sqlite3_column_int(statement, 4),
		};
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}
