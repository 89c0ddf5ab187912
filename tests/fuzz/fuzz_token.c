/*
 * Fuzzes how a request says whose it is: the token of a tab (Authorization, for pictures and for
 * streams) and of a sign-in (its cookie), from the header to 32 bytes. The data are one header. A
 * secret is read where a plainer way reads the same, and nowhere else.
 */
#include "daemon/secret_text.h"
#include "daemon/transport_fields.h"
#include "daemon/transport_peer.h"
#include "tests/fuzz/drive.h"

#include <string.h>
#include <strings.h>

static bool plain_secret(const char *text, uint8_t secret[SECRET_BYTES])
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	if (strlen(text) != 2 * SECRET_BYTES || strspn(text, digits) != 2 * SECRET_BYTES) {
		return false;
	}
	for (size_t i = 0; i < SECRET_BYTES; i++) {
		size_t high = (size_t)(strchr(digits, text[2 * i]) - digits) % 16;
		size_t low = (size_t)(strchr(digits, text[2 * i + 1]) - digits) % 16;
		secret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void try_secret(const char *text)
{
	uint8_t secret[SECRET_BYTES], plain[SECRET_BYTES];
	bool read = secret_text_read(text, secret);
	MUST(read == plain_secret(text, plain));
	MUST(!read || memcmp(secret, plain, SECRET_BYTES) == 0);
}

static void try_bearer(const char *header)
{
	char token[80], written[7 + sizeof(token)];
	bool read = field_bearer(header, token, sizeof(token));
	bool plain = strncasecmp(header, "bearer ", 7) == 0 && strlen(header) < 7 + sizeof(token);
	MUST(read == plain);
	if (read) {
		snprintf(written, sizeof(written), "%.7s%s", header, token);
		MUST(strcmp(header, written) == 0);
		try_secret(token);
	}
}

static void try_stream_key(const char *header)
{
	uint8_t key[STREAM_KEY_SIZE], plain[SECRET_BYTES];
	bool read = field_stream_key(header, key);
	MUST(read == (strncasecmp(header, "hark ", 5) == 0 && plain_secret(header + 5, plain)));
	MUST(!read || memcmp(key, plain, STREAM_KEY_SIZE) == 0);
}

static void try_cookie(const char *header)
{
	char value[96];
	if (peer_cookie(header, "hark", value, sizeof(value)) ||
		peer_cookie(header, "__Host-hark", value, sizeof(value))) {
		MUST(strstr(header, value) != NULL);
		try_secret(value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = malloc(size + 1);
	MUST(header != NULL);
	memcpy(header, data, size);
	header[size] = '\0';
	try_secret(header);
	try_bearer(header);
	try_stream_key(header);
	try_cookie(header);
	free(header);
	return 0;
}
