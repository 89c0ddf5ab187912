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

/* The file has no sign-in of the account any more: now memory, and the pages. */
static void on_signed_out(struct staff_job *job, enum store_status status)
{
	struct server *server = job->server;
	struct session *session = server_session(server, job->asker.session);
	struct account *account = staff_account(server->staff, job->write->login.account);
	if (status != STORE_OK) {
		dispatch_answer_error(server, &job->asker, WIRE_CODE_UNAVAILABLE);
		return;
	}
	dispatch_answer_ok(server, &job->asker, 0, 0, 0);
	if (session != NULL) {
		session_close(session, CLOSE_SIGNED_OUT, false); /* after the answer */
	}
	staff_sign_out(server, account, NULL);
}

enum outcome handle_staff_sign_out_all(
	struct session *session, const struct msg_staff_sign_out_all *request)
{
	if (!journal_writable(session->server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct staff_write *write = staff_write_create(STAFF_LOGIN_DROP_ALL);
	write->login.account = session->account->row.id;
	staff_change(session->server, write, &asker, on_signed_out, NULL);
	return OUTCOME_ANSWERED;
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
