/* What is left of a block, whatever the wall clock says. */
#include "daemon/block.h"

#include "tests/unit/tap.h"

static void test_left(void)
{
	CHECK_INT(block_left_of(1000, 5000, 1000), 4000);
	CHECK_INT(block_left_of(1000, 5000, 4999), 1);
	CHECK_INT(block_left_of(1000, 5000, 5000), 0);
	CHECK_INT(block_left_of(1000, 5000, INT64_MAX), 0);
	CHECK_INT(block_left_of(0, 0, 1000), 0); /* never blocked */
	CHECK_INT(block_left_of(1000, 0, 1000), 0); /* lifted */
}

/* A clock that was set back: no longer than it was said to be. */
static void test_clock_set_back(void)
{
	CHECK_INT(block_left_of(1000, 5000, 0), 4000);
	CHECK_INT(block_left_of(1000, 5000, -86400000), 4000);
}

int main(void)
{
	RUN(test_left);
	RUN(test_clock_set_back);
	return tap_done();
}
