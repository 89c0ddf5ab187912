/* The school's settings: what is taken, what is refused and with which sentence. */
#include "daemon/settings.h"
#include "daemon/xalloc.h"
#include "tests/unit/tap.h"

static char problem[200];

static bool takes(enum setting_key key, const char *value)
{
	problem[0] = '\0';
	bool taken = settings_check(key, value, strlen(value), problem, sizeof(problem));
	CHECK_INT(problem[0] == '\0', taken); /* a refusal has a sentence */
	return taken;
}

static void test_keys(void)
{
	enum setting_key key = SETTING_SCHOOL;
	CHECK(settings_find("contacts", 8, &key));
	CHECK_INT(key, SETTING_CONTACTS);
	CHECK_STR(settings_key_name(key), "contacts");
	CHECK(!settings_find("contact", 7, &key));
	CHECK(!settings_find("", 0, &key));
}

static void test_texts_and_links(void)
{
	CHECK(takes(SETTING_SCHOOL, "Northfield"));
	CHECK(!takes(SETTING_SCHOOL, ""));
	CHECK(!takes(SETTING_SCHOOL, "two\nlines"));
	CHECK(takes(SETTING_AWAY_TEXT, ""));
	CHECK(takes(SETTING_EXIT_URL, "https://example.org/lunch"));
	CHECK(!takes(SETTING_EXIT_URL, "javascript:alert(1)"));
	CHECK(!takes(SETTING_EXIT_URL, "example.org"));
	char long_text[82];
	memset(long_text, 'x', 81);
	long_text[81] = '\0';
	CHECK(!takes(SETTING_SCHOOL, long_text));
	long_text[80] = '\0';
	CHECK(takes(SETTING_SCHOOL, long_text));
}

static void test_contacts(void)
{
	CHECK(takes(SETTING_CONTACTS, "!Now | Call 911 | tel:911\n\n | Room 104"));
	CHECK(!takes(SETTING_CONTACTS, "")); /* there must be a way to get help */
	CHECK(!takes(SETTING_CONTACTS, "only one column"));
	CHECK_STR(problem, "contacts, line 1: write \"when | what to do | link\".");
	CHECK(!takes(SETTING_CONTACTS, "a | b | tel:1\na | b | javascript:x"));
	CHECK(strstr(problem, "line 2") != NULL);
	CHECK(!takes(SETTING_CONTACTS, "a | b | tel:1 | d"));
	CHECK(!takes(SETTING_CONTACTS, "a | | tel:1"));
}

static void test_ladder(void)
{
	CHECK(takes(SETTING_LADDER, "0 | duty | screen\n\n 30s | office | mail"));
	CHECK(!takes(SETTING_LADDER, "")); /* somebody is called */
	CHECK(!takes(SETTING_LADDER, "\n\n"));
	CHECK(!takes(SETTING_LADDER, "0 | duty | screen\nlater | duty | mail"));
	CHECK(strstr(problem, "ladder, line 2: the time") == problem);
	CHECK(!takes(SETTING_LADDER, "2 | duty | screen\n1 | duty | mail"));
	CHECK(strstr(problem, "line 2: the time is before") != NULL);
	char lines[400] = "";
	for (int i = 0; i < LADDER_RUNGS_MAX; i++) {
		strcat(lines, "1|duty|mail\n");
	}
	CHECK(takes(SETTING_LADDER, lines));
	strcat(lines, "1|duty|mail\n");
	CHECK(!takes(SETTING_LADDER, lines));
}

static void test_office_mail(void)
{
	CHECK(takes(SETTING_OFFICE_MAIL, ""));
	CHECK(takes(SETTING_OFFICE_MAIL, "office@hill.example\nfront.desk+hark@hill.example"));
	CHECK(!takes(SETTING_OFFICE_MAIL, "office@hill.example\nthe office"));
	CHECK(strstr(problem, "office_mail, line 2") == problem);
}

static void test_lists_are_bounded(void)
{
	char lines[SETTINGS_TEXTS_MAX * 2 + 3] = "";
	for (int i = 0; i < SETTINGS_TEXTS_MAX; i++) {
		strcat(lines, "t\n");
	}
	CHECK(takes(SETTING_TOPICS, lines));
	strcat(lines, "t");
	CHECK(!takes(SETTING_TOPICS, lines));
	CHECK(takes(SETTING_HOURS, "Mon | 11:30 - 1:00"));
	CHECK(!takes(SETTING_HOURS, "Mon"));
}

static void test_apply(void)
{
	struct settings *settings = xcalloc(1, sizeof(*settings));
	const char contacts[] = "! Hurt | Call 911 | tel:911\nSad | Text someone";
	settings_apply(settings, SETTING_CONTACTS, contacts, strlen(contacts));
	CHECK_INT(settings->contacts_count, 2);
	CHECK(settings->contacts[0].urgent && !settings->contacts[1].urgent);
	CHECK_INT(settings->contacts[0].when.size, 4); /* "Hurt", trimmed */
	CHECK(memcmp(settings->contacts[0].href.bytes, "tel:911", 7) == 0);
	CHECK_INT(settings->contacts[1].href.size, 0);
	settings_apply(settings, SETTING_TOPICS, "a\nb\n", 4);
	settings_apply(settings, SETTING_WISHES, "c", 1);
	CHECK_INT(settings->topics_count, 2);
	CHECK_INT(settings->wishes_count, 1);
	settings_apply(settings, SETTING_TOPICS, "", 0);
	CHECK_INT(settings->topics_count, 0);
	settings_finish(settings);
	settings_finish(NULL);
}

static void test_switch(void)
{
	CHECK(takes(SETTING_FLAG_ESCALATES, "yes"));
	CHECK(takes(SETTING_FLAG_ESCALATES, "no"));
	CHECK(!takes(SETTING_FLAG_ESCALATES, "perhaps"));
	CHECK(!takes(SETTING_FLAG_ESCALATES, ""));
	CHECK(takes(SETTING_CODES_REQUIRED, "yes"));
}

static void test_number(void)
{
	static const char *const wrong[] = {
		"", "-1", "+1", " 1", "1 ", "1441", "1.5", "ten", "99999999999999999999999999"};
	CHECK(takes(SETTING_REPORT_BLOCK, "0"));
	CHECK(takes(SETTING_REPORT_BLOCK, "1440"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK(!takes(SETTING_REPORT_BLOCK, wrong[i]));
	}
	struct settings *settings = calloc(1, sizeof(*settings));
	REQUIRE(settings != NULL);
	settings_apply(settings, SETTING_REPORT_BLOCK, "25", 2);
	CHECK_INT(settings_number(settings, SETTING_REPORT_BLOCK), 25);
	settings_finish(settings);
}

int main(void)
{
	RUN(test_switch);
	RUN(test_number);
	RUN(test_keys);
	RUN(test_texts_and_links);
	RUN(test_contacts);
	RUN(test_ladder);
	RUN(test_office_mail);
	RUN(test_lists_are_bounded);
	RUN(test_apply);
	return tap_done();
}
