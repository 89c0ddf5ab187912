/*
 * Looking at eight bytes of text at once. For protocol/ alone. Most of a message is text that
 * needs nothing done: these tell so eight times faster than a loop over bytes.
 *
 * Each function is zero when none of the eight bytes is meant, and not zero when one is. (When one
 * is, its neighbours may be marked too: a borrow runs on. So ask whether, not which.)
 */
#ifndef HARK_PROTOCOL_EIGHT_H
#define HARK_PROTOCOL_EIGHT_H

#include <stdint.h>
#include <string.h>

#define EIGHT_ONES UINT64_C(0x0101010101010101)
#define EIGHT_TOPS UINT64_C(0x8080808080808080)

static inline uint64_t eight_load(const void *bytes)
{
	uint64_t eight;
	memcpy(&eight, bytes, sizeof(eight));
	return eight;
}

/* Beyond ASCII. */
static inline uint64_t eight_high(uint64_t eight)
{
	return eight & EIGHT_TOPS;
}

/* Below limit, which is at most 0x80: subtracting it borrows into the top bit. */
static inline uint64_t eight_below(uint64_t eight, unsigned char limit)
{
	return (eight - EIGHT_ONES * limit) & ~eight & EIGHT_TOPS;
}

static inline uint64_t eight_equal(uint64_t eight, unsigned char byte)
{
	return eight_below(eight ^ EIGHT_ONES * byte, 1);
}

/* What JSON must escape: quote, backslash, controls below 0x20 (RFC 8259 7). */
static inline uint64_t eight_escaped(uint64_t eight)
{
	return eight_below(eight, 0x20) | eight_equal(eight, '"') | eight_equal(eight, '\\');
}

#endif
