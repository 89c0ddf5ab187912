/* Which way up, and nothing else. */
#include "picture/exif.h"
#include "tests/unit/tap.h"

static const uint8_t little[] = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', '*', 0, 8, 0, 0, 0, 2, 0, 0x0f,
	1, 2, 0, 1, 0, 0, 0, 'X', 0, 0, 0, /* somebody's name comes first */
	0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t big[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12,
	0, 3, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0};

static void test_both_orders(void)
{
	CHECK_INT(exif_orientation(little, sizeof(little)), 6);
	CHECK_INT(exif_orientation(big, sizeof(big)), 8);
}

/* In memory of exactly that size, so that a sanitizer sees a byte too far. */
static unsigned of_copy(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size > 0 ? size : 1);
	memcpy(copy, bytes, size);
	unsigned orientation = exif_orientation(copy, size);
	free(copy);
	return orientation;
}

static void test_cut_off_anywhere(void)
{
	for (size_t size = 0; size < sizeof(little) - 6; size++) {
		CHECK_INT(of_copy(little, size), 1);
	}
	for (size_t size = 0; size < sizeof(big) - 6; size++) {
		CHECK_INT(of_copy(big, size), 1);
	}
}

static void test_nonsense(void)
{
	uint8_t copy[sizeof(big)];
	for (size_t i = 0; i < sizeof(big); i++) {
		for (unsigned value = 0; value < 256; value += 5) {
			memcpy(copy, big, sizeof(big));
			copy[i] = (uint8_t)value;
			unsigned orientation = of_copy(copy, sizeof(copy));
			CHECK(orientation >= 1 && orientation <= 8);
		}
	}
	memcpy(copy, big, sizeof(big));
	memset(copy + 10, 0xff, 4); /* the directory lies four gigabytes away */
	CHECK_INT(of_copy(copy, sizeof(copy)), 1);
	memcpy(copy, big, sizeof(big));
	copy[25] = 9;
	CHECK_INT(of_copy(copy, sizeof(copy)), 1);
}

int main(void)
{
	RUN(test_both_orders);
	RUN(test_cut_off_anywhere);
	RUN(test_nonsense);
	return tap_done();
}
