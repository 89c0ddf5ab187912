/* Headers of the plain-HTTP fallback and of pictures, as strangers write them. */
#include "daemon/transport_fields.h"
#include "tests/unit/tap.h"

#define DIGITS "00112233445566778899aabbccddeeff0123456789abcdefFEDCBA9876543210"

static void test_key(void)
{
	uint8_t key[STREAM_KEY_SIZE] = {0};
	static const uint8_t begin[] = {0x00, 0x11, 0x22}, end[] = {0x54, 0x32, 0x10};

	CHECK(field_stream_key("Hark " DIGITS, key));
	CHECK(memcmp(key, begin, sizeof begin) == 0);
	CHECK(memcmp(key + STREAM_KEY_SIZE - sizeof end, end, sizeof end) == 0);
	CHECK(field_stream_key("hARK " DIGITS, key));
}

static void test_what_is_no_key(void)
{
	static const char *const wrong[] = {"", "Hark", "Hark ", DIGITS, "Bearer " DIGITS,
		"Hark" DIGITS, "Hark  " DIGITS, " Hark " DIGITS, "Hark " DIGITS " ",
		"Hark " DIGITS "0", "Hark\t" DIGITS, "Hark 0x" DIGITS, "Harken " DIGITS,
		"Hark 0011223344556677 8899aabbccddeeff0123456789abcdefFEDCBA987654321",
		"Hark g0112233445566778899aabbccddeeff0123456789abcdefFEDCBA9876543210",
		"Hark 00112233445566778899aabbccddeeff0123456789abcdefFEDCBA987654321g",
		"Hark 00112233445566778899aabbccddeeff0123456789abcdefFEDCBA987654321"};
	uint8_t key[STREAM_KEY_SIZE];

	CHECK(!field_stream_key(NULL, key));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (field_stream_key(wrong[i], key)) {
			printf("# taken for a key: \"%s\"\n", wrong[i]);
			tap_this_failed = true;
		}
	}
}

static void test_bearer(void)
{
	static const char *const wrong[] = {"", "Bearer", "bearer\tabc", " Bearer abc", "Hark abc",
		"Bearerabc", "Bearer 12345678", "Basic Bearer abc"};
	char token[8] = "before";

	CHECK(!field_bearer(NULL, token, sizeof token));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		CHECK(!field_bearer(wrong[i], token, sizeof token));
	}
	CHECK_STR(token, "before");
	CHECK(field_bearer("Bearer 1234567", token, sizeof token));
	CHECK_STR(token, "1234567");
	CHECK(field_bearer("bEARER  a", token, sizeof token));
	CHECK_STR(token, " a");
	CHECK(field_bearer("Bearer ", token, sizeof token));
	CHECK_STR(token, "");
}

static void test_number(void)
{
	static const char *const wrong[] = {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "1e3", "one",
		"1,2", "1,1", "1000000000000000000", "18446744073709551616",
		"99999999999999999999999999"};
	uint64_t number = 99;

	CHECK(field_number("0", &number));
	CHECK_INT(number, 0);
	CHECK(field_number("007", &number));
	CHECK_INT(number, 7);
	CHECK(field_number("999999999999999999", &number));
	CHECK_INT(number, 999999999999999999);
	CHECK(!field_number(NULL, &number));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (field_number(wrong[i], &number)) {
			printf("# taken for a number: \"%s\"\n", wrong[i]);
			tap_this_failed = true;
		}
	}
	CHECK_INT(number, 999999999999999999);
}

static unsigned wait_of(const char *header)
{
	unsigned wait_s = 99;

	return field_wait(header, &wait_s) ? wait_s : 99;
}

static void test_wait(void)
{
	CHECK_INT(wait_of("wait=20"), 20);
	CHECK_INT(wait_of("WAIT=0"), 0);
	CHECK_INT(wait_of("wait = 5"), 5);
	CHECK_INT(wait_of("respond-async, wait=10"), 10);
	CHECK_INT(wait_of("wait=10; foo=bar, respond-async"), 10);
	CHECK_INT(wait_of("foo=\"a, wait=1\", wait=2"), 2);
	CHECK_INT(wait_of("foo=\"a\\\", wait=1\", wait=3"), 3);
	CHECK_INT(wait_of(",, wait=4 ,"), 4);
	CHECK_INT(wait_of("wait=6, wait=7"), 6);
	CHECK_INT(wait_of("wait=x, wait=8"), 8);
	CHECK_INT(wait_of("wait=30"), 30);
	CHECK_INT(wait_of("wait=31"), STREAM_WAIT_MAX_S);
	CHECK_INT(wait_of("wait=99999999999999999999999999999999"), STREAM_WAIT_MAX_S);
}

static void test_no_wait(void)
{
	static const char *const without[] = {"", ",", "wait", "wait=", "wait=,", "wait==1",
		"wait=\"5\"", "wait=-1", "wait=1x", "wait=1 2", "waiting=5", "await=5",
		"foo=\"wait=5\"", "foo=\"wait=5", "foo;wait=5", "\"wait=5", "\\", "foo=\"\\"};

	CHECK_INT(wait_of(NULL), 99);
	for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
		if (wait_of(without[i]) != 99) {
			printf("# taken for a wait: \"%s\"\n", without[i]);
			tap_this_failed = true;
		}
	}
}

int main(void)
{
	RUN(test_key);
	RUN(test_what_is_no_key);
	RUN(test_bearer);
	RUN(test_number);
	RUN(test_wait);
	RUN(test_no_wait);
	return tap_done();
}
