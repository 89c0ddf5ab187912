/* Cases. */
#include "daemon/dispatch.h"

enum outcome handle_case_open(struct session *session, const struct msg_case_open *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_case_list(struct session *session, const struct msg_case_list *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_case_get(struct session *session, const struct msg_case_get *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_case_change(struct session *session, const struct msg_case_change *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_case_step(struct session *session, const struct msg_case_step *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_case_note(struct session *session, const struct msg_case_note *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
