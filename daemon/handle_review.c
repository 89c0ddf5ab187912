/* Looking back: search, rooms of the past, export. */
#include "daemon/dispatch.h"

enum outcome handle_search(struct session *session, const struct msg_search *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_list(struct session *session, const struct msg_room_list *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_export(struct session *session, const struct msg_export *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
