/* The own account: password, signing out everywhere. */
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/signin.h"
#include "daemon/staff.h"

enum outcome handle_staff_password(
	struct session *session, const struct msg_staff_password *request)
{
	if (!journal_writable(session->server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	return signin_change(session, request);
}

enum outcome handle_staff_sign_out_all(
	struct session *session, const struct msg_staff_sign_out_all *request)
{
	(void)request;
	if (!journal_writable(session->server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	staff_sign_out(session->server, session->account, NULL);
	return OUTCOME_OK;
}

/* These two come as posts; over a socket nobody's role may send them (messages.def). */
enum outcome handle_sign_in(struct session *session, const struct msg_sign_in *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_NOT_ALLOWED);
}

enum outcome handle_sign_enrol(struct session *session, const struct msg_sign_enrol *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_NOT_ALLOWED);
}
