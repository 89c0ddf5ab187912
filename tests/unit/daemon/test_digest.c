/* The daily digest's text: what is told, and what is not. */
#include "daemon/digest.h"

#include "tests/unit/tap.h"

#include <string.h>

static const char *text_of_figures(const struct digest_figures *figures)
{
	static char text[DIGEST_TEXT_BYTES];
	digest_write(figures, "Northfield", "Thursday, 21 November",
		"https://hark.example/oversight", text);
	return text;
}

static void test_whole(void)
{
	struct digest_figures figures = {.chats = 12,
		.came_back = 5,
		.calls = 1,
		.calls_open = 1,
		.unanswered = 2,
		.cases_due = 3};
	CHECK_STR(text_of_figures(&figures), "Northfield, Thursday, 21 November\n\n"
					     "Chats begun: 12\n"
					     "Came back: 5\n"
					     "Calls for an adult: fewer than 5\n"
					     "Messages flagged: none\n"
					     "\n"
					     "Today\n"
					     "Calls still open: 1\n"
					     "Chats nobody has answered: 2\n"
					     "Cases to look at again: 3\n"
					     "\n"
					     "https://hark.example/oversight\n");
}

/* In a small school, one to four tell who. */
static void test_small_numbers_are_not_told(void)
{
	for (int64_t number = 1; number < 5; number++) {
		struct digest_figures figures = {number, number, number, number, 0, 0, 0};
		const char *text = text_of_figures(&figures);
		CHECK(strstr(text, "Chats begun: fewer than 5\n") != NULL);
		CHECK(strstr(text, "Messages flagged: fewer than 5\n") != NULL);
		CHECK(strstr(text, "Nothing waits for you.\n") != NULL);
	}
}

int main(void)
{
	RUN(test_whole);
	RUN(test_small_numbers_are_not_told);
	return tap_done();
}
