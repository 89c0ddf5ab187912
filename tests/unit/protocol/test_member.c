/* From member to member, past everything that looks like an end and is none; what strings mean. */
#include "protocol/member.h"
#include "tests/unit/tap.h"

#include <stdio.h>

static void check_member(struct text *rest, const char *name, const char *value)
{
	struct member member;
	REQUIRE(member_next(rest, &member));
	CHECK_INT(member.name.size, strlen(name));
	CHECK(memcmp(member.name.bytes, name, strlen(name)) == 0);
	CHECK_INT(member.value.size, strlen(value));
	CHECK(memcmp(member.value.bytes, value, strlen(value)) == 0);
}

static void test_members(void)
{
	static const char json[] =
		" \n{ \"a\" : \"1,}\\\"]\" ,\t\"b\":-12,\"longer than eight, in quotes\" : true ,"
		"\"c\":{\"x\":[1,{}],\"y\":\"]}\\\\\"},\"d\":[\"}\",[2]] , \"e\":null}\r";
	struct text rest = member_first(json, sizeof(json) - 1);
	check_member(&rest, "a", "\"1,}\\\"]\"");
	check_member(&rest, "b", "-12");
	check_member(&rest, "longer than eight, in quotes", "true");
	check_member(&rest, "c", "{\"x\":[1,{}],\"y\":\"]}\\\\\"}");
	check_member(&rest, "d", "[\"}\",[2]]");
	check_member(&rest, "e", "null");
	struct member member;
	CHECK(!member_next(&rest, &member));
}

static void test_no_members(void)
{
	struct text rest = member_first("{ }", 3);
	struct member member;
	CHECK(!member_next(&rest, &member));
}

static void check_text(const char *quoted, const char *meant)
{
	char out[64];
	size_t size = member_text((struct text){quoted, strlen(quoted)}, out);
	CHECK_INT(size, strlen(meant));
	CHECK(memcmp(out, meant, strlen(meant)) == 0);
}

static void test_texts(void)
{
	check_text("\"\"", "");
	check_text("\"as it stands\"", "as it stands");
	check_text("\"\\b\\f\\n\\r\\t\\\"\\\\\\/\"", "\b\f\n\r\t\"\\/");
	check_text("\"\\u0041b\\u007f\"", "Ab\x7f");
	check_text("\"\\u0080\\u07ff\"", "\xc2\x80\xdf\xbf");
	check_text("\"\\u0800\\uffff\"", "\xe0\xa0\x80\xef\xbf\xbf");
	check_text("\"<\\ud83d\\uDE00>\"", "<\xf0\x9f\x98\x80>");
	check_text("\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf");
	check_text("\"\xe2\x82\xac\\n\"", "\xe2\x82\xac\n");
}

int main(void)
{
	RUN(test_members);
	RUN(test_no_members);
	RUN(test_texts);
	return tap_done();
}
