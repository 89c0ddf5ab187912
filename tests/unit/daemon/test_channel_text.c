/* What is an address, a topic, a time of day, and a text that ends in a whole character. */
#include "daemon/channel_text.h"

#include "tests/unit/tap.h"

static void test_mail_addresses(void)
{
	static const char *const good[] = {"a@b", "ms.rivera@hill.school.example",
		"x+hark@school.example", "O'Brien@school.example", "1@2.3"};
	static const char *const bad[] = {"", "@", "a@", "@b", "a", "a b@c", "a@b c", "a@b@c",
		"a..b@c", ".a@b", "a.@b", "a@.b", "a@b.", "a@b..c", "a@-b", "<a@b>", "a@b>",
		"a@b\r\nBcc: c@d", "a@b\n", "a,b@c", "\"a\"@b", "a@[127.0.0.1]", "a\xc3\xa9@b",
		"a(b)@c", "a@b;c"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(mail_address_ok(good[i]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(!mail_address_ok(bad[i]));
	}
}

static void test_long_addresses(void)
{
	char address[300];
	snprintf(address, sizeof(address), "%0*d@b", 64, 0);
	CHECK(mail_address_ok(address));
	snprintf(address, sizeof(address), "%0*d@b", 65, 0);
	CHECK(!mail_address_ok(address));
	snprintf(address, sizeof(address), "a@%0*d", 198, 0);
	CHECK(mail_address_ok(address));
	snprintf(address, sizeof(address), "a@%0*d", 199, 0);
	CHECK(!mail_address_ok(address));
}

static void test_topics(void)
{
	char topic[80];
	CHECK(ntfy_topic_ok("hark_Hill-42"));
	CHECK(!ntfy_topic_ok(""));
	CHECK(!ntfy_topic_ok("a b"));
	CHECK(!ntfy_topic_ok("a/b"));
	snprintf(topic, sizeof(topic), "%0*d", 64, 0);
	CHECK(ntfy_topic_ok(topic));
	snprintf(topic, sizeof(topic), "%0*d", 65, 0);
	CHECK(!ntfy_topic_ok(topic));
}

static void test_times_of_day(void)
{
	static const char *const bad[] = {"", "7:30", "07:60", "24:00", "07.30", "07:3x", "007:30"};
	int minute = -1;
	CHECK(time_of_day("07:30", &minute));
	CHECK_INT(minute, 7 * 60 + 30);
	CHECK(time_of_day("23:59", &minute));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(!time_of_day(bad[i], &minute));
	}
	CHECK_INT(minute, 23 * 60 + 59);
}

static void test_whole_characters(void)
{
	static const char *const cases[][2] = {{"", ""}, {"abc", "abc"}, {"\xc3\xa9", "\xc3\xa9"},
		{"a\xc3", "a"}, {"a\xe2\x82", "a"}, {"a\xe2\x82\xac", "a\xe2\x82\xac"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, {"\xf0\x9f\x98", ""}, {"\xf0", ""}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[8];
		strcpy(text, cases[i][0]);
		text_end_whole(text);
		CHECK_STR(text, cases[i][1]);
	}
}

int main(void)
{
	RUN(test_mail_addresses);
	RUN(test_long_addresses);
	RUN(test_topics);
	RUN(test_times_of_day);
	RUN(test_whole_characters);
	return tap_done();
}
