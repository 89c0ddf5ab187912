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

static void write_message(struct outbox_message *message, struct text address, size_t which,
	int day, int64_t entry, const char *hash)
{
	message->kind = OUTBOX_AUDIT_HEAD;
	message->channel = WIRE_CHANNEL_MAIL;
	snprintf(message->key, sizeof(message->key), "audit-head-%d-%zu", day, which);
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
		write_message(&messages[i], settings->audit_head_to[i], i, day, entry, hash);
	}
	outbox_post(server, messages, count);
	free(messages);
}
