/*
 * UTF-8 as it arrives, piece by piece (RFC 3629): wrong bytes are seen at once, not at the
 * message's end (RFC 6455 8.1).
 */
#ifndef HARK_DAEMON_TRANSPORT_UTF8_H
#define HARK_DAEMON_TRANSPORT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} at a text's start. */
struct utf8 {
	uint8_t left; /* bytes the character still needs */
	uint8_t low, high; /* bounds of its next byte, where they are not 0x80 and 0xbf */
};

bool utf8_feed(struct utf8 *utf8, const void *bytes, size_t size); /* false: not UTF-8 */
bool utf8_whole(const struct utf8 *utf8); /* no character is half there */

#endif
