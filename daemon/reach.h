/* Where adults are reached outside of the page, and who is on duty; in memory as on disk. */
#ifndef HARK_DAEMON_REACH_H
#define HARK_DAEMON_REACH_H

#include "daemon/dispatch.h"
#include "storage/store.h"
#include "storage/table_reach.h"

#include <stdbool.h>

struct account;
struct server;

/* What a mail address and an ntfy topic must be to be used as one. Neither may be empty. */
bool reach_is_mail(struct text text);
bool reach_is_topic(struct text text);

/* After the accounts. */
enum store_status reach_load(struct server *server);

/* An account's row as it is once all that is on its way has arrived: to be changed and given to
 * reach_change(), which answers the asker once it is on disk. */
struct reach_row reach_newest(const struct account *account);
void reach_change(struct server *server, struct account *account, const struct reach_row *row,
	const struct asker *asker);

/* An adult who may sign in. */
bool reach_is_adult(const struct account *account);
bool reach_somebody_on_duty(const struct server *server);

#endif
