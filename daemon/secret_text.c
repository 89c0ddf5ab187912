/* A secret as hex digits; see secret_text.h. */
#include "daemon/secret_text.h"

#include <sodium.h>
#include <string.h>

bool secret_text_read(const char *text, uint8_t secret[SECRET_BYTES])
{
	const size_t digits = SECRET_BYTES * 2;
	size_t read = 0;
	return strlen(text) == digits &&
	       sodium_hex2bin(secret, SECRET_BYTES, text, digits, NULL, &read, NULL) == 0 &&
	       read == SECRET_BYTES;
}
