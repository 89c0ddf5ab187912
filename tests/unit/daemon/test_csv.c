/* CSV cells: quotes, lines, and what a spreadsheet would run. */
#include "daemon/csv.h"
#include "tests/unit/tap.h"

static bool becomes(const char *text, const char *wanted)
{
	size_t size = strlen(text);
	char *out = malloc(csv_cell_bound(size));
	size_t written = csv_cell(out, text, size);
	bool good = written <= csv_cell_bound(size) && written == strlen(wanted) &&
		    memcmp(out, wanted, written) == 0;
	free(out);
	return good;
}

static void test_quotes_and_lines(void)
{
	CHECK(becomes("", "\"\""));
	CHECK(becomes("I feel low", "\"I feel low\""));
	CHECK(becomes("\"Hi\", she said", "\"\"\"Hi\"\", she said\""));
	CHECK(becomes("\"\"\"", "\"\"\"\"\"\"\"\"")); /* as long as it gets, but for a ' */
	CHECK(becomes("one\r\ntwo", "\"one\r\ntwo\""));
}

static void test_no_cell_is_a_formula(void)
{
	CHECK(becomes("=1+1", "\"'=1+1\""));
	CHECK(becomes("+1", "\"'+1\""));
	CHECK(becomes("-1", "\"'-1\""));
	CHECK(becomes("@SUM(A1)", "\"'@SUM(A1)\""));
	CHECK(becomes("\t=1", "\"'\t=1\""));
	CHECK(becomes("\r=1", "\"'\r=1\""));
	CHECK(becomes("\n=1", "\"'\n=1\""));
	CHECK(becomes("\uff1d1", "\"'\uff1d1\""));
	CHECK(becomes("\uff0b1", "\"'\uff0b1\""));
	CHECK(becomes("\uff0d1", "\"'\uff0d1\""));
	CHECK(becomes("\uff201", "\"'\uff201\""));
}

static void test_a_sign_within_is_none(void)
{
	CHECK(becomes("1 = 1", "\"1 = 1\""));
	CHECK(becomes("\uff1c3", "\"\uff1c3\"")); /* two bytes of a wide sign */
	CHECK(becomes("\xef\xbc", "\"\xef\xbc\""));
}

int main(void)
{
	RUN(test_quotes_and_lines);
	RUN(test_no_cell_is_a_formula);
	RUN(test_a_sign_within_is_none);
	return tap_done();
}
