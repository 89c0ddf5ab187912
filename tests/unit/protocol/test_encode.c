/*
 * The bytes that go out, by hand; escaping; buffers that are too small.
 */
#include "tests/unit/protocol/sample.h"
#include "tests/unit/tap.h"

static char json[4096]; /* of the last encode, with a NUL */

static const char *encode(enum message_type type, const void *message)
{
	size_t size = message_encode(type, message, json, sizeof(json) - 1);
	json[size] = '\0';
	return json;
}

static void test_chat_posted(void)
{
	struct msg_chat_posted posted = {
		.room = 12,
		.n = 3,
		.at_ms = 1790000000123,
		.who = WIRE_WHO_PEER,
		.name = text_of("Juniper"),
		.id = {0x00, 0x01, 0x0f, 0xf0, 0xab},
		.body = text_of("Hi.\nYou said \"\xc3\xa9\\\"\t\x01\x1f\x7f/"),
	};
	CHECK_STR(encode(TYPE_CHAT_POSTED, &posted),
		"{\"type\":\"chat.posted\",\"room\":12,\"n\":3,\"at_ms\":1790000000123,"
		"\"who\":\"peer\",\"name\":\"Juniper\",\"id\":\"00010ff0ab0000000000000000000000\","
		"\"body\":\"Hi.\\nYou said \\\"\xc3\xa9\\\\\\\"\\t\\u0001\\u001f\x7f/\"}");
	posted.has_seq = true;
	posted.seq = WIRE_INT_MAX;
	posted.has_replay = true;
	posted.replay = true;
	posted.name = (struct text){0};
	posted.body = text_of("x");
	CHECK_STR(encode(TYPE_CHAT_POSTED, &posted),
		"{\"type\":\"chat.posted\",\"seq\":9007199254740991,\"room\":12,\"n\":3,"
		"\"at_ms\":1790000000123,\"who\":\"peer\",\"name\":\"\","
		"\"id\":\"00010ff0ab0000000000000000000000\",\"body\":\"x\",\"replay\":true}");
}

static void test_lists(void)
{
	const struct text adults[] = {text_of("Ms. Ode"), text_of("Mr. \"K\"")};
	const struct item_person peers[] = {
		{.account = 1, .name = text_of("Juniper"), .here = true, .load = 2, .cap = 3},
		{.account = 2, .name = text_of("Moss"), .picture = text_of("moss-a"), .free = true},
	};
	struct msg_state_desk desk = {
		.on_shift = true,
		.cap = 3,
		.peers = peers,
		.peers_count = 2,
		.adults = adults,
		.adults_count = 2,
	};
	CHECK_STR(encode(TYPE_STATE_DESK, &desk),
		"{\"type\":\"state.desk\",\"on_shift\":true,\"taking\":false,\"cap\":3,\"waiting\":"
		"[],"
		"\"mine\":[],\"left\":[],\"peers\":[{\"account\":1,\"name\":\"Juniper\","
		"\"picture\":\"\",\"here\":true,\"free\":false,\"load\":2,\"cap\":3},{\"account\":"
		"2,"
		"\"name\":\"Moss\",\"picture\":\"moss-a\",\"here\":false,\"free\":true,\"load\":0,"
		"\"cap\":0}],\"adults\":[\"Ms. Ode\",\"Mr. \\\"K\\\"\"],\"asks\":[]}");
}

static void test_small_messages(void)
{
	CHECK_STR(encode(TYPE_RELOAD, NULL), "{\"type\":\"reload\"}");
	struct msg_ping ping = {.has_ref = true, .ref = 0};
	CHECK_STR(encode(TYPE_PING, &ping), "{\"type\":\"ping\",\"ref\":0}");
	struct msg_ok ok = {0};
	CHECK_STR(encode(TYPE_OK, &ok), "{\"type\":\"ok\"}");
	struct msg_batch batch = {.events = text_of("{\"type\":\"ok\"},{\"type\":\"ok\"}")};
	CHECK_STR(encode(TYPE_BATCH, &batch),
		"{\"type\":\"batch\",\"events\":[{\"type\":\"ok\"},{\"type\":\"ok\"}]}");
}

/* Every byte at every place of a word: the fast path must find each that needs an escape. */
static void test_every_byte(void)
{
	for (unsigned byte = 0; byte < 0x80; byte++) {
		for (size_t place = 0; place < 19; place++) {
			char body[19];
			memset(body, 'a', sizeof(body));
			body[place] = (char)byte;
			struct msg_setting_set set = {
				.key = text_of("k"), .value = {body, sizeof(body)}};
			char expected[128], escaped[8];
			const char *special = strchr("\"\\\n\t", (int)byte);
			if (byte != 0 && special != NULL) {
				snprintf(escaped, sizeof(escaped), "\\%c",
					"\"\\nt"[strcspn("\"\\\n\t", (char[]){(char)byte, '\0'})]);
			} else if (byte < 0x20) {
				snprintf(escaped, sizeof(escaped), "\\u%04x", byte);
			} else {
				snprintf(escaped, sizeof(escaped), "%c", (int)byte);
			}
			snprintf(expected, sizeof(expected),
				"{\"type\":\"setting.set\",\"key\":\"k\",\"value\":\"%.*s%s%.*s\"}",
				(int)place, "aaaaaaaaaaaaaaaaaaa", escaped, (int)(18 - place),
				"aaaaaaaaaaaaaaaaaaa");
			CHECK_STR(encode(TYPE_SETTING_SET, &set), expected);
			CHECK(message_encode_bound(TYPE_SETTING_SET, &set) >= strlen(expected));
		}
	}
}

/* A buffer that is one byte or more too small gives 0, and not a byte behind it is written. */
static void check_capacities(enum message_type type, enum sample_how how)
{
	struct sample sample;
	sample_init(&sample, type, how);
	size_t size;
	char *whole = sample_encode(&sample, &size);
	CHECK(size > 0);
	size_t step = size / 64 + 1;
	for (size_t capacity = 0; capacity < size; capacity += step) {
		char *buffer = malloc(capacity + 1);
		REQUIRE(buffer != NULL);
		buffer[capacity] = '#';
		CHECK_INT(message_encode(type, sample.message, buffer, capacity), 0);
		CHECK_INT(buffer[capacity], '#');
		free(buffer);
	}
	char *buffer = malloc(size);
	REQUIRE(buffer != NULL);
	CHECK_INT(message_encode(type, sample.message, buffer, size - 1), 0);
	CHECK_INT(message_encode(type, sample.message, buffer, size), size);
	CHECK(memcmp(buffer, whole, size) == 0);
	free(buffer);
	free(whole);
	sample_finish(&sample);
}

static void test_capacities(void)
{
	for (unsigned type = 0; type < TYPE_COUNT; type++) {
		for (int how = 0; how < SAMPLE_COUNT; how++) {
			check_capacities((enum message_type)type, (enum sample_how)how);
		}
	}
}

int main(void)
{
	RUN(test_chat_posted);
	RUN(test_lists);
	RUN(test_small_messages);
	RUN(test_every_byte);
	RUN(test_capacities);
	return tap_done();
}
