/* Keeping a copy of a damaged log; see put_aside.h. */
#include "storage/put_aside.h"

#include <errno.h>
#include <stdlib.h>

#include "storage/disk.h"

enum store_status put_aside_log(const char *path)
{
	char *log = disk_path_with(path, "-wal");
	char *copy = NULL;
	int error = log == NULL ? ENOMEM : disk_copy_aside(log, ".damaged", &copy);
	free(copy);
	free(log);
	switch (error) {
	case 0:
	case ENOENT: /* no log */
		return STORE_OK;
	case ENOSPC:
	case EDQUOT:
		return STORE_FULL;
	case EROFS:
	case EACCES:
		return STORE_READ_ONLY;
	case ENOMEM:
		return STORE_NO_MEMORY;
	default:
		return STORE_IO;
	}
}
