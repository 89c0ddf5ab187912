/* Where adults are reached, and who is on duty. */
#include "daemon/dispatch.h"
#include "daemon/journal.h"
#include "daemon/reach.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/setup.h"
#include "daemon/staff.h"

#include <stdio.h>

enum outcome handle_duty_set(struct session *session, const struct msg_duty_set *request)
{
	struct server *server = session->server;
	if (!journal_writable(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct reach_row row = reach_newest(session->account);
	row.on_duty = request->on;
	reach_change(server, session->account, &row, &asker);
	return OUTCOME_ANSWERED;
}

static void copy(char to[REACH_TEXT_BYTES], struct text text)
{
	snprintf(to, REACH_TEXT_BYTES, "%.*s", (int)text.size, text.bytes);
}

enum outcome handle_account_reach(struct session *session, const struct msg_account_reach *request)
{
	struct server *server = session->server;
	struct asker asker = dispatch_asker(session, request->has_ref, request->ref);
	struct account *account = session->account; /* NULL: the operator */
	if (request->has_login) {
		account = staff_by_login(server->staff, request->login.bytes, request->login.size);
	}
	if (account == NULL || !reach_is_adult(account)) {
		return refuse(WIRE_CODE_NO_SUCH);
	}
	if (session->role == WIRE_ROLE_COUNSELOR && account != session->account) {
		return refuse(WIRE_CODE_NOT_ALLOWED);
	}
	if (request->has_mail && request->mail.size > 0 && !reach_is_mail(request->mail)) {
		return setup_refuse(
			session, &asker, WIRE_CODE_BAD_TEXT, "This is no mail address.");
	}
	if (request->has_ntfy && request->ntfy.size > 0 && !reach_is_topic(request->ntfy)) {
		return setup_refuse(session, &asker, WIRE_CODE_BAD_TEXT,
			"An ntfy topic has up to 64 letters, digits, dashes and underscores.");
	}
	if (!setup_may_change(server)) {
		return refuse(WIRE_CODE_UNAVAILABLE);
	}
	struct reach_row row = reach_newest(account);
	if (request->has_mail) {
		copy(row.mail, request->mail);
	}
	if (request->has_ntfy) {
		copy(row.ntfy, request->ntfy);
	}
	setup_note(session, WIRE_AUDIT_ACCOUNT, "Where %s is reached was changed.",
		account->row.login);
	reach_change(server, account, &row, &asker);
	return OUTCOME_ANSWERED;
}
