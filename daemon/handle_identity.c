/* Sealed details: offered, asked for, opened. */
#include "daemon/dispatch.h"

enum outcome handle_identity_offer(
	struct session *session, const struct msg_identity_offer *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_status(
	struct session *session, const struct msg_identity_status *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_ask(struct session *session, const struct msg_identity_ask *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_approve(
	struct session *session, const struct msg_identity_approve *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_decline(
	struct session *session, const struct msg_identity_decline *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_open(struct session *session, const struct msg_identity_open *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_close(
	struct session *session, const struct msg_identity_close *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_identity_grant(
	struct session *session, const struct msg_identity_grant *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escrow_status(struct session *session, const struct msg_escrow_status *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escrow_recovery(
	struct session *session, const struct msg_escrow_recovery *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escrow_grant(struct session *session, const struct msg_escrow_grant *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_escrow_drill(struct session *session, const struct msg_escrow_drill *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
