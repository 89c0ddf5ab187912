/* Calls for an adult, and who is on duty. */
#include "daemon/dispatch.h"

enum outcome handle_escalation_raise(
	struct session *session, const struct msg_escalation_raise *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escalation_open(
	struct session *session, const struct msg_escalation_open *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escalation_take(
	struct session *session, const struct msg_escalation_take *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escalation_hand(
	struct session *session, const struct msg_escalation_hand *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escalation_close(
	struct session *session, const struct msg_escalation_close *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_duty_set(struct session *session, const struct msg_duty_set *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_account_reach(struct session *session, const struct msg_account_reach *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
