/* Older items for another holder, the recovery key, the drill. */
#ifndef HARK_DAEMON_ESCROW_GRANT_H
#define HARK_DAEMON_ESCROW_GRANT_H

#include "daemon/dispatch.h"

struct server;
struct session;

/* With the own password, from a holder's page. Answers by itself, or refuses now. */
enum outcome grant_by_holder(struct session *session, const struct msg_identity_grant *request);
/* With the recovery key, from the hark command. */
enum outcome grant_by_recovery(struct session *session, const struct msg_escrow_grant *request);

enum outcome recovery_make(struct session *session, const struct msg_escrow_recovery *request);
enum outcome drill_run(struct session *session, const struct msg_escrow_drill *request);

#endif
