/*
 * What is encoded decodes to the same: every message, least, most and escaped.
 */
#include "tests/unit/protocol/sample.h"
#include "tests/unit/tap.h"

static void check_round_trip(enum message_type type, enum sample_how how)
{
	struct sample sample;
	sample_init(&sample, type, how);
	size_t size;
	char *json = sample_encode(&sample, &size);

	struct message message;
	struct decode_problem problem;
	enum decode_status status = message_decode(json, size, &message, &problem);
	if (status != DECODE_OK) {
		printf("# %s: %s\n", message_rule(type)->wire, problem.sentence);
	}
	CHECK_INT(status, DECODE_OK);
	if (status == DECODE_OK) {
		const struct record *record = message_rows[type].record();
		CHECK_INT(message.type, type);
		CHECK(sample_equal(record, sample.message, &message.hello));

		char *again = malloc(size);
		REQUIRE(again != NULL);
		CHECK_INT(message_encode(type, &message.hello, again, size), size);
		CHECK(memcmp(again, json, size) == 0);
		free(again);
		message_finish(&message);
	}
	free(json);
	sample_finish(&sample);
}

static void test_least(void)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		check_round_trip((enum message_type)type, SAMPLE_LEAST);
	}
}

static void test_one(void)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		check_round_trip((enum message_type)type, SAMPLE_ONE);
	}
}

static void test_most(void)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		check_round_trip((enum message_type)type, SAMPLE_MOST);
	}
}

static void test_escaped(void)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		check_round_trip((enum message_type)type, SAMPLE_ESCAPED);
	}
}

/* A batch holds events as text; each is decoded by itself. */
static void test_batch(void)
{
	static const char inner[] =
		"{\"type\":\"state.room\"}, {\"type\":\"error\",\"code\":\"taken\","
		"\"message\":\"}\\\"{\"}";
	struct msg_batch batch = {.events = text_of(inner)};
	char json[256];
	size_t size = message_encode(TYPE_BATCH, &batch, json, sizeof(json));
	REQUIRE(size > 0);

	struct message message;
	struct decode_problem problem;
	REQUIRE(message_decode(json, size, &message, &problem) == DECODE_OK);
	memset(json, 'x', sizeof(json)); /* the message stands without its input */
	struct text rest = message.batch.events, event;
	REQUIRE(message_next_event(&rest, &event));
	struct message first;
	CHECK_INT(message_decode(event.bytes, event.size, &first, &problem), DECODE_MISSING_FIELD);
	REQUIRE(message_next_event(&rest, &event));
	struct message second;
	REQUIRE(message_decode(event.bytes, event.size, &second, &problem) == DECODE_OK);
	CHECK_INT(second.type, TYPE_ERROR);
	CHECK_INT(second.error.code, WIRE_CODE_TAKEN);
	CHECK_INT(second.error.message.size, 3);
	CHECK(!message_next_event(&rest, &event));
	message_finish(&second);
	message_finish(&message);
}

int main(void)
{
	RUN(test_least);
	RUN(test_one);
	RUN(test_most);
	RUN(test_escaped);
	RUN(test_batch);
	return tap_done();
}
