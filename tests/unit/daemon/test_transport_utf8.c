/* UTF-8 in pieces: against every character there is, and every way to be wrong. */
#include "daemon/transport_utf8.h"
#include "tests/unit/tap.h"

static size_t encode(uint32_t point, uint8_t out[4])
{
	if (point < 0x80) {
		out[0] = (uint8_t)point;
		return 1;
	}
	size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = size - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	out[0] = (uint8_t)(lead[size] | point);
	return size;
}

/* Byte by byte: what comes at once is what comes in pieces. */
static bool good(const uint8_t *bytes, size_t size)
{
	struct utf8 utf8 = {0};

	for (size_t i = 0; i < size; i++) {
		if (!utf8_feed(&utf8, bytes + i, 1)) {
			return false;
		}
	}
	return utf8_whole(&utf8);
}

static void test_every_code_point(void)
{
	uint32_t wrong = 0;

	for (uint32_t point = 0; point < 0x120000; point++) {
		uint8_t bytes[4];
		size_t size = encode(point, bytes);
		bool scalar = point < 0xd800 || (point > 0xdfff && point < 0x110000);
		wrong += good(bytes, size) != scalar;
	}
	CHECK_INT(wrong, 0);
}

/* Of all pairs, triples and quadruples of interesting bytes exactly the shortest forms are good. */
static void test_every_mixture(void)
{
	static const uint8_t some[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
		0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5,
		0xf8, 0xfe, 0xff};
	enum {
		COUNT = sizeof some
	};
	unsigned found = 0;

	for (unsigned n = 0; n < COUNT * COUNT * COUNT; n++) {
		uint8_t lead = some[n / (COUNT * COUNT)];
		uint8_t bytes[3] = {lead, some[n / COUNT % COUNT], some[n % COUNT]};
		uint32_t point = (uint32_t)((lead & 0x0f) << 12 | (bytes[1] & 0x3f) << 6 |
					    (bytes[2] & 0x3f));
		uint8_t again[4];
		bool right = lead >= 0xe0 && lead <= 0xef && encode(point, again) == 3 &&
			     memcmp(again, bytes, 3) == 0 && (point < 0xd800 || point > 0xdfff);
		if (lead >= 0xe0) {
			found += good(bytes, 3) != right;
		}
	}
	CHECK_INT(found, 0);
}

static void test_half_characters_are_not_whole(void)
{
	struct utf8 utf8 = {0};

	CHECK(utf8_whole(&utf8));
	CHECK(utf8_feed(&utf8, "a\xf0\x9f", 3));
	CHECK(!utf8_whole(&utf8));
	CHECK(utf8_feed(&utf8, NULL, 0));
	CHECK(!utf8_whole(&utf8));
	CHECK(utf8_feed(&utf8, "\x9c\x81z", 3));
	CHECK(utf8_whole(&utf8));
}

static void test_wrong_at_the_first_wrong_byte(void)
{
	struct utf8 utf8 = {0};

	CHECK(utf8_feed(&utf8, "\xf4", 1));
	CHECK(!utf8_feed(&utf8, "\x90", 1));
	utf8 = (struct utf8){0};
	CHECK(!utf8_feed(&utf8, "abc\x80", 4));
	utf8 = (struct utf8){0};
	CHECK(!utf8_feed(&utf8, "\xc3z", 2));
}

int main(void)
{
	RUN(test_every_code_point);
	RUN(test_every_mixture);
	RUN(test_half_characters_are_not_whole);
	RUN(test_wrong_at_the_first_wrong_byte);
	return tap_done();
}
