/* The outbox's rows: doubles, order, who is due, what a try leaves, and what is emptied. */
#include "storage/table_outbox.h"

#include "storage/store_db.h"
#include "tests/unit/storage/store_help.h"
#include "tests/unit/tap.h"

enum {
	MAIL = 1,
	HOOK = 2,
	MINUTE = 60 * 1000,
	QUARTER = 15 * MINUTE,
};

static struct scratch scratch;
static struct store *store;

/* One thing to do with the table, in a job of its own. */
struct deed {
	struct store_job job;
	enum store_status (*run)(struct store_db *db, struct deed *deed);
	struct outbox_row row;
	struct outbox_due due;
	int64_t at_ms, count, next_ms;
	bool found, stop;
	char keys[200]; /* of rows read, with blanks between */
	struct outbox_row rows[8];
	size_t rows_count;
	struct outbox_health health[OUTBOX_CHANNELS_MAX];
};

static enum store_status run_deed(struct store_job *job, struct store_db *db)
{
	struct deed *deed = (struct deed *)job;
	return deed->run(db, deed);
}

static void writes(struct deed *deed, enum store_status (*run)(struct store_db *, struct deed *))
{
	deed->job = (struct store_job){.run = run_deed};
	deed->run = run;
	CHECK_INT(write_and_wait(store, &deed->job), STORE_OK);
}

static void reads(struct deed *deed, enum store_status (*run)(struct store_db *, struct deed *))
{
	deed->job = (struct store_job){.run = run_deed};
	deed->run = run;
	CHECK_INT(store_read_now(store, &deed->job), STORE_OK);
}

static bool each(void *data, const struct outbox_row *row)
{
	struct deed *deed = data;
	strcat(deed->keys, deed->keys[0] != '\0' ? " " : "");
	strcat(deed->keys, row->key);
	deed->rows[deed->rows_count++] = *row;
	return !deed->stop;
}

static enum store_status do_add(struct store_db *db, struct deed *deed)
{
	return outbox_add(db, &deed->row);
}

static enum store_status do_due(struct store_db *db, struct deed *deed)
{
	return outbox_read_due(db, &deed->due, each, deed, &deed->next_ms);
}

static enum store_status do_note(struct store_db *db, struct deed *deed)
{
	return outbox_note_try(db, &deed->row, deed->at_ms);
}

static enum store_status do_drop(struct store_db *db, struct deed *deed)
{
	return outbox_drop_subject(db, deed->row.subject, deed->at_ms);
}

static enum store_status do_subject(struct store_db *db, struct deed *deed)
{
	return outbox_read_subject(db, deed->row.subject, each, deed);
}

static enum store_status do_key(struct store_db *db, struct deed *deed)
{
	return outbox_read_key(db, deed->row.key, &deed->row, &deed->found);
}

static enum store_status do_empty(struct store_db *db, struct deed *deed)
{
	return outbox_empty_old(db, deed->at_ms, 2, &deed->count);
}

static enum store_status do_health(struct store_db *db, struct deed *deed)
{
	return outbox_read_health(db, deed->at_ms, deed->health);
}

static void add(const char *key, int channel, int64_t subject, bool urgent, int64_t created_ms)
{
	static struct deed deed;
	deed = (struct deed){.row = {.kind = 1,
				     .subject = subject,
				     .channel = channel,
				     .who = "Ms. R.",
				     .address = "rivera@hill.example",
				     .title = "title",
				     .text = "text",
				     .urgent = urgent,
				     .since_ms = created_ms - 5,
				     .created_ms = created_ms}};
	strcpy(deed.row.key, key);
	writes(&deed, do_add);
}

static struct deed *due(int channel, int64_t now_ms, size_t limit)
{
	static struct deed deed;
	deed = (struct deed){.due = {channel, now_ms, QUARTER, MINUTE, limit}};
	reads(&deed, do_due);
	return &deed;
}

static struct deed *by_key(const char *key)
{
	static struct deed deed;
	deed = (struct deed){0};
	strcpy(deed.row.key, key);
	reads(&deed, do_key);
	return &deed;
}

static void note(const char *key, enum outbox_state state, int64_t at_ms, int64_t next_ms)
{
	static struct deed deed;
	deed = (struct deed){.row = by_key(key)->row, .at_ms = at_ms};
	deed.row.state = state;
	deed.row.next_ms = next_ms;
	deed.row.done_ms = state == OUTBOX_WAITING ? 0 : at_ms;
	deed.row.tries++;
	strcpy(deed.row.problem, state == OUTBOX_SENT ? "" : "The server answered 500.");
	writes(&deed, do_note);
}

static void drop(int64_t subject, int64_t at_ms)
{
	static struct deed deed;
	deed = (struct deed){.row.subject = subject, .at_ms = at_ms};
	writes(&deed, do_drop);
}

static const struct outbox_health *health(int channel, int64_t dead_since_ms)
{
	static struct deed deed;
	deed = (struct deed){.at_ms = dead_since_ms};
	reads(&deed, do_health);
	return &deed.health[channel];
}

static void begin(void)
{
	scratch_make(&scratch);
	store = scratch_open(&scratch, true);
}

static void end(void)
{
	store_close(store);
	scratch_remove(&scratch);
}

static void test_a_row_comes_back_as_it_was(void)
{
	begin();
	add("one", MAIL, 7, true, 1000);
	const struct outbox_row *row = &by_key("one")->row;
	CHECK(by_key("one")->found);
	CHECK_INT(row->kind, 1);
	CHECK_INT(row->subject, 7);
	CHECK_INT(row->channel, MAIL);
	CHECK_STR(row->who, "Ms. R.");
	CHECK_STR(row->address, "rivera@hill.example");
	CHECK_STR(row->title, "title");
	CHECK_STR(row->text, "text");
	CHECK(row->urgent);
	CHECK_INT(row->since_ms, 995);
	CHECK_INT(row->created_ms, 1000);
	CHECK_INT(row->next_ms, 1000);
	CHECK_INT(row->tries, 0);
	CHECK_INT(row->state, OUTBOX_WAITING);
	CHECK(!by_key("two")->found);
	end();
}

static void test_a_key_is_there_once(void)
{
	begin();
	add("one", MAIL, 7, true, 1000);
	note("one", OUTBOX_SENT, 1100, 0);
	add("one", HOOK, 8, false, 2000);
	CHECK_INT(by_key("one")->row.channel, MAIL);
	CHECK_INT(by_key("one")->row.state, OUTBOX_SENT);
	CHECK_STR(due(HOOK, 5000, 8)->keys, "");
	end();
}

static void test_what_is_due(void)
{
	begin();
	add("calm-early", MAIL, 0, false, 1000);
	add("urgent-late", MAIL, 7, true, 3000);
	add("urgent-early", MAIL, 7, true, 2000);
	add("other", HOOK, 7, true, 1000);
	add("future", MAIL, 0, false, 9000);
	CHECK_STR(due(MAIL, 5000, 8)->keys, "urgent-early urgent-late calm-early");
	CHECK_INT(due(MAIL, 5000, 8)->next_ms, 9000);
	CHECK_STR(due(MAIL, 5000, 2)->keys, "urgent-early urgent-late");
	CHECK_STR(due(MAIL, 500, 8)->keys, "");
	CHECK_INT(due(MAIL, 500, 8)->next_ms, 1000);
	CHECK_STR(due(HOOK, 5000, 8)->keys, "other");
	CHECK(due(HOOK, 5000, 8)->next_ms == INT64_MAX);
	note("urgent-early", OUTBOX_WAITING, 5000, 6000);
	CHECK_STR(due(MAIL, 5000, 8)->keys, "urgent-late calm-early");
	CHECK_INT(due(MAIL, 5000, 8)->next_ms, 6000);
	end();
}

/* No back-off is so long: the clock was set back. */
static void test_a_clock_that_was_set_back(void)
{
	begin();
	int64_t now = 100 * QUARTER;
	add("calm", MAIL, 0, false, now);
	add("urgent", MAIL, 7, true, now);
	CHECK_STR(due(MAIL, now - MINUTE, 8)->keys, "");
	CHECK_STR(due(MAIL, now - MINUTE - 1, 8)->keys, "urgent");
	CHECK_STR(due(MAIL, now - QUARTER, 8)->keys, "urgent");
	CHECK_STR(due(MAIL, now - QUARTER - 1, 8)->keys, "urgent calm");
	end();
}

static void test_tries(void)
{
	begin();
	add("one", MAIL, 7, true, 1000);
	note("one", OUTBOX_WAITING, 1500, 2000);
	const struct outbox_row *row = &by_key("one")->row;
	CHECK_INT(row->tries, 1);
	CHECK_INT(row->next_ms, 2000);
	CHECK_STR(row->problem, "The server answered 500.");
	CHECK_INT(health(MAIL, 0)->failed_ms, 1500);
	CHECK_INT(health(MAIL, 0)->sent_ms, 0);
	CHECK_STR(health(MAIL, 0)->problem, "The server answered 500.");
	CHECK_INT(health(MAIL, 0)->waiting, 1);
	note("one", OUTBOX_SENT, 2500, 0);
	CHECK_INT(health(MAIL, 0)->failed_ms, 1500);
	CHECK_INT(health(MAIL, 0)->sent_ms, 2500);
	CHECK_STR(health(MAIL, 0)->problem, "");
	CHECK_INT(health(MAIL, 0)->waiting, 0);
	CHECK_INT(health(HOOK, 0)->sent_ms, 0);
	add("two", MAIL, 7, true, 3000);
	note("two", OUTBOX_DEAD, 4000, 0);
	CHECK_INT(health(MAIL, 4000)->dead, 1);
	CHECK_INT(health(MAIL, 4001)->dead, 0);
	CHECK_STR(due(MAIL, 9000, 8)->keys, "");
	end();
}

static void test_dropping(void)
{
	begin();
	add("seven", MAIL, 7, true, 1000);
	add("seven-sent", MAIL, 7, true, 1000);
	add("eight", MAIL, 8, true, 1000);
	add("none", MAIL, 0, false, 1000);
	note("seven-sent", OUTBOX_SENT, 1100, 0);
	drop(7, 2000);
	drop(0, 2000); /* is nobody's */
	CHECK_STR(due(MAIL, 5000, 8)->keys, "eight none");
	CHECK_INT(by_key("seven")->row.state, OUTBOX_DROPPED);
	CHECK_INT(by_key("seven")->row.done_ms, 2000);
	CHECK_INT(by_key("seven-sent")->row.state, OUTBOX_SENT);
	/* A try that was under way: its failure changes nothing, its success is noted. */
	note("seven", OUTBOX_WAITING, 2500, 3000);
	CHECK_INT(by_key("seven")->row.state, OUTBOX_DROPPED);
	note("seven", OUTBOX_SENT, 2600, 0);
	CHECK_INT(by_key("seven")->row.state, OUTBOX_SENT);
	static struct deed deed;
	deed = (struct deed){.row.subject = 7};
	reads(&deed, do_subject);
	CHECK_STR(deed.keys, "seven seven-sent");
	deed = (struct deed){.row.subject = 7, .stop = true};
	reads(&deed, do_subject);
	CHECK_STR(deed.keys, "seven");
	deed = (struct deed){.row.subject = 0};
	reads(&deed, do_subject);
	CHECK_STR(deed.keys, "");
	end();
}

static void test_old_rows_are_emptied(void)
{
	begin();
	add("a", MAIL, 7, true, 1000);
	add("b", MAIL, 7, true, 1000);
	add("c", MAIL, 7, true, 1000);
	add("new", MAIL, 7, true, 1000);
	add("waiting", MAIL, 8, true, 1000);
	note("a", OUTBOX_SENT, 1100, 0);
	note("b", OUTBOX_DEAD, 1200, 0);
	note("new", OUTBOX_SENT, 9000, 0);
	drop(7, 1300);
	static struct deed deed;
	deed = (struct deed){.at_ms = 5000};
	writes(&deed, do_empty);
	CHECK_INT(deed.count, 2); /* so many at once */
	writes(&deed, do_empty);
	CHECK_INT(deed.count, 1);
	writes(&deed, do_empty);
	CHECK_INT(deed.count, 0);
	static const char *const emptied[] = {"a", "b", "c"};
	for (size_t i = 0; i < 3; i++) {
		const struct outbox_row *row = &by_key(emptied[i])->row;
		CHECK(by_key(emptied[i])->found);
		CHECK_STR(row->address, "");
		CHECK_STR(row->title, "");
		CHECK_STR(row->text, "");
		CHECK_STR(row->who, "Ms. R.");
	}
	CHECK_STR(by_key("new")->row.text, "text");
	CHECK_STR(by_key("waiting")->row.text, "text");
	end();
}

int main(void)
{
	RUN(test_a_row_comes_back_as_it_was);
	RUN(test_a_key_is_there_once);
	RUN(test_what_is_due);
	RUN(test_a_clock_that_was_set_back);
	RUN(test_tries);
	RUN(test_dropping);
	RUN(test_old_rows_are_emptied);
	return tap_done();
}
