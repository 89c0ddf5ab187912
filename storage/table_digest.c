/* Counts for the daily digest; see table_digest.h. */
#include "storage/table_digest.h"

#include "storage/store_db.h"
#include "storage/table_search.h"

static const char COUNT_EVENTS[] =
	"SELECT kind, count(*) FROM event WHERE seq >= ?1 AND seq < ?2 GROUP BY kind";
static const char COUNT_CALLS[] = "SELECT count(*) FROM escalation WHERE closed_ms = 0";
static const char COUNT_CASES[] = "SELECT count(*) FROM case_file WHERE state <> ?1 AND"
				  " follow_ms > 0 AND follow_ms <= ?2";

static const char COUNT_POSTED[] = "SELECT count(*) FROM outbox WHERE key = ?1";

static enum store_status read_count(struct store_db *db, sqlite3_stmt *statement, int64_t *count)
{
	if (store_db_row(db, statement)) {
		*count = sqlite3_column_int64(statement, 0);
		store_db_stop(statement);
	}
	return store_db_status(db);
}

static enum store_status count_events(struct digest_read *read, struct store_db *db)
{
	struct search_span span;
	search_span_init(&span);
	span.from_ms = read->from_ms;
	span.until_ms = read->until_ms;
	enum store_status status = span.job.run(&span.job, db);
	if (status != STORE_OK) {
		return status;
	}
	sqlite3_stmt *statement = store_db_statement(db, COUNT_EVENTS);
	store_db_bind_int(statement, 1, span.from_seq);
	store_db_bind_int(statement, 2, span.until_seq);
	while (store_db_row(db, statement)) {
		int kind = sqlite3_column_int(statement, 0);
		if (kind >= 0 && kind < DIGEST_KINDS) {
			read->events[kind] = sqlite3_column_int64(statement, 1);
		}
	}
	return store_db_status(db);
}

static enum store_status run_read(struct store_job *job, struct store_db *db)
{
	struct digest_read *read = (struct digest_read *)job;
	int64_t posted = 0;
	sqlite3_stmt *statement = store_db_statement(db, COUNT_POSTED);
	store_db_bind_text(statement, 1, read->key);
	enum store_status status = read_count(db, statement, &posted);
	read->posted = posted > 0;
	if (status != STORE_OK || read->posted) {
		return status;
	}
	status = count_events(read, db);
	if (status == STORE_OK) {
		status = read_count(db, store_db_statement(db, COUNT_CALLS), &read->calls_open);
	}
	if (status == STORE_OK) {
		sqlite3_stmt *cases = store_db_statement(db, COUNT_CASES);
		store_db_bind_int(cases, 1, read->case_closed);
		store_db_bind_int(cases, 2, read->now_ms);
		status = read_count(db, cases, &read->cases_due);
	}
	return status;
}

void digest_read_init(struct digest_read *read)
{
	*read = (struct digest_read){.job.run = run_read};
}
