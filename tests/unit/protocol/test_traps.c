/*
 * What cJSON 1.7.15 lets through, and what else a peer may send on purpose: each by hand.
 */
#include "protocol/message.h"
#include "tests/unit/tap.h"

static struct decode_problem problem; /* of the last refusal */

static enum decode_status decode_bytes(const char *bytes, size_t size)
{
	/* A copy of just that size: reading past it is seen by the sanitizer. */
	char *copy = malloc(size > 0 ? size : 1);
	memcpy(copy, bytes, size);
	struct message message;
	problem = (struct decode_problem){0};
	enum decode_status status = message_decode(copy, size, &message, &problem);
	free(copy);
	if (status == DECODE_OK) {
		message_finish(&message);
		message_finish(&message);
	}
	return status;
}

static enum decode_status decode(const char *json)
{
	return decode_bytes(json, strlen(json));
}

/* A chat.send with this body, as written in JSON. */
static enum decode_status decode_body(const char *body)
{
	char json[512];
	snprintf(json, sizeof(json),
		"{\"type\":\"chat.send\",\"ref\":7,\"room\":1,"
		"\"id\":\"000102030405060708090a0b0c0d0e0f\",\"body\":\"%s\"}",
		body);
	return decode(json);
}

/* A chat.seen with this n, as written in JSON. */
static enum decode_status decode_number(const char *number)
{
	char json[512];
	snprintf(json, sizeof(json), "{\"type\":\"chat.seen\",\"ref\":7,\"room\":1,\"n\":%s}",
		number);
	return decode(json);
}

static void test_nul(void)
{
	static const char in_text[] = "{\"type\":\"status\\u0000\"}";
	static const char in_bytes[] = "{\"type\":\"ping\"}\0";
	static const char in_space[] = "{\"type\":\0\"ping\"}";
	static const char in_string[] = "{\"type\":\"pi\0ng\"}";
	CHECK_INT(decode(in_text), DECODE_BAD_TEXT);
	CHECK_INT(decode_bytes(in_bytes, sizeof(in_bytes) - 1), DECODE_BAD_JSON);
	CHECK_INT(decode_bytes(in_space, sizeof(in_space) - 1), DECODE_BAD_JSON);
	CHECK_INT(decode_bytes(in_string, sizeof(in_string) - 1), DECODE_BAD_JSON);
	CHECK_INT(decode_body("cut here \\u0000 and the rest is gone"), DECODE_BAD_TEXT);
	CHECK_STR(problem.field, "body");
	CHECK_INT(problem.ref, 7);
}

static void test_utf8(void)
{
	static const char *const good[] = {"\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ",
		"\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82",
		"\xe2\x28\xa1", "\xe2\x82\x28", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x8f", "\xf0\x9f\x8f\x28",
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_INT(decode_body(good[i]), DECODE_OK);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_INT(decode_body(bad[i]), DECODE_BAD_TEXT);
		CHECK_STR(problem.field, "body");
	}
	CHECK_INT(decode("\xef\xbb\xbf{\"type\":\"ping\"}"), DECODE_BAD_JSON); /* a BOM */
	CHECK_INT(decode("{\"type\":\"ping\",\xc2\xa0\"ref\":1}"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\",\"\xff\":1}"), DECODE_BAD_TEXT);
	CHECK_STR(problem.field, "");
	/* Cut off within a character, and the buffer with it. */
	CHECK_INT(decode("{\"type\":\"\xf0\x9f"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"\xf0"), DECODE_BAD_JSON);
}

static void test_surrogates(void)
{
	CHECK_INT(decode_body("\\ud83c\\udfee"), DECODE_OK);
	CHECK_INT(decode_body("\\uD83C\\uDFEE"), DECODE_OK);
	CHECK_INT(decode_body("\\ud7ff\\ue000"), DECODE_OK);
	CHECK_INT(decode_body("\\ud83c"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\udfee"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\ud83cx"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\ud83c\\n"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\ud83c\\u0041"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\ud83c\\ud83c\\udfee"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\udfee\\ud83c"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\ud83c\\u12"), DECODE_BAD_JSON);
}

static void test_escapes(void)
{
	CHECK_INT(decode_body("\\\" \\\\ \\/ \\n \\t \\u00e9 \\u20AC"), DECODE_OK);
	CHECK_INT(decode_body("\\b"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\f"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\r"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\u001b[2J"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\u0085"), DECODE_BAD_TEXT);
	CHECK_INT(decode_body("\\x41"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\\u00g0"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\\u 041"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\\U0041"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\n"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\t"), DECODE_BAD_JSON);
	CHECK_INT(decode_body("\x1f"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\\"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\\\"}"), DECODE_BAD_JSON);
}

static void test_end_of_input(void)
{
	CHECK_INT(decode(" \t\r\n{ \"type\" : \"ping\" , \"ref\" : 1 } \t\r\n"), DECODE_OK);
	CHECK_INT(decode("{\"type\":\"ping\"}x"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\"}}"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\"}{\"type\":\"ping\"}"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\"},"), DECODE_BAD_JSON);
	CHECK_INT(decode("{\"type\":\"ping\"} \f"), DECODE_BAD_JSON);
	/* Every beginning of a message is no message. */
	static const char whole[] =
		"{\"type\":\"room.start\",\"ref\":12,\"topics\":[\"a\",\"\xc3\xa9\"],"
		"\"to\":\"now\",\"mood\":\"low\"}";
	CHECK_INT(decode(whole), DECODE_OK);
	for (size_t size = 0; size < sizeof(whole) - 1; size++) {
		CHECK_INT(decode_bytes(whole, size), DECODE_BAD_JSON);
	}
}

static void test_not_json(void)
{
	static const char *const bad[] = {"", " ", "{", "}", "[]", "null", "true", "1", "\"ping\"",
		"[{\"type\":\"ping\"}]", "{type:\"ping\"}", "{'type':'ping'}", "{\"type\"}",
		"{\"type\":}", "{\"type\":\"ping\",}", "{,\"type\":\"ping\"}",
		"{\"type\" \"ping\"}", "{\"type\":\"ping\" \"ref\":1}",
		"{\"type\":\"ping\",,\"ref\":1}", "{\"type\":\"ping\"]",
		"{\"type\":\"ping\",\"a\":[1,]}", "{\"type\":\"ping\",\"a\":[,1]}",
		"{\"type\":\"ping\",\"a\":[1 2]}", "{\"type\":\"ping\",\"a\":[1}}",
		"{\"type\":\"ping\",\"a\":True}", "{\"type\":\"ping\",\"a\":tru}",
		"{\"type\":\"ping\",\"a\":nul}", "{\"type\":\"ping\",\"a\":undefined}",
		"{\"type\":\"ping\"/* */}", "{\"type\":\"ping\",1:1}"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_INT(decode(bad[i]), DECODE_BAD_JSON);
		CHECK_INT(problem.code, WIRE_CODE_BAD_JSON);
		CHECK_STR(problem.field, "");
	}
}

static void test_numbers(void)
{
	CHECK_INT(decode_number("1"), DECODE_OK);
	CHECK_INT(decode_number("9007199254740991"), DECODE_OK);
	CHECK_INT(decode_number("9007199254740992"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("9007199254740993"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("9999999999999999"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("18446744073709551617"), DECODE_OUT_OF_RANGE); /* 2^64 + 1 */
	CHECK_INT(
		decode_number("1000000000000000000000000000000000000000000000000000000000000000000"
			      "0000000000"),
		DECODE_OUT_OF_RANGE);
	CHECK_STR(problem.field, "n");
	CHECK_INT(decode_number("-1"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("-9007199254740992"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("0"), DECODE_OUT_OF_RANGE);
	CHECK_INT(decode_number("-0"), DECODE_OUT_OF_RANGE);

	static const char *const fractions[] = {"1.0", "1.5", "0.1", "1e0", "1E3", "1e+3", "1e-3",
		"1e400", "9007199254740990.9", "-1.5e2"};
	for (size_t i = 0; i < sizeof(fractions) / sizeof(fractions[0]); i++) {
		CHECK_INT(decode_number(fractions[i]), DECODE_WRONG_TYPE);
		CHECK_STR(problem.field, "n");
		CHECK_INT(problem.ref, 7);
	}
	static const char *const bad[] = {"01", "00", "-01", "+1", "-", "1.", ".5", "1.e1", "1e",
		"1e+", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "- 1", "1 1", "", "--1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_INT(decode_number(bad[i]), DECODE_BAD_JSON);
	}
}

/* Exact to the last digit, and to the sign. */
static void test_number_values(void)
{
	static const char json[] =
		"{\"type\":\"ok\",\"ref\":9007199254740991,\"n\":9007199254740990,\"at_ms\":-0}";
	struct message message;
	REQUIRE(message_decode(json, strlen(json), &message, &problem) == DECODE_OK);
	CHECK_INT(message.ok.ref, WIRE_INT_MAX);
	CHECK_INT(message.ok.n, WIRE_INT_MAX - 1);
	CHECK(message.ok.has_at_ms);
	CHECK_INT(message.ok.at_ms, 0);
	CHECK(!message.ok.has_room);
	message_finish(&message);
}

static void test_duplicates(void)
{
	CHECK_INT(decode("{\"type\":\"ping\",\"type\":\"ping\"}"), DECODE_DUPLICATE_FIELD);
	CHECK_STR(problem.field, "type");
	CHECK_INT(decode("{\"type\":\"ping\",\"type\":\"status\"}"), DECODE_DUPLICATE_FIELD);
	CHECK_INT(decode("{\"type\":\"ping\",\"ref\":1,\"ref\":2}"), DECODE_DUPLICATE_FIELD);
	CHECK_STR(problem.field, "ref");
	CHECK_INT(problem.ref, 1);
	CHECK_INT(decode("{\"type\":\"room.take\",\"room\":1,\"room\":1}"), DECODE_DUPLICATE_FIELD);
	CHECK_STR(problem.field, "room");
	CHECK_INT(
		decode("{\"type\":\"setting.listed\",\"settings\":[{\"key\":\"a\",\"value\":\"b\","
		       "\"key\":\"c\"}]}"),
		DECODE_DUPLICATE_FIELD);
	CHECK_STR(problem.field, "key");
	/* Names differ by case; a name with an escape is no second spelling. */
	CHECK_INT(decode("{\"type\":\"ping\",\"Type\":\"ping\"}"), DECODE_EXTRA_FIELD);
	CHECK_INT(decode("{\"type\":\"ping\",\"\\u0074ype\":\"status\"}"), DECODE_EXTRA_FIELD);
	CHECK_INT(decode("{\"\\u0074ype\":\"ping\"}"), DECODE_EXTRA_FIELD);
	CHECK_INT(decode("{\"type\":\"room.take\",\"ROOM\":1}"), DECODE_EXTRA_FIELD);
}

static enum decode_status decode_nested(size_t depth, const char *open, const char *close)
{
	char json[128] = "{\"type\":\"ping\",\"a\":";
	for (size_t i = 1; i < depth; i++) {
		strcat(json, open);
	}
	strcat(json, "1");
	for (size_t i = 1; i < depth; i++) {
		strcat(json, close);
	}
	strcat(json, "}");
	return decode(json);
}

static void test_depth(void)
{
	CHECK_INT(decode_nested(WIRE_DEPTH_MAX, "[", "]"), DECODE_EXTRA_FIELD);
	CHECK_INT(decode_nested(WIRE_DEPTH_MAX + 1, "[", "]"), DECODE_BAD_JSON);
	CHECK_INT(decode_nested(WIRE_DEPTH_MAX, "{\"a\":", "}"), DECODE_EXTRA_FIELD);
	CHECK_INT(decode_nested(WIRE_DEPTH_MAX + 1, "{\"a\":", "}"), DECODE_BAD_JSON);

	/* As deep as a frame can be: refused without going there. */
	char *deep = malloc(WIRE_FRAME_MAX);
	REQUIRE(deep != NULL);
	memset(deep, '[', WIRE_FRAME_MAX);
	memcpy(deep, "{\"a\":", 5);
	CHECK_INT(decode_bytes(deep, WIRE_FRAME_MAX), DECODE_BAD_JSON);
	for (size_t i = 0; i + 5 <= WIRE_FRAME_MAX; i += 5) {
		memcpy(deep + i, "{\"a\":", 5);
	}
	CHECK_INT(decode_bytes(deep, WIRE_FRAME_MAX), DECODE_BAD_JSON);
	free(deep);
}

static void test_type(void)
{
	CHECK_INT(decode("{}"), DECODE_MISSING_FIELD);
	CHECK_STR(problem.field, "type");
	CHECK_INT(decode("{\"ref\":5}"), DECODE_MISSING_FIELD);
	CHECK_INT(problem.ref, 5);
	CHECK_INT(decode("{\"type\":5}"), DECODE_WRONG_TYPE);
	CHECK_INT(decode("{\"type\":null}"), DECODE_WRONG_TYPE);
	CHECK_INT(decode("{\"type\":[\"ping\"]}"), DECODE_WRONG_TYPE);
	CHECK_INT(decode("{\"a\":{\"type\":\"ping\"}}"), DECODE_MISSING_FIELD);
	static const char *const unknown[] = {"", "pin", "pingg", "Ping", "ping ", "chat_send",
		"chat.send\\n", "\\u0070ing", "constructor"};
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		char json[64];
		snprintf(json, sizeof(json), "{\"type\":\"%s\",\"ref\":6}", unknown[i]);
		CHECK_INT(decode(json), DECODE_UNKNOWN_TYPE);
		CHECK_INT(problem.code, WIRE_CODE_UNKNOWN_TYPE);
		CHECK(problem.has_ref);
		CHECK_INT(problem.ref, 6);
	}
}

/* The first fault is told, the ref behind it too, and bad JSON before all. */
static void test_ref(void)
{
	CHECK_INT(decode("{\"type\":\"ping\",\"a\":1.5,\"ref\":9}"), DECODE_WRONG_TYPE);
	CHECK(problem.has_ref);
	CHECK_INT(problem.ref, 9);
	CHECK_INT(decode("{\"type\":\"ping\",\"a\":1.5,\"b\":\"\\u0000\",\"ref\":9}"),
		DECODE_WRONG_TYPE);
	CHECK_STR(problem.field, "a");
	CHECK_INT(decode("{\"type\":\"ping\",\"a\":1.5,\"ref\":9"), DECODE_BAD_JSON);
	CHECK_INT(problem.ref, 9);
	CHECK_INT(decode("{\"type\":\"ping\",\"ref\":0}"), DECODE_OK);

	static const struct {
		const char *ref;
		enum decode_status status;
	} none[] = {
		{"-1", DECODE_OUT_OF_RANGE},
		{"1.5", DECODE_WRONG_TYPE},
		{"1e3", DECODE_WRONG_TYPE},
		{"9007199254740992", DECODE_OUT_OF_RANGE},
		{"99999999999999999999", DECODE_OUT_OF_RANGE},
		{"\"7\"", DECODE_WRONG_TYPE},
		{"null", DECODE_WRONG_TYPE},
		{"[7]", DECODE_WRONG_TYPE},
	};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		char json[64];
		snprintf(json, sizeof(json), "{\"type\":\"ping\",\"ref\":%s}", none[i].ref);
		CHECK_INT(decode(json), none[i].status);
		CHECK_STR(problem.field, "ref");
		CHECK(!problem.has_ref);
	}
	/* Only the outermost one is the message's. */
	CHECK_INT(decode("{\"type\":\"ping\",\"a\":{\"ref\":3}}"), DECODE_EXTRA_FIELD);
	CHECK(!problem.has_ref);
	/* An event without a ref has none. */
	CHECK_INT(decode("{\"type\":\"reload\",\"ref\":3}"), DECODE_EXTRA_FIELD);
}

/* A problem never repeats what the peer wrote, but a name that looks like ours. */
static void test_problem_is_clean(void)
{
	CHECK_INT(decode("{\"type\":\"ping\",\"bodi\":1}"), DECODE_EXTRA_FIELD);
	CHECK_STR(problem.field, "bodi");
	static const char *const names[] = {"a b", "A", "<b>", "\xc3\xa9", "a\x7f",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char json[128];
		snprintf(json, sizeof(json), "{\"type\":\"ping\",\"%s\":1}", names[i]);
		CHECK_INT(decode(json), DECODE_EXTRA_FIELD);
		CHECK_STR(problem.field, "");
	}
	CHECK_INT(decode("{\"type\":\"ping\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1}"),
		DECODE_EXTRA_FIELD);
	CHECK_INT(strlen(problem.field), 40);
}

static void test_sentences(void)
{
	static const struct {
		const char *json;
		const char *sentence;
	} cases[] = {
		{"{", "This is not one JSON object, or it is nested too deep."},
		{"{\"type\":\"x\"}", "No message has this type."},
		{"{\"type\":\"room.take\"}", "room is missing."},
		{"{\"type\":\"room.take\",\"x\":1}", "The message has no such field."},
		{"{\"type\":\"room.take\",\"room\":1,\"room\":1}", "room is there twice."},
		{"{\"type\":\"room.take\",\"room\":\"1\"}", "room must be a whole number."},
		{"{\"type\":\"room.take\",\"room\":0}", "room must be 1 to 9007199254740991."},
		{"{\"type\":\"codename.open\",\"words\":\"\"}",
			"words must have 7 to 80 characters and 320 bytes at most."},
		{"{\"type\":\"codename.open\",\"words\":\"a\\u0007\"}",
			"words holds a character that it may not."},
		{"{\"type\":\"sign.enrol\",\"secret\":\"00\"}",
			"secret must have 64 hexadecimal digits."},
		{"{\"type\":\"room.start\",\"topics\":[\"\"]}",
			"topics must be 6 texts at most, of 1 to 40 characters."},
		{"{\"type\":\"room.start\",\"to\":\"nobody\"}", "to has none of its values."},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(decode(cases[i].json) != DECODE_OK);
		CHECK_STR(problem.sentence, cases[i].sentence);
	}
}

static void test_peek(void)
{
	static const char json[] =
		"{\"type\":\"chat.send\",\"ref\":41,\"body\":[{\"type\":\"ping\"}]}";
	struct message_head head = {0};
	CHECK_INT(message_peek(json, strlen(json), &head, &problem), DECODE_OK);
	CHECK_INT(head.type, TYPE_CHAT_SEND);
	CHECK(head.has_ref);
	CHECK_INT(head.ref, 41);

	static const char late[] = "{\"x\":[1,{\"ref\":1}],\"type\":\"ping\"}";
	CHECK_INT(message_peek(late, strlen(late), &head, &problem), DECODE_OK);
	CHECK_INT(head.type, TYPE_PING);
	CHECK(!head.has_ref);

	/* Numbers are bounded before there is a tree, whatever the row would say. */
	static const char *const numbers[] = {"9007199254740992", "-9007199254740992"};
	for (size_t i = 0; i < 2; i++) {
		char json_number[64];
		snprintf(json_number, sizeof(json_number), "{\"type\":\"ping\",\"a\":%s}",
			numbers[i]);
		CHECK_INT(message_peek(json_number, strlen(json_number), &head, &problem),
			DECODE_OUT_OF_RANGE);
	}
	static const char least[] = "{\"type\":\"ping\",\"a\":-9007199254740991}";
	CHECK_INT(message_peek(least, strlen(least), &head, &problem), DECODE_OK);

	head.type = TYPE_COUNT;
	static const char bad[] = "{\"type\":\"ping\",\"ref\":4}]";
	CHECK_INT(message_peek(bad, strlen(bad), &head, &problem), DECODE_BAD_JSON);
	CHECK_INT(head.type, TYPE_COUNT);
	CHECK_INT(problem.ref, 4);
}

/* On a refusal *out is untouched, and nothing is left behind (the sanitizer looks). */
static void test_refusal_frees(void)
{
	static const char json[] =
		"{\"type\":\"room.start\",\"topics\":[\"a\",\"b\"],\"to\":\"never\"}";
	struct message message = {.type = TYPE_COUNT};
	CHECK_INT(message_decode(json, strlen(json), &message, &problem), DECODE_OUT_OF_RANGE);
	CHECK_INT(message.type, TYPE_COUNT);
	message_finish(&message);
	message_finish(NULL);
}

int main(void)
{
	RUN(test_nul);
	RUN(test_utf8);
	RUN(test_surrogates);
	RUN(test_escapes);
	RUN(test_end_of_input);
	RUN(test_not_json);
	RUN(test_numbers);
	RUN(test_number_values);
	RUN(test_duplicates);
	RUN(test_depth);
	RUN(test_type);
	RUN(test_ref);
	RUN(test_problem_is_clean);
	RUN(test_sentences);
	RUN(test_peek);
	RUN(test_refusal_frees);
	return tap_done();
}
