/* Room for the log; see log_room.h. */
#include "storage/log_room.h"

#include "storage/store_db.h"
#include "storage/vault.h"

enum {
	ROOM_BYTES = 6 << 20 /* what comes in before the log is written back, and while it is */
};

static enum store_status run_room(struct store_job *job, struct store_db *db)
{
	(void)job;
	vault_widen_log(store_db_handle(db), ROOM_BYTES);
	return STORE_OK;
}

struct store_job *log_room_create(void)
{
	struct store_job *job = store_alloc(sizeof *job);
	job->run = run_room;
	return job;
}
