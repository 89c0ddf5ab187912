/* What counselors do in and beside a room. */
#include "daemon/dispatch.h"

enum outcome handle_room_step_in(struct session *session, const struct msg_room_step_in *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_step_out(struct session *session, const struct msg_room_step_out *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_nudge(struct session *session, const struct msg_room_nudge *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_note_send(struct session *session, const struct msg_note_send *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_room_marks(struct session *session, const struct msg_room_marks *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
