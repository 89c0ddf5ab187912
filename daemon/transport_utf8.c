/* UTF-8, piece by piece: Unicode's table 3-7 of well-formed byte sequences. */
#include "daemon/transport_utf8.h"

#include <string.h>

static bool begin(struct utf8 *utf8, uint8_t byte)
{
	utf8->low = 0x80;
	utf8->high = 0xbf;
	if (byte < 0x80) {
		return true;
	}
	if (byte >= 0xc2 && byte <= 0xdf) {
		utf8->left = 1;
		return true;
	}
	if (byte >= 0xe0 && byte <= 0xef) {
		utf8->left = 2;
		utf8->low = byte == 0xe0 ? 0xa0 : 0x80; /* overlong */
		utf8->high = byte == 0xed ? 0x9f : 0xbf; /* surrogates */
		return true;
	}
	if (byte >= 0xf0 && byte <= 0xf4) {
		utf8->left = 3;
		utf8->low = byte == 0xf0 ? 0x90 : 0x80; /* overlong */
		utf8->high = byte == 0xf4 ? 0x8f : 0xbf; /* above U+10FFFF */
		return true;
	}
	return false;
}

/* Most text is ASCII: eight bytes of it at once. */
static size_t ascii_size(const uint8_t *bytes, size_t size)
{
	size_t ascii = 0;
	while (size - ascii >= sizeof(uint64_t)) {
		uint64_t eight;
		memcpy(&eight, bytes + ascii, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0) {
			break;
		}
		ascii += sizeof(eight);
	}
	return ascii;
}

bool utf8_feed(struct utf8 *utf8, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < size; i++) {
		if (utf8->left == 0) {
			i += ascii_size(at + i, size - i);
			if (i == size) {
				break;
			}
		}
		if (utf8->left == 0) {
			if (!begin(utf8, at[i])) {
				return false;
			}
			continue;
		}
		if (at[i] < utf8->low || at[i] > utf8->high) {
			return false;
		}
		utf8->low = 0x80;
		utf8->high = 0xbf;
		utf8->left--;
	}
	return true;
}

bool utf8_whole(const struct utf8 *utf8)
{
	return utf8->left == 0;
}
