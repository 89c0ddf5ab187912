/* Two of many: the field against the textbook's, every pair of parts, and that one says nothing. */
#include "daemon/shamir.h"

#include "tests/unit/tap.h"

#include <stdint.h>
#include <string.h>

/* Schoolbook: multiply, then reduce by x^8 + x^4 + x^3 + x + 1 (0x11b). */
static unsigned by_hand(unsigned a, unsigned b)
{
	unsigned product = 0;
	for (unsigned i = 0; i < 8; i++) {
		product ^= (b >> i & 1) != 0 ? a << i : 0;
	}
	for (unsigned i = 15; i >= 8; i--) {
		product ^= (product >> i & 1) != 0 ? 0x11bu << (i - 8) : 0;
	}
	return product;
}

static void test_multiply(void)
{
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			unsigned got = shamir_multiply((uint8_t)a, (uint8_t)b);
			if (got != by_hand(a, b)) {
				CHECK_INT(got, by_hand(a, b));
				return;
			}
		}
	}
}

static void test_invert(void)
{
	CHECK_INT(shamir_invert(0), 0);
	for (unsigned a = 1; a < 256; a++) {
		CHECK_INT(shamir_multiply((uint8_t)a, shamir_invert((uint8_t)a)), 1);
	}
}

enum {
	SIZE = 4
};

static const uint8_t secret[SIZE] = {0, 1, 0x80, 0xff}, slope[SIZE] = {0x53, 0, 0xca, 0xff};

static void test_every_pair(void)
{
	uint8_t parts[256][SIZE], joined[SIZE];
	for (unsigned x = 1; x < 256; x++) {
		shamir_part(secret, slope, SIZE, (uint8_t)x, parts[x]);
	}
	for (unsigned a = 1; a < 256; a++) {
		for (unsigned b = 1; b < 256; b++) {
			bool is = shamir_join(
				(uint8_t)a, parts[a], (uint8_t)b, parts[b], SIZE, joined);
			if (is != (a != b) || (is && memcmp(joined, secret, SIZE) != 0)) {
				CHECK_INT(a, b);
				return;
			}
		}
	}
	CHECK(!shamir_join(0, parts[1], 1, parts[1], SIZE, joined));
}

/* Whatever one part is, every secret fits it, each with one slope. */
static void test_one_says_nothing(void)
{
	const uint8_t seen = 0x5a, x = 7;
	unsigned fits[256] = {0};
	for (unsigned s = 0; s < 256; s++) {
		for (unsigned k = 0; k < 256; k++) {
			uint8_t part, one = (uint8_t)s, other = (uint8_t)k;
			shamir_part(&one, &other, 1, x, &part);
			fits[s] += part == seen;
		}
	}
	for (unsigned s = 0; s < 256; s++) {
		CHECK_INT(fits[s], 1);
	}
}

int main(void)
{
	RUN(test_multiply);
	RUN(test_invert);
	RUN(test_every_pair);
	RUN(test_one_says_nothing);
	return tap_done();
}
