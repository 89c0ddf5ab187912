/* The audit, read. */
#include "daemon/dispatch.h"

enum outcome handle_audit_list(struct session *session, const struct msg_audit_list *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
