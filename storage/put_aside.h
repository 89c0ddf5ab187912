/* Keeping a copy of a damaged log before it is given up. */
#ifndef HARK_STORAGE_PUT_ASIDE_H
#define HARK_STORAGE_PUT_ASIDE_H

#include "storage/store.h"

/*
 * Copies the log of the file `path`, "<path>-wal", to "<path>-wal.damaged-1", or the first such
 * number that is free, mode 0600, and syncs it. No log: nothing to do. Only before the first
 * connection. STORE_FULL, STORE_READ_ONLY, STORE_NO_MEMORY, STORE_IO.
 */
enum store_status put_aside_log(const char *path);

#endif
