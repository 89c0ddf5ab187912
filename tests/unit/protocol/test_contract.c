/*
 * Our own mistakes end the process: what the encoder and the tables assert.
 */
#include "protocol/message.h"
#include "tests/unit/tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* True when it ends by an assertion. */
static bool aborts(void (*mistake)(void))
{
	pid_t child = fork();
	if (child == 0) {
		close(STDERR_FILENO);
		mistake();
		_exit(EXIT_SUCCESS);
	}
	int status = 0;
	return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

static void encode(enum message_type type, const void *message)
{
	char json[4096];
	message_encode(type, message, json, sizeof(json));
}

static void number_too_small(void)
{
	encode(TYPE_ROOM_TAKE, &(struct msg_room_take){.room = 0});
}

static void number_too_large(void)
{
	encode(TYPE_ROOM_TAKE, &(struct msg_room_take){.room = WIRE_INT_MAX + 1});
}

static void no_such_value(void)
{
	encode(TYPE_ERROR, &(struct msg_error){.code = (enum wire_code)1000});
}

static void list_too_long(void)
{
	static const struct text topics[7];
	encode(TYPE_ROOM_START, &(struct msg_room_start){.topics = topics, .topics_count = 7});
}

static void no_such_type(void)
{
	encode(TYPE_COUNT, NULL);
}

static void no_rule(void)
{
	message_rule(TYPE_COUNT);
}

static void no_name(void)
{
	wire_phase_name((enum wire_phase)1000);
}

static void no_field(void)
{
	message_field_max(TYPE_PING, "nothing");
}

static void nothing_wrong(void)
{
	encode(TYPE_ROOM_TAKE, &(struct msg_room_take){.room = 1});
}

static void test_asserted(void)
{
	CHECK(!aborts(nothing_wrong));
	CHECK(aborts(number_too_small));
	CHECK(aborts(number_too_large));
	CHECK(aborts(no_such_value));
	CHECK(aborts(list_too_long));
	CHECK(aborts(no_such_type));
	CHECK(aborts(no_rule));
	CHECK(aborts(no_name));
	CHECK(aborts(no_field));
}

int main(void)
{
	RUN(test_asserted);
	return tap_done();
}
