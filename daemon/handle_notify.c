/* The ways to adults: a test of them, and how they do. */
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/session.h"

enum outcome handle_notify_test(struct session *session, const struct msg_notify_test *request)
{
	struct server *server = session->server;
	if (server->transport == NULL || !journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE); /* nobody would send it */
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	const enum wire_channel *channel = request->has_channel ? &request->channel : NULL;
	return outbox_test(server, channel, session->account, &asker) ? OUTCOME_ANSWERED
								      : refuse(WIRE_CODE_TOO_MANY);
}

enum outcome handle_notify_status(struct session *session, const struct msg_notify_status *request)
{
	struct item_channel_state states[OUTBOX_CHANNELS_MAX];
	const struct msg_notify_told told = {
		.has_ref = request->has_ref,
		.ref = request->ref,
		.channels = states,
		.channels_count = outbox_states(session->server, states),
	};
	session_send(session, TYPE_NOTIFY_TOLD, &told);
	return OUTCOME_ANSWERED;
}
