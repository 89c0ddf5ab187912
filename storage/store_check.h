/*
 * Opening every seal of the file while everything goes on: in steps on the writer's thread, when
 * nobody else writes into the file itself.
 */
#ifndef HARK_STORAGE_STORE_CHECK_H
#define HARK_STORAGE_STORE_CHECK_H

#include <stdbool.h>

#include "storage/store_db.h"
#include "storage/store_log.h"

/*
 * One step, below a millisecond. True: it ended, with *status. A page that does not open may be one
 * that a power cut tore while it was written back: then the log has it whole, and puts it right.
 */
bool store_check_step(struct store_check *check, struct store_db *db, struct store_log *log,
	const char *vfs_name, enum store_status *status);

#endif
