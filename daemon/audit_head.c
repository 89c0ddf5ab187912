/* The audit's head, to the log and to whoever keeps it outside. */
#include "daemon/audit.h"

#include "daemon/log.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/xalloc.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* Once a day to each address, whatever the list was before. */
static void write_key(char key[OUTBOX_KEY_BYTES], int day, struct text address)
{
	uint8_t which[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof(which) + 1];
	crypto_generichash(
		which, sizeof(which), (const uint8_t *)address.bytes, address.size, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), which, sizeof(which));
	snprintf(key, OUTBOX_KEY_BYTES, "audit-head-%d-%.12s", day, hex);
}

static void write_message(struct outbox_message *message, struct text address, int day,
	int64_t entry, const char *hash)
{
	message->kind = OUTBOX_AUDIT_HEAD;
	message->channel = WIRE_CHANNEL_MAIL;
	write_key(message->key, day, address);
	snprintf(message->who, sizeof(message->who), "the keeper of the audit's head");
	snprintf(message->address, sizeof(message->address), "%.*s", (int)address.size,
		address.bytes);
	snprintf(message->title, sizeof(message->title), "Hark: the audit stands at entry %" PRId64,
		entry);
	snprintf(message->text, sizeof(message->text),
		"Please keep this message. It proves later that nothing up to here was changed or "
		"cut off:\n\n  hark audit verify --head %" PRId64 ":%s\n",
		entry, hash);
}

void audit_tell_head(struct server *server, int day)
{
	const struct settings *settings = server->settings;
	uint8_t bytes[AUDIT_HASH_BYTES];
	char hash[2 * AUDIT_HASH_BYTES + 1];
	int64_t entry = audit_head(server, bytes);
	sodium_bin2hex(hash, sizeof(hash), bytes, sizeof(bytes));
	log_info("the audit's head is %" PRId64 ":%s", entry, hash);
	size_t count = settings->audit_head_to_count;
	if (day == 0 || count == 0) {
		return;
	}
	if (!outbox_has(server, WIRE_CHANNEL_MAIL)) {
		log_warning("audit_head_to names somebody, but no mail server is set up");
		return;
	}
	struct outbox_message *messages = xcalloc(count, sizeof(*messages));
	for (size_t i = 0; i < count; i++) {
		write_message(&messages[i], settings->audit_head_to[i], day, entry, hash);
	}
	outbox_post(server, messages, count);
	free(messages);
}
