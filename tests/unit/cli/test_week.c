/* Days and hours of a weekly shift. */
#include "daemon/cli/week.h"
#include "tests/unit/tap.h"

/* The days as "SMTWTFS", a dot for each that is not; "no" when they are refused. */
static const char *days(const char *text)
{
	static char shown[8];
	bool found[7] = {false};
	if (!week_parse_days(text, found)) {
		return "no";
	}
	for (int i = 0; i < 7; i++) {
		shown[i] = found[i] ? "SMTWTFS"[i] : '.';
	}
	return shown;
}

static void test_days(void)
{
	CHECK_STR(days("mon-fri"), ".MTWTF.");
	CHECK_STR(days("mon,wed,fri"), ".M.W.F.");
	CHECK_STR(days("Monday"), ".M.....");
	CHECK_STR(days("thurs"), "....T..");
	CHECK_STR(days("SUN"), "S......");
	CHECK_STR(days("fri-mon"), "SM...FS");
	CHECK_STR(days("mon-tue,sat"), ".MT...S");
	CHECK_STR(days("wed-wed"), "...W...");
	CHECK_STR(days("daily"), "SMTWTFS");
}

static void test_no_days(void)
{
	static const char *const cases[] = {"", "mo", "t", "mondays", "mon-", "-mon", "mon,",
		",mon", "mon-wed-fri", "mon fri", "never", "mon--fri", "mon,,tue"};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_STR(days(cases[i]), "no");
	}
}

static void test_hours(void)
{
	static const struct {
		const char *text;
		int from, until;
	} cases[] = {
		{"11:30-13:00", 690, 780},
		{"00:00-24:00", 0, 1440},
		{"9:05-9:06", 545, 546},
		{"23:59-24:00", 1439, 1440},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int from = -1, until = -1;
		CHECK(week_parse_hours(cases[i].text, &from, &until));
		CHECK_INT(from, cases[i].from);
		CHECK_INT(until, cases[i].until);
	}
}

static void test_no_hours(void)
{
	static const char *const cases[] = {"", "11:30", "11:30-", "11:30-11:30", "13:00-11:30",
		"22:00-02:00", "11:60-12:00", "24:00-24:00", "11:30-24:01", "11:3-12:00", "11-12",
		"111:30-12:00", "11:30-25:00", "11:30-12:000", " 11:30-12:00", "11:30 - 12:00",
		"-1:30-12:00"};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int from = -1, until = -1;
		CHECK(!week_parse_hours(cases[i], &from, &until));
		CHECK_INT(from, -1);
		CHECK_INT(until, -1);
	}
}

int main(void)
{
	RUN(test_days);
	RUN(test_no_days);
	RUN(test_hours);
	RUN(test_no_hours);
	return tap_done();
}
