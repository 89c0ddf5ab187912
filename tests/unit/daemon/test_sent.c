/* What was sent already is found again, and only the newest are kept. */
#include "daemon/sent.h"
#include "tests/unit/tap.h"

static struct sent_entry entry_of(int64_t author, uint64_t number, bool durable)
{
	struct sent_entry entry = {
		.author = author, .n = (int64_t)number, .at_ms = 1, .durable = durable};
	uint64_t mixed = number * UINT64_C(0x9e3779b97f4a7c15);
	memcpy(entry.id, &mixed, sizeof(mixed));
	memcpy(entry.id + 8, &number, sizeof(number));
	return entry;
}

static bool has(struct sent *sent, int64_t author, uint64_t number)
{
	struct sent_entry wanted = entry_of(author, number, true);
	const struct sent_entry *found = sent_find(sent, author, wanted.id);
	return found != NULL && found->n == (int64_t)number;
}

static void add(struct sent *sent, int64_t author, uint64_t number, bool durable)
{
	struct sent_entry entry = entry_of(author, number, durable);
	sent_add(sent, &entry);
}

static void test_newest_are_kept(void)
{
	struct sent *sent = sent_create();
	for (uint64_t i = 1; i <= 3 * SENT_MAX + 5; i++) {
		CHECK(!has(sent, 0, i));
		add(sent, 0, i, true);
		CHECK(has(sent, 0, i));
		CHECK(has(sent, 0, i > SENT_MAX - 1 ? i - SENT_MAX + 1 : 1));
		CHECK(i <= SENT_MAX || !has(sent, 0, i - SENT_MAX));
		CHECK_INT(sent_is_full(sent, 0), i >= SENT_MAX);
	}
	CHECK(!sent_is_full(sent, 7)); /* the other side's memory is its own */
	sent_destroy(sent);
}

static void test_authors_are_apart(void)
{
	struct sent *sent = sent_create();
	add(sent, 0, 1, true);
	add(sent, 7, 2, true);
	CHECK(has(sent, 0, 1));
	CHECK(has(sent, 7, 2));
	CHECK(!has(sent, 7, 1));
	CHECK(!has(sent, 0, 2));
	CHECK(!has(sent, 8, 2)); /* another supporter's id is not one's own */
	sent_destroy(sent);
	sent_destroy(NULL);
}

static void test_what_never_landed_is_forgotten(void)
{
	struct sent *sent = sent_create();
	for (uint64_t i = 1; i <= SENT_MAX + 40; i++) {
		add(sent, 0, i, i % 3 != 0);
	}
	sent_drop_in_flight(sent);
	for (uint64_t i = 41; i <= SENT_MAX + 40; i++) {
		CHECK_INT(has(sent, 0, i), i % 3 != 0);
	}
	CHECK(!sent_is_full(sent, 0));
	for (uint64_t i = 1000; i < 1000 + SENT_MAX; i++) {
		add(sent, 0, i, true);
	}
	CHECK(has(sent, 0, 1000));
	CHECK(!has(sent, 0, SENT_MAX + 38));
	sent_destroy(sent);
}

int main(void)
{
	RUN(test_newest_are_kept);
	RUN(test_authors_are_apart);
	RUN(test_what_never_landed_is_forgotten);
	return tap_done();
}
