/* A room's key blocked for a time, by a counselor or by a supporter's one tap, and lifted. */
#include "daemon/dispatch.h"

enum outcome handle_room_block(struct session *session, const struct msg_room_block *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_unblock(struct session *session, const struct msg_room_unblock *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_report(struct session *session, const struct msg_room_report *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
