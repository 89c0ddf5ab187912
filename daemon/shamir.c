/* Two of many over GF(2^8). No table, no branch on a secret: a cache tells nothing. */
#include "daemon/shamir.h"

enum {
	REDUCED = 0x1b, /* x^8 in the field */
};

uint8_t shamir_multiply(uint8_t a, uint8_t b)
{
	unsigned product = 0, left = a;
	for (unsigned bit = 0; bit < 8; bit++) {
		product ^= left & (0u - ((unsigned)b >> bit & 1u));
		unsigned overflow = left >> 7 & 1u;
		left = (left << 1 & 0xffu) ^ (REDUCED & (0u - overflow));
	}
	return (uint8_t)product;
}

/* a^254: the group has 255 elements. */
uint8_t shamir_invert(uint8_t a)
{
	uint8_t square = a, inverse = 1;
	for (int i = 0; i < 7; i++) {
		square = shamir_multiply(square, square);
		inverse = shamir_multiply(inverse, square);
	}
	return inverse;
}

void shamir_part(const uint8_t *secret, const uint8_t *slope, size_t size, uint8_t x, uint8_t *part)
{
	for (size_t i = 0; i < size; i++) {
		part[i] = secret[i] ^ shamir_multiply(x, slope[i]);
	}
}

/* The line through both points, at 0: (x2 * p1 + x1 * p2) / (x1 + x2). */
bool shamir_join(uint8_t x1, const uint8_t *part1, uint8_t x2, const uint8_t *part2, size_t size,
	uint8_t *secret)
{
	if (x1 == x2 || x1 == 0 || x2 == 0) {
		return false;
	}
	uint8_t inverse = shamir_invert(x1 ^ x2);
	uint8_t weight1 = shamir_multiply(x2, inverse), weight2 = shamir_multiply(x1, inverse);
	for (size_t i = 0; i < size; i++) {
		secret[i] = shamir_multiply(weight1, part1[i]) ^ shamir_multiply(weight2, part2[i]);
	}
	return true;
}
