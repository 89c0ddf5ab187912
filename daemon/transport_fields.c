/* Headers of posts, of the plain-HTTP fallback and of pictures. */
#include "daemon/transport_fields.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

bool field_stream_key(const char *header, uint8_t key[STREAM_KEY_SIZE])
{
	static const char scheme[] = "Hark ";
	size_t scheme_size = sizeof scheme - 1, written = 0;

	if (header == NULL || strlen(header) != scheme_size + 2 * STREAM_KEY_SIZE ||
		strncasecmp(header, scheme, scheme_size) != 0) {
		return false;
	}
	return sodium_hex2bin(key, STREAM_KEY_SIZE, header + scheme_size, 2 * STREAM_KEY_SIZE, NULL,
		       &written, NULL) == 0 &&
	       written == STREAM_KEY_SIZE;
}

bool field_bearer(const char *header, char *out, size_t size)
{
	static const char scheme[] = "Bearer ";
	size_t scheme_size = sizeof scheme - 1;

	if (header == NULL || strncasecmp(header, scheme, scheme_size) != 0 ||
		strlen(header + scheme_size) >= size) {
		return false;
	}
	memcpy(out, header + scheme_size, strlen(header + scheme_size) + 1);
	return true;
}

bool field_number(const char *header, uint64_t *out)
{
	size_t digits = header == NULL ? 0 : strspn(header, "0123456789");
	uint64_t value = 0;

	if (digits == 0 || digits > 18 || header[digits] != '\0') {
		return false;
	}
	for (size_t i = 0; i < digits; i++) {
		value = value * 10 + (uint64_t)(header[i] - '0');
	}
	*out = value;
	return true;
}

/* Bytes up to the comma that ends a list's item; one within quotes ends nothing. */
static size_t item_size(const char *text)
{
	bool quoted = false;
	size_t size = 0;

	for (; text[size] != '\0' && (quoted || text[size] != ','); size++) {
		if (text[size] == '"') {
			quoted = !quoted;
		} else if (quoted && text[size] == '\\' && text[size + 1] != '\0') {
			size++;
		}
	}
	return size;
}

/* "wait", "=" and digits, with spaces between and parameters behind. */
static bool read_wait(const char *item, size_t size, unsigned *out)
{
	static const char name[] = "wait";
	const char *at = item + sizeof name - 1, *end = item + size;
	unsigned value = 0;

	if (size < sizeof name || strncasecmp(item, name, sizeof name - 1) != 0) {
		return false;
	}
	at += strspn(at, " \t");
	if (at >= end || *at != '=') {
		return false;
	}
	at++;
	at += strspn(at, " \t");
	size_t digits = strspn(at, "0123456789");
	const char *rest = at + digits + strspn(at + digits, " \t");
	if (digits == 0 || (rest < end && *rest != ';')) {
		return false;
	}
	for (; digits > 0 && value <= STREAM_WAIT_MAX_S; at++, digits--) {
		value = value * 10 + (unsigned)(*at - '0');
	}
	*out = value > STREAM_WAIT_MAX_S ? STREAM_WAIT_MAX_S : value;
	return true;
}

bool field_wait(const char *header, unsigned *out)
{
	while (header != NULL && *header != '\0') {
		header += strspn(header, " \t,");
		size_t size = item_size(header);
		if (read_wait(header, size, out)) {
			return true;
		}
		header += size;
	}
	return false;
}
