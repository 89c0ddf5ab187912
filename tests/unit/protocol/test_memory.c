/*
 * Every allocation of a decode fails once: the peer is told, nothing leaks, and the next one works.
 * And what was said does not stay behind in freed memory.
 */
#include "tests/unit/protocol/sample.h"
#include "tests/unit/tap.h"

#include <cjson/cJSON.h>
#include <malloc.h>

static long until_failure; /* allocations that still work */

static void *counted_malloc(size_t size)
{
	return until_failure-- > 0 ? malloc(size) : NULL;
}

/* How many there are. */
static long check_message(enum message_type type)
{
	struct sample sample;
	sample_init(&sample, type, SAMPLE_ONE);
	size_t size;
	char *json = sample_encode(&sample, &size);
	enum decode_status status = DECODE_UNAVAILABLE;
	long fail_at = 0;
	for (; status != DECODE_OK && fail_at < 1000; fail_at++) {
		until_failure = fail_at;
		struct message message;
		struct decode_problem problem;
		status = message_decode(json, size, &message, &problem);
		if (status == DECODE_OK) {
			message_finish(&message);
			break;
		}
		CHECK_INT(status, DECODE_UNAVAILABLE);
		CHECK_INT(problem.code, WIRE_CODE_UNAVAILABLE);
	}
	CHECK_INT(status, DECODE_OK);
	free(json);
	sample_finish(&sample);
	return fail_at;
}

static void test_every_allocation(void)
{
	cJSON_Hooks hooks = {counted_malloc, free};
	cJSON_InitHooks(&hooks);
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		check_message((enum message_type)type);
	}
	CHECK(check_message(TYPE_PING) == 0); /* nothing but a number is in it */
	CHECK(check_message(TYPE_CHAT_SEND) > 0);
	CHECK(check_message(TYPE_ROOM_START) > 1); /* and a list besides */
	cJSON_InitHooks(NULL);
}

/* What would take much is refused before anything is taken. */
static void test_too_many_values(void)
{
	char *json = malloc(WIRE_FRAME_MAX);
	REQUIRE(json != NULL);
	size_t size = (size_t)sprintf(json, "{\"type\":\"room.start\",\"topics\":[1");
	while (size < WIRE_FRAME_MAX - 4) {
		size += (size_t)sprintf(json + size, ",1");
	}
	size += (size_t)sprintf(json + size, "]}");
	cJSON_Hooks hooks = {counted_malloc, free};
	cJSON_InitHooks(&hooks);
	until_failure = 0;
	struct message message;
	struct decode_problem problem;
	CHECK_INT(message_decode(json, size, &message, &problem), DECODE_OUT_OF_RANGE);
	CHECK_INT(until_failure, 0);
	cJSON_InitHooks(NULL);
	free(json);
}

static const char secret[] = "correct horse battery";
static unsigned freed, secrets_freed; /* blocks given back; those with the secret in them */

static void searching_free(void *block)
{
	if (block != NULL) {
		size_t size = malloc_usable_size(block);
		freed++;
		secrets_freed += memmem(block, size, secret, strlen(secret)) != NULL;
	}
	free(block);
}

static enum decode_status decode_searching(const char *json)
{
	cJSON_Hooks hooks = {malloc, searching_free};
	cJSON_InitHooks(&hooks);
	struct message message;
	struct decode_problem problem;
	freed = secrets_freed = 0;
	enum decode_status status = message_decode(json, strlen(json), &message, &problem);
	if (status == DECODE_OK) {
		message_finish(&message);
		static const struct message zero;
		CHECK_INT(message.tree == NULL, true);
		CHECK(memcmp(&message.sign_in, &zero.sign_in, sizeof(zero.sign_in)) == 0);
	}
	cJSON_InitHooks(NULL);
	return status;
}

static void test_wiped(void)
{
	CHECK_INT(decode_searching("{\"type\":\"sign.in\",\"login\":\"ode\","
				   "\"password\":\"correct horse battery\"}"),
		DECODE_OK);
	CHECK(freed > 0);
	CHECK_INT(secrets_freed, 0);
	CHECK_INT(decode_searching("{\"type\":\"sign.in\",\"login\":\"\","
				   "\"password\":\"correct horse battery\"}"),
		DECODE_OUT_OF_RANGE);
	CHECK(freed > 0);
	CHECK_INT(secrets_freed, 0);
	CHECK_INT(decode_searching("{\"type\":\"room.start\",\"to\":\"now\","
				   "\"topics\":[\"a\",\"correct horse battery\"]}"),
		DECODE_OK);
	CHECK_INT(secrets_freed, 0);
}

int main(void)
{
	RUN(test_every_allocation);
	RUN(test_too_many_values);
	RUN(test_wiped);
	return tap_done();
}
