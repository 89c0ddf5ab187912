/* Printed codes; see table_code.h. */
#include "storage/table_code.h"

#include <string.h>

#include "storage/store_db.h"

static const char ADD_BATCH[] =
	"INSERT INTO code_batch (id, label, made_ms, until_ms, count, used, revoked)"
	" VALUES (?1, ?2, ?3, ?4, 0, 0, 0) ON CONFLICT (id) DO NOTHING";
static const char ADD_CODE[] = "INSERT INTO code (hash, batch, used)"
			       " SELECT ?1, id, 0 FROM code_batch WHERE id = ?2 AND revoked = 0";
static const char COUNT_MORE[] = "UPDATE code_batch SET count = count + ?2 WHERE id = ?1";

static const char USE_BATCH[] = "UPDATE code_batch SET used = used + 1"
				" WHERE id = (SELECT batch FROM code WHERE hash = ?1 AND used = 0)";
static const char USE_CODE[] = "UPDATE code SET used = 1 WHERE hash = ?1";

static const char REVOKE_BATCH[] = "UPDATE code_batch SET revoked = 1 WHERE id = ?1";
static const char DROP_CODES[] = "DELETE FROM code WHERE batch = ?1";
static const char DROP_OVER[] =
	"DELETE FROM code WHERE batch IN (SELECT id FROM code_batch WHERE until_ms <= ?1)";

/* One list of columns for both; read_batch() knows their order. */
#define BATCH_SELECT "SELECT id, label, made_ms, until_ms, count, used, revoked FROM code_batch "
static const char SELECT_IN_FORCE[] = BATCH_SELECT "WHERE revoked = 0 AND until_ms > ?1";
static const char SELECT_NEWEST[] = BATCH_SELECT "ORDER BY made_ms DESC, id DESC LIMIT ?1";
#undef BATCH_SELECT
static const char SELECT_CODES[] =
	"SELECT code.hash, code.batch, code.used FROM code_batch JOIN code ON batch = id"
	" WHERE revoked = 0 AND until_ms > ?1";

/* ---- writing ---- */

static enum store_status run_add(struct store_job *job, struct store_db *db)
{
	const struct code_add *add = (const struct code_add *)job;
	sqlite3_stmt *statement = store_db_statement(db, ADD_BATCH);
	store_db_bind_int(statement, 1, add->batch.id);
	store_db_bind_text(statement, 2, add->batch.label);
	store_db_bind_int(statement, 3, add->batch.made_ms);
	store_db_bind_int(statement, 4, add->batch.until_ms);
	enum store_status status = store_db_run(db, statement);
	for (size_t i = 0; i < add->count && status == STORE_OK; i++) {
		statement = store_db_statement(db, ADD_CODE);
		store_db_bind_blob(statement, 1, add->hashes[i], CODE_HASH_BYTES);
		store_db_bind_int(statement, 2, add->batch.id);
		status = store_db_run(db, statement);
		if (status == STORE_OK && store_db_changes(db) == 0) {
			status = STORE_REFUSED; /* revoked after these were drawn */
		}
	}
	if (status != STORE_OK) {
		return status;
	}
	statement = store_db_statement(db, COUNT_MORE);
	store_db_bind_int(statement, 1, add->batch.id);
	store_db_bind_int(statement, 2, (int64_t)add->count);
	return store_db_run(db, statement);
}

struct code_add *code_add_create(void)
{
	struct code_add *add = store_alloc(sizeof *add);
	add->job.run = run_add;
	add->job.may_refuse = true;
	return add;
}

static enum store_status use_one(
	struct store_db *db, const char *sql, const uint8_t hash[CODE_HASH_BYTES])
{
	sqlite3_stmt *statement = store_db_statement(db, sql);
	store_db_bind_blob(statement, 1, hash, CODE_HASH_BYTES);
	return store_db_run(db, statement);
}

static enum store_status run_use(struct store_job *job, struct store_db *db)
{
	const struct code_use *use = (const struct code_use *)job;
	enum store_status status = STORE_OK;
	for (size_t i = 0; i < use->count && status == STORE_OK; i++) {
		status = use_one(db, USE_BATCH, use->hashes[i]);
		if (status == STORE_OK) {
			status = use_one(db, USE_CODE, use->hashes[i]);
		}
	}
	return status;
}

struct code_use *code_use_create(size_t count)
{
	struct code_use *use = store_alloc(sizeof *use + count * sizeof *use->hashes);
	use->job.run = run_use;
	use->count = count;
	return use;
}

static enum store_status run_revoke(struct store_job *job, struct store_db *db)
{
	int64_t batch = ((struct code_revoke *)job)->batch;
	sqlite3_stmt *statement = store_db_statement(db, REVOKE_BATCH);
	store_db_bind_int(statement, 1, batch);
	enum store_status status = store_db_run(db, statement);
	if (status != STORE_OK) {
		return status;
	}
	if (store_db_changes(db) == 0) {
		return STORE_REFUSED;
	}
	statement = store_db_statement(db, DROP_CODES);
	store_db_bind_int(statement, 1, batch);
	return store_db_run(db, statement);
}

struct code_revoke *code_revoke_create(int64_t batch)
{
	struct code_revoke *revoke = store_alloc(sizeof *revoke);
	revoke->job.run = run_revoke;
	revoke->job.may_refuse = true;
	revoke->batch = batch;
	return revoke;
}

enum store_status code_drop_over(struct store_db *db, int64_t now_ms)
{
	sqlite3_stmt *statement = store_db_statement(db, DROP_OVER);
	store_db_bind_int(statement, 1, now_ms);
	return store_db_run(db, statement);
}

/* ---- reading ---- */

static void read_batch(sqlite3_stmt *statement, struct code_batch_row *row)
{
	*row = (struct code_batch_row){
		.id = sqlite3_column_int64(statement, 0),
		.made_ms = sqlite3_column_int64(statement, 2),
		.until_ms = sqlite3_column_int64(statement, 3),
		.count = sqlite3_column_int64(statement, 4),
		.used = sqlite3_column_int64(statement, 5),
		.revoked = sqlite3_column_int(statement, 6) != 0,
	};
	store_db_column_text(statement, 1, row->label, sizeof row->label);
}

enum store_status code_load_batches(struct store_db *db, int64_t now_ms,
	bool (*each)(void *data, const struct code_batch_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_IN_FORCE);
	store_db_bind_int(statement, 1, now_ms);
	while (store_db_row(db, statement)) {
		struct code_batch_row row;
		read_batch(statement, &row);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

enum store_status code_load_codes(struct store_db *db, int64_t now_ms,
	bool (*each)(void *data, const uint8_t hash[CODE_HASH_BYTES], int64_t batch, bool used),
	void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_CODES);
	store_db_bind_int(statement, 1, now_ms);
	while (store_db_row(db, statement)) {
		uint8_t hash[CODE_HASH_BYTES];
		store_db_column_blob(statement, 0, hash, sizeof hash);
		if (!each(data, hash, sqlite3_column_int64(statement, 1),
			    sqlite3_column_int(statement, 2) != 0)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}

static enum store_status run_list(struct store_job *job, struct store_db *db)
{
	struct code_list *list = (struct code_list *)job;
	sqlite3_stmt *statement = store_db_statement(db, SELECT_NEWEST);
	store_db_bind_int(statement, 1, CODE_BATCHES_MAX);
	list->count = 0;
	while (store_db_row(db, statement)) {
		read_batch(statement, &list->rows[list->count++]);
	}
	return store_db_status(db);
}

void code_list_init(struct code_list *list)
{
	*list = (struct code_list){.job = {.run = run_list}};
}
