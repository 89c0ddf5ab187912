/* hark verify, of a file that is open: every page's seal, then every table, beside everything else.
 */
#include "daemon/dispatch.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/setup.h"
#include "daemon/xalloc.h"
#include "storage/store.h"

#include <stdio.h>
#include <stdlib.h>

struct verification {
	struct store_check pages; /* first */
	struct store_table_check tables; /* then */
	struct server *server;
	struct asker asker;
};

static void answer(struct verification *verification, bool sound, const char *problem)
{
	struct session *session = server_session(verification->server, verification->asker.session);
	if (session != NULL) {
		const struct msg_verify_told told = {
			.has_ref = verification->asker.has_ref,
			.ref = verification->asker.ref,
			.pages = verification->pages.pages,
			.sound = sound,
			.problem = text_of(problem),
		};
		session_send(session, TYPE_VERIFY_TOLD, &told);
	}
	free(verification);
}

/* Nothing is known of the file: it could not be read to its end. */
static void give_up(struct verification *verification, enum store_status status)
{
	struct session *session = server_session(verification->server, verification->asker.session);
	if (session != NULL) {
		setup_refuse(session, &verification->asker, WIRE_CODE_UNAVAILABLE,
			status == STORE_REFUSED ? "The file is being verified already."
						: store_status_text(status));
	}
	free(verification);
}

static void on_table_checked(struct store_job *job, enum store_status status)
{
	struct store_table_check *tables = (struct store_table_check *)job;
	struct verification *verification = tables->owner;
	if (status == STORE_OK && !tables->ended) {
		store_read_slow(verification->server->store, job);
	} else if (status == STORE_OK) {
		answer(verification, true, "");
	} else if (status == STORE_DAMAGED) {
		char problem[400];
		snprintf(problem, sizeof(problem), "The table %s is not sound: %s", tables->table,
			tables->complaint);
		answer(verification, false, problem);
	} else {
		give_up(verification, status);
	}
}

static void on_pages_checked(struct store_job *job, enum store_status status)
{
	struct verification *verification = (struct verification *)job;
	if (status == STORE_OK) {
		store_read_slow(verification->server->store, &verification->tables.job);
	} else if (status == STORE_DAMAGED) {
		char problem[100];
		snprintf(problem, sizeof(problem), "Page %u is damaged or was changed.",
			verification->pages.pages + 1);
		answer(verification, false, problem);
	} else {
		give_up(verification, status);
	}
}

enum outcome handle_verify(struct session *session, const struct msg_verify *request)
{
	struct verification *verification = xcalloc(1, sizeof(*verification));
	verification->server = session->server;
	verification->asker = dispatch_asker(session, request->has_ref, request->ref);
	verification->pages.job.done = on_pages_checked;
	verification->tables.job.run = store_table_check_run;
	verification->tables.job.done = on_table_checked;
	verification->tables.owner = verification;
	store_check(session->server->store, &verification->pages);
	return OUTCOME_ANSWERED;
}
