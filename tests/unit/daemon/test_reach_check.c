/* What can be used as a mail address and as an ntfy topic. */
#include "daemon/reach.h"
#include "tests/unit/tap.h"

static bool is_mail(const char *text)
{
	return reach_is_mail(text_of(text));
}

static void test_mail(void)
{
	CHECK(is_mail("a@b"));
	CHECK(is_mail("ms.rivera+hark@mail.hill.example"));
	CHECK(!is_mail(""));
	CHECK(!is_mail("rivera"));
	CHECK(!is_mail("@hill.example"));
	CHECK(!is_mail("rivera@"));
	CHECK(!is_mail("a@b@c"));
	CHECK(!is_mail("a b@c"));
	CHECK(!is_mail("a@b,c@d")); /* two ats, and a list */
	CHECK(!is_mail("a@b>\r\nBcc:x"));
	CHECK(!is_mail("a@b\n"));
	CHECK(!is_mail("<a@b>"));
	CHECK(!is_mail("\"a\"@b"));
	CHECK(!is_mail("-a@b")); /* no option of a program */
	CHECK(!is_mail("r\xc3\xa9@b"));
	CHECK(!reach_is_mail((struct text){"a@b\0c", 5}));
}

static bool is_topic(const char *text)
{
	return reach_is_topic(text_of(text));
}

static void test_topic(void)
{
	CHECK(is_topic("hark_Hill-7"));
	CHECK(!is_topic(""));
	CHECK(!is_topic("a/b"));
	CHECK(!is_topic("a b"));
	CHECK(!is_topic("a?b"));
	CHECK(!reach_is_topic((struct text){"a\0b", 3}));
	char longest[66];
	memset(longest, 'x', 65);
	longest[65] = '\0';
	CHECK(!is_topic(longest));
	longest[64] = '\0';
	CHECK(is_topic(longest));
}

int main(void)
{
	RUN(test_mail);
	RUN(test_topic);
	return tap_done();
}
