/*
 * Room for the log: its file is given its usual size at once, in zeros, instead of growing with
 * every commit. A sync of a file that has grown waits for the file system's journal, and with it
 * for whatever others write; one of a file that has not is a write and a flush (measured beside
 * busy disks: a tenth of the 99th percentile, and fewer bytes). What is behind the last commit
 * means nothing to a reader of the log, so the zeros change no more than the frames of an older
 * round that stand there otherwise.
 */
#ifndef HARK_STORAGE_LOG_ROOM_H
#define HARK_STORAGE_LOG_ROOM_H

#include "storage/store.h"

/*
 * For store_background(), after store_open(): nobody else writes to the log meanwhile. Never fails:
 * where the disk has no room the log grows as it must. `done` frees it, or passes it on.
 */
struct store_job *log_room_create(void);

#endif
