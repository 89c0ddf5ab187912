/* What the daily digest says. Pure; see digest.h. */
#include "daemon/digest.h"

#include <stdbool.h>
#include <stdio.h>

enum {
	FEW = 5, /* below this a number of students is not told */
};

static void put_number(char *out, size_t size, const char *what, int64_t number)
{
	if (number == 0) {
		snprintf(out, size, "%s: none\n", what);
	} else if (number < FEW) {
		snprintf(out, size, "%s: fewer than %d\n", what, FEW);
	} else {
		snprintf(out, size, "%s: %lld\n", what, (long long)number);
	}
}

static void put_task(char *out, size_t size, const char *what, int64_t number)
{
	if (number > 0) {
		snprintf(out, size, "%s: %lld\n", what, (long long)number);
	} else {
		out[0] = '\0';
	}
}

void digest_write(const struct digest_figures *figures, const char *school, const char *day,
	const char *where, char out[DIGEST_TEXT_BYTES])
{
	char yesterday[4][80], today[3][80];
	put_number(yesterday[0], sizeof(yesterday[0]), "Chats begun", figures->chats);
	put_number(yesterday[1], sizeof(yesterday[1]), "Came back", figures->came_back);
	put_number(yesterday[2], sizeof(yesterday[2]), "Calls for an adult", figures->calls);
	put_number(yesterday[3], sizeof(yesterday[3]), "Messages flagged", figures->flags);
	put_task(today[0], sizeof(today[0]), "Calls still open", figures->calls_open);
	put_task(today[1], sizeof(today[1]), "Chats nobody has answered", figures->unanswered);
	put_task(today[2], sizeof(today[2]), "Cases to look at again", figures->cases_due);
	bool nothing = figures->calls_open + figures->unanswered + figures->cases_due == 0;
	snprintf(out, DIGEST_TEXT_BYTES, "%s, %s\n\n%s%s%s%s\nToday\n%s%s%s%s\n%s\n", school, day,
		yesterday[0], yesterday[1], yesterday[2], yesterday[3], today[0], today[1],
		today[2], nothing ? "Nothing waits for you.\n" : "", where);
}
