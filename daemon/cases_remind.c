/* Follow-ups that are due: a message to whose case it is. Its number and where to look; no more. */
#include "daemon/cases.h"

#include "daemon/config.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void cases_remind(struct server *server, const struct case_file *file, int day)
{
	const struct account *owner = staff_account(server->staff, file->owner);
	if (owner == NULL || owner->row.disabled || owner->reach.mail[0] == '\0' ||
		!outbox_has(server, WIRE_CHANNEL_MAIL)) {
		return; /* it stands on the page, for everybody */
	}
	char number[CASE_NUMBER_BYTES], where[400] = "";
	case_number(file, number);
	if (server->config->public_url[0] != '\0') {
		snprintf(where, sizeof(where), "\n\n%s/oversight", server->config->public_url);
	}
	struct outbox_message *message = xcalloc(1, sizeof(*message));
	message->kind = OUTBOX_CASE;
	message->channel = WIRE_CHANNEL_MAIL;
	snprintf(message->key, sizeof(message->key), "case-%" PRId64 "-%d", file->id, day);
	snprintf(message->who, sizeof(message->who), "%s", owner->row.alias);
	snprintf(message->address, sizeof(message->address), "%s", owner->reach.mail);
	snprintf(message->title, sizeof(message->title), "Hark: case %s is to be looked at again",
		number);
	snprintf(message->text, sizeof(message->text),
		"The follow-up of case %s is due.%s\n\nThis comes once a day until the case has "
		"another date or is closed.\n",
		number, where);
	outbox_post(server, message, 1);
	free(message);
}
