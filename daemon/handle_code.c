/* Codes that admit: printed, listed, revoked. */
#include "daemon/dispatch.h"

enum outcome handle_code_print(struct session *session, const struct msg_code_print *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_code_list(struct session *session, const struct msg_code_list *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_code_revoke(struct session *session, const struct msg_code_revoke *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
