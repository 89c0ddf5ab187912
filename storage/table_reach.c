/* Where adults are reached; see table_reach.h. */
#include "storage/table_reach.h"

#include "storage/store_db.h"

static const char SAVE_REACH[] =
	"INSERT OR REPLACE INTO reach (account, mail, ntfy, on_duty) VALUES (?1, ?2, ?3, ?4)";
static const char SELECT_REACH[] = "SELECT account, mail, ntfy, on_duty FROM reach";

static enum store_status run_write(struct store_job *job, struct store_db *db)
{
	const struct reach_row *row = &((struct reach_write *)job)->row;
	sqlite3_stmt *statement = store_db_statement(db, SAVE_REACH);
	store_db_bind_int(statement, 1, row->account);
	store_db_bind_text(statement, 2, row->mail);
	store_db_bind_text(statement, 3, row->ntfy);
	store_db_bind_int(statement, 4, row->on_duty);
	return store_db_run(db, statement);
}

struct reach_write *reach_write_create(const struct reach_row *row)
{
	struct reach_write *write = store_alloc(sizeof *write);
	write->job.run = run_write;
	write->row = *row;
	return write;
}

enum store_status reach_load_all(
	struct store_db *db, bool (*each)(void *data, const struct reach_row *row), void *data)
{
	sqlite3_stmt *statement = store_db_statement(db, SELECT_REACH);
	while (store_db_row(db, statement)) {
		struct reach_row row = {
			.account = sqlite3_column_int64(statement, 0),
			.on_duty = sqlite3_column_int(statement, 3) != 0,
		};
		store_db_column_text(statement, 1, row.mail, sizeof row.mail);
		store_db_column_text(statement, 2, row.ntfy, sizeof row.ntfy);
		if (!each(data, &row)) {
			store_db_stop(statement);
			return STORE_OK;
		}
	}
	return store_db_status(db);
}
