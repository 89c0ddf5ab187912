/* Files that appear whole or not at all: what a full or broken disk leaves, and odd paths. */
#include "storage/disk.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/storage/os_fault.h"
#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

static char from[600], to[600];

static void test_paths(void)
{
	char *beside = disk_path_beside("hark.db", "hark.lock");
	CHECK_STR(beside, "hark.lock");
	free(beside);
	beside = disk_path_beside("/srv/hark/hark.db", ".");
	CHECK_STR(beside, "/srv/hark/.");
	free(beside);
	char *with = disk_path_with("hark.db", "-wal");
	CHECK_STR(with, "hark.db-wal");
	free(with);
	os_fault_arm(OS_MEMORY, 1, ENOMEM, true);
	CHECK(disk_path_with("hark.db", "-wal") == NULL);
	CHECK(disk_path_beside("hark.db", "hark.lock") == NULL);
	CHECK_INT(disk_sync_directory("hark.db"), ENOMEM);
	CHECK_INT(os_fault_disarm(), 3);
}

static void test_start_of_a_file(void)
{
	char bytes[8] = "";
	CHECK_INT(disk_read_start(from, bytes, 5), 0);
	CHECK(memcmp(bytes, "whole", 5) == 0);
	CHECK_INT(disk_read_start(from, bytes, 6), EIO); /* it has fewer */
	CHECK_INT(disk_read_start(to, bytes, 1), ENOENT);
	os_fault_arm(OS_DISK, 1, ENXIO, false);
	CHECK_INT(disk_read_start(from, bytes, 5), ENXIO);
	CHECK_INT(os_fault_disarm(), 1);
}

/* Also where only close() tells that the bytes did not arrive. */
static void test_a_copy_that_fails_is_none(void)
{
	os_fault_arm(OS_CLOSE, 1, ENOSPC, false);
	CHECK_INT(disk_copy(from, to), ENOSPC);
	CHECK_INT(os_fault_disarm(), 1);
	CHECK(!help_file_exists(to));
	os_fault_arm(OS_DISK | OS_CLOSE, 1, EIO, true); /* what failed first is what is told */
	CHECK_INT(disk_copy(from, to), EIO);
	CHECK(os_fault_disarm() >= 2);
	CHECK(!help_file_exists(to));
	CHECK_INT(disk_copy(from, to), 0);
	CHECK_INT(disk_copy(from, to), EEXIST);
	size_t bytes;
	uint8_t *copy = help_read_file(to, &bytes);
	CHECK(bytes == 5 && memcmp(copy, "whole", 5) == 0);
	free(copy);
	unlink(to);
}

/* Root alone can give files away; for everybody else there is nothing to be done. */
static void test_owner(void)
{
	struct stat found;
	int missing = geteuid() == 0 ? ENOENT : 0;
	CHECK_INT(disk_give_like(from, "/nowhere/like"), 0);
	CHECK_INT(disk_give_like("/nowhere/file", from), missing);
	CHECK_INT(disk_give_like(from, "/dev/null/like"), geteuid() == 0 ? ENOTDIR : 0);
	CHECK_INT(disk_give_like(from, from), 0);
	CHECK_INT(stat(from, &found), 0);
	CHECK_INT(found.st_uid, geteuid());
}

int main(void)
{
	snprintf(from, sizeof(from), "%s", help_path("disk.from"));
	snprintf(to, sizeof(to), "%s", help_path("disk.to"));
	help_write_file(from, "whole", 5);
	RUN(test_paths);
	RUN(test_start_of_a_file);
	RUN(test_a_copy_that_fails_is_none);
	RUN(test_owner);
	unlink(from);
	return tap_done();
}
