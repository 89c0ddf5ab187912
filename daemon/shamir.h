/*
 * A secret in parts of which any two give it back and one alone says nothing: Shamir's scheme with
 * threshold two, byte by byte over GF(2^8) with the polynomial of AES (x^8 + x^4 + x^3 + x + 1).
 * A. Shamir, "How to Share a Secret", CACM 22 (11), 1979. Pure; time does not depend on secrets.
 */
#ifndef HARK_DAEMON_SHAMIR_H
#define HARK_DAEMON_SHAMIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SHAMIR_PARTS_MAX = 255,
};

/*
 * Writes part number `x` (1..255) of a secret: part[i] = secret[i] + x * slope[i]. slope is as
 * many random bytes as the secret has, the same for all parts of it, kept nowhere.
 */
void shamir_part(
	const uint8_t *secret, const uint8_t *slope, size_t size, uint8_t x, uint8_t *part);

/* The secret of two parts. False: they are the same part, or one has number 0. */
bool shamir_join(uint8_t x1, const uint8_t *part1, uint8_t x2, const uint8_t *part2, size_t size,
	uint8_t *secret);

/* For tests: the field's product and inverse (0 has none: 0). */
uint8_t shamir_multiply(uint8_t a, uint8_t b);
uint8_t shamir_invert(uint8_t a);

#endif
