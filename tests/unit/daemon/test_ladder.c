/* The ladder: what its lines may say, which step is due when, and clocks that jump. */
#include "daemon/ladder.h"
#include "tests/unit/tap.h"

enum {
	MINUTE = 60000,
	HOUR = 60 * MINUTE
};

static const char *read(const char *line, struct ladder_rung *rung)
{
	return ladder_read_rung(line, strlen(line), NULL, rung);
}

static bool refuses(const char *line, const char *word)
{
	struct ladder_rung rung;
	const char *wrong = read(line, &rung);
	return wrong != NULL && strstr(wrong, word) != NULL;
}

static unsigned bit(enum wire_channel channel)
{
	return 1u << (unsigned)channel;
}

static void test_lines(void)
{
	struct ladder_rung rung;
	CHECK(read("0 | duty | screen, mail,ntfy", &rung) == NULL);
	CHECK_INT(rung.after_ms, 0);
	CHECK_INT(rung.who, LADDER_DUTY);
	CHECK_INT(rung.channels,
		bit(WIRE_CHANNEL_SCREEN) | bit(WIRE_CHANNEL_MAIL) | bit(WIRE_CHANNEL_NTFY));
	CHECK(read("  2|office|mail\r", &rung) == NULL);
	CHECK_INT(rung.after_ms, 2 * MINUTE);
	CHECK_INT(rung.who, LADDER_OFFICE);
	CHECK(read("10s | everyone | webhook, slack, teams, program", &rung) == NULL);
	CHECK_INT(rung.after_ms, 10000);
	CHECK_INT(rung.who, LADDER_EVERYONE);
	CHECK(read("3m | ms.rivera | mail", &rung) == NULL);
	CHECK_INT(rung.after_ms, 3 * MINUTE);
	CHECK_INT(rung.who, LADDER_LOGIN);
	CHECK_STR(rung.login, "ms.rivera");
	CHECK(read("1440 | duty | screen", &rung) == NULL);
}

static void test_wrong_lines(void)
{
	CHECK(refuses("", "minutes"));
	CHECK(refuses("0 | duty", "minutes"));
	CHECK(refuses("0 | duty | mail | mail", "minutes"));
	CHECK(refuses("soon | duty | mail", "time"));
	CHECK(refuses("-1 | duty | mail", "time"));
	CHECK(refuses("s | duty | mail", "time"));
	CHECK(refuses(" | duty | mail", "time"));
	CHECK(refuses("1441 | duty | mail", "time"));
	CHECK(refuses("99999999999999999999 | duty | mail", "time"));
	CHECK(refuses("0 | Ms. Rivera | mail", "who"));
	CHECK(refuses("0 | | mail", "who"));
	CHECK(refuses("0 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | mail", "who"));
	CHECK(refuses("0 | duty | ", "how"));
	CHECK(refuses("0 | duty | mail,", "how"));
	CHECK(refuses("0 | duty | pigeon", "how"));
}

static void test_order(void)
{
	struct ladder_rung before = {.after_ms = 2 * MINUTE}, rung;
	CHECK(ladder_read_rung("1 | duty | mail", 15, &before, &rung) != NULL);
	CHECK(ladder_read_rung("2 | duty | mail", 15, &before, &rung) == NULL);
}

static const struct ladder usual = {
	.rungs = {{.after_ms = 0}, {.after_ms = 2 * MINUTE}, {.after_ms = 4 * MINUTE},
		{.after_ms = 7 * MINUTE}},
	.count = 4,
};

static void test_steps(void)
{
	CHECK(ladder_rung(&usual, 0) == &usual.rungs[0]);
	CHECK(ladder_rung(&usual, 3) == &usual.rungs[3]);
	CHECK(ladder_rung(&usual, 4) == &usual.rungs[3]); /* and again */
	CHECK(ladder_rung(&usual, 4000000) == &usual.rungs[3]);
	static const int64_t gaps[] = {0, 2 * MINUTE, 2 * MINUTE, 3 * MINUTE, 3 * MINUTE,
		6 * MINUTE, 12 * MINUTE, 24 * MINUTE, 48 * MINUTE, HOUR, HOUR};
	for (unsigned i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		CHECK_INT(ladder_gap_ms(&usual, i), gaps[i]);
	}
	CHECK_INT(ladder_gap_ms(&usual, 4000000000u), HOUR);
}

static void test_short_ladders(void)
{
	struct ladder one = {.rungs = {{.after_ms = 5000}}, .count = 1};
	CHECK_INT(ladder_gap_ms(&one, 0), 5000);
	CHECK_INT(ladder_gap_ms(&one, 1), MINUTE);
	struct ladder at_once = {.rungs = {{0}, {0}}, .count = 2};
	CHECK_INT(ladder_gap_ms(&at_once, 1), 0);
	CHECK_INT(ladder_gap_ms(&at_once, 2), MINUTE); /* never without end at once */
	struct ladder wide = {.rungs = {{0}, {.after_ms = 10 * HOUR}}, .count = 2};
	CHECK_INT(ladder_gap_ms(&wide, 2), 10 * HOUR); /* the school's own word */
	CHECK_INT(ladder_gap_ms(&wide, 9), 10 * HOUR);
}

static void test_clocks(void)
{
	const int64_t at = INT64_C(1000) * HOUR;
	CHECK_INT(ladder_elapsed_ms(&usual, 1, at, at), 0);
	CHECK_INT(ladder_elapsed_ms(&usual, 1, at, at + MINUTE), MINUTE);
	/* Off for a day, or set forward: due, and this step alone. */
	CHECK_INT(ladder_elapsed_ms(&usual, 1, at, at + 24 * HOUR), 2 * MINUTE);
	/* Set back: its own time again, and no more. */
	CHECK_INT(ladder_elapsed_ms(&usual, 1, at, at - 24 * HOUR), 0);
	CHECK_INT(ladder_elapsed_ms(&usual, 0, at, at - 24 * HOUR), 0);
}

static void test_handed(void)
{
	CHECK_INT(ladder_first_later(&usual), 1);
	struct ladder at_once = {.rungs = {{0}, {0}}, .count = 2};
	CHECK_INT(ladder_first_later(&at_once), 2);
	struct ladder later = {.rungs = {{.after_ms = 1}}, .count = 1};
	CHECK_INT(ladder_first_later(&later), 0);
}

int main(void)
{
	RUN(test_lines);
	RUN(test_wrong_lines);
	RUN(test_order);
	RUN(test_steps);
	RUN(test_short_ladders);
	RUN(test_clocks);
	RUN(test_handed);
	return tap_done();
}
