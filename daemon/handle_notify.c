/* A test of the ways to adults. */
#include "daemon/dispatch.h"

enum outcome handle_notify_test(struct session *session, const struct msg_notify_test *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_notify_status(struct session *session, const struct msg_notify_status *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
