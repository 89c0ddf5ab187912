/* Accounts in memory: what the next change builds on. */
#include "daemon/assets.h"
#include "daemon/staff.h"
#include "tests/unit/tap.h"

/* The library asks for files to serve; here are none. */
const struct asset assets_table[1];
const size_t assets_count = 0;

static struct account account;

static void test_changes_build_on_each_other(void)
{
	account.row.id = 1;
	account.handed = account.row;
	account.handed.disabled = true; /* on its way to the file */
	account.updating = 1;
	struct staff_write *write = staff_update_create(&account);
	CHECK(write->account.disabled);
	free(write);
	account.updating = 0; /* it never arrived */
	write = staff_update_create(&account);
	CHECK(!write->account.disabled);
	free(write);
}

int main(void)
{
	RUN(test_changes_build_on_each_other);
	return tap_done();
}
