/* What a page's connection says, held and forgotten: by few pages, and by more than have a place.
 */
#include "daemon/arrival.h"

#include "daemon/session_wire.h"
#include "tests/unit/tap.h"

#include <sodium.h>

enum {
	PAGES = 200, /* more than there are places */
};

/* ---- instead of the escrow: what it would be given ---- */

static char seen[3][ESCROW_TEXT_MAX + 1];

static void look(const struct escrow_detail *details, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		memcpy(seen[i], details[i].bytes, details[i].size);
		seen[i][details[i].size] = '\0';
	}
}

struct escrow_arrival *escrow_arrive(
	struct server *server, const struct escrow_detail *details, size_t count)
{
	(void)server;
	look(details, count);
	return NULL;
}

bool escrow_is_known(
	struct server *server, const struct escrow_detail *details, size_t count, int64_t room)
{
	(void)server, (void)room;
	look(details, count);
	return true;
}

/* ---- pages ---- */

static struct arrival *hold(int number)
{
	char address[32], agent[32];
	snprintf(address, sizeof(address), "10.0.0.%d", number);
	snprintf(agent, sizeof(agent), "Browser\t%d", number);
	return arrival_hold(&(struct session_details){.address = address, .agent = agent});
}

static bool says(const struct arrival *arrival, int number)
{
	char address[32], agent[32];
	snprintf(address, sizeof(address), "10.0.0.%d", number);
	snprintf(agent, sizeof(agent), "Browser?%d", number);
	return arrival_is_known(NULL, arrival, 1) && strcmp(seen[0], address) == 0 &&
	       strcmp(seen[1], agent) == 0 && seen[2][0] == '\0';
}

static void test_each_keeps_its_own(void)
{
	struct arrival *pages[PAGES];
	for (int i = 0; i < PAGES; i++) {
		pages[i] = hold(i);
		REQUIRE(pages[i] != NULL);
	}
	for (int i = 0; i < PAGES; i += 3) {
		arrival_forget(pages[i]);
		pages[i] = hold(PAGES + i);
		REQUIRE(pages[i] != NULL);
	}
	for (int i = 0; i < PAGES; i++) {
		CHECK(says(pages[i], i % 3 == 0 ? PAGES + i : i));
		arrival_forget(pages[i]);
	}
}

static void test_nothing_is_left_in_a_place(void)
{
	struct arrival *page = hold(7);
	REQUIRE(page != NULL);
	arrival_forget(page);
	struct arrival *next = arrival_hold(&(struct session_details){.device = "library-3"});
	CHECK(next == page); /* the place given back last, which is still ours to look at */
	arrival_seal(NULL, next);
	CHECK_STR(seen[0], "");
	CHECK_STR(seen[1], "");
	CHECK_STR(seen[2], "library-3");
	CHECK(memmem(next, 1024, "10.0.0.7", 8) == NULL);
	arrival_forget(next);
	CHECK(memmem(page, 1024, "library-3", 9) == NULL);
}

static void test_long_texts_are_cut(void)
{
	char agent[2 * ESCROW_TEXT_MAX];
	memset(agent, 'a', sizeof(agent) - 1);
	agent[sizeof(agent) - 1] = '\0';
	struct arrival *page = arrival_hold(&(struct session_details){.agent = agent});
	arrival_seal(NULL, page);
	CHECK_INT(strlen(seen[1]), ESCROW_TEXT_MAX);
	arrival_forget(page);
	arrival_forget(NULL);
	CHECK(!arrival_is_known(NULL, NULL, 1));
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	RUN(test_each_keeps_its_own);
	RUN(test_nothing_is_left_in_a_place);
	RUN(test_long_texts_are_cut);
	return tap_done();
}
