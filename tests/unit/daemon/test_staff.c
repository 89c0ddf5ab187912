/* Accounts in memory: whose shift has just ended, and what the next change builds on. */
#include "daemon/assets.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/server.h"
#include "daemon/staff.h"
#include "tests/unit/tap.h"

#include <time.h>

enum {
	MINUTE_MS = 60000
};

/* The library asks for files to serve; here are none. */
const struct asset assets_table[1];
const size_t assets_count = 0;

static struct config config = {.shift_grace_ms = 15 * MINUTE_MS};
static struct account account;
static struct roster_shift shift;
static struct staff staff;
static struct server server = {.config = &config, .staff = &staff};

/* A zone in which it is between noon and one, so that no shift below crosses midnight. */
static void make_it_noon(void)
{
	time_t now = time(NULL);
	struct tm utc;
	gmtime_r(&now, &utc);
	char zone[16];
	snprintf(zone, sizeof(zone), "LOC%+d", utc.tm_hour - 12);
	setenv("TZ", zone, 1);
	tzset();
}

/* The daemon begins when this shift ended so long ago; how long ago it takes that to be, or -1. */
static int64_t begin_after(int lasted_min, int ended_min_ago)
{
	time_t now = time(NULL);
	struct tm local;
	localtime_r(&now, &local);
	int minute = local.tm_hour * 60 + local.tm_min;
	shift = (struct roster_shift){
		.id = 1,
		.account = 1,
		.weekday = local.tm_wday,
		.from_min = minute - ended_min_ago - lasted_min,
		.until_min = minute - ended_min_ago,
	};
	account.rostered = false;
	account.span_ended_ms = 0;
	account.row.id = 1;
	staff = (struct staff){.accounts = &account, .shifts = &shift, .shifts_count = 1};
	staff_refresh_roster(&server);
	return account.span_ended_ms > 0 ? (clock_wall_ms() - account.span_ended_ms) / MINUTE_MS
					 : -1;
}

static void test_grace_outlives_a_restart(void)
{
	CHECK_INT(begin_after(120, 10), 10);
	CHECK_INT(begin_after(5, 4), 4); /* shorter than the grace */
	CHECK_INT(begin_after(120, 20), -1); /* the grace is over, too */
	account.row.disabled = true;
	CHECK_INT(begin_after(120, 10), -1);
	account.row.disabled = false;
}

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
	make_it_noon();
	RUN(test_grace_outlives_a_restart);
	RUN(test_changes_build_on_each_other);
	return tap_done();
}
