/* A secret as hex digits: what is one, and what is none. */
#include "daemon/secret_text.h"
#include "tests/unit/tap.h"

#define DIGITS "00112233445566778899aabbccddeeff0123456789abcdefFEDCBA9876543210"

static void test_digits(void)
{
	static const uint8_t begin[] = {0x00, 0x11, 0x22}, end[] = {0x54, 0x32, 0x10};
	uint8_t secret[SECRET_BYTES] = {0};
	CHECK(secret_text_read(DIGITS, secret));
	CHECK(memcmp(secret, begin, sizeof(begin)) == 0);
	CHECK(memcmp(secret + SECRET_BYTES - sizeof(end), end, sizeof(end)) == 0);
}

static void test_what_is_none(void)
{
	static const char *const wrong[] = {"", "0", " " DIGITS, DIGITS " ", DIGITS "0",
		DIGITS DIGITS, "0x112233445566778899aabbccddeeff0123456789abcdefFEDCBA9876543210",
		"g0112233445566778899aabbccddeeff0123456789abcdefFEDCBA9876543210",
		"00112233445566778899aabbccddeeff0123456789abcdefFEDCBA987654321g",
		"0011223344556677:8899aabbccddeeff0123456789abcdefFEDCBA987654321",
		"00112233445566778899aabbccddeeff0123456789abcdefFEDCBA987654321",
		"00112233445566778899aabbccddeeff0123456789abcdefFEDCBA98765432"};
	uint8_t secret[SECRET_BYTES];
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (secret_text_read(wrong[i], secret)) {
			printf("# taken for a secret: \"%s\"\n", wrong[i]);
			tap_this_failed = true;
		}
	}
}

int main(void)
{
	RUN(test_digits);
	RUN(test_what_is_none);
	return tap_done();
}
