/*
 * Fuzzes the headers of the plain-HTTP fallback: Authorization, Prefer, and those that are
 * numbers. What is taken is written again, plainly, and must be what was there.
 */
#include "daemon/transport_fields.h"
#include "tests/fuzz/drive.h"

#include <string.h>
#include <strings.h>

static void try_key(const char *header)
{
	uint8_t key[STREAM_KEY_SIZE];
	if (!field_stream_key(header, key)) {
		return;
	}
	char written[5 + 2 * STREAM_KEY_SIZE + 1] = "hark ";
	for (size_t i = 0; i < STREAM_KEY_SIZE; i++) {
		snprintf(written + 5 + 2 * i, 3, "%02x", key[i]);
	}
	MUST(strcasecmp(header, written) == 0);
}

static void try_number(const char *header)
{
	uint64_t number;
	if (!field_number(header, &number)) {
		return;
	}
	char written[24];
	snprintf(written, sizeof(written), "%llu", (unsigned long long)number);
	MUST(strcmp(header + strspn(header, "0"), number == 0 ? "" : written) == 0);
	MUST(strlen(header) <= 18);
}

static void try_wait(const char *header)
{
	unsigned wait;
	if (!field_wait(header, &wait)) {
		return;
	}
	MUST(wait <= STREAM_WAIT_MAX_S);
	MUST(strcasestr(header, "wait") != NULL && strpbrk(header, "0123456789") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = malloc(size + 1);
	MUST(header != NULL);
	memcpy(header, data, size);
	header[size] = '\0';
	try_key(header);
	try_number(header);
	try_wait(header);
	free(header);
	return 0;
}
