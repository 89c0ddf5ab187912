/*
 * Who is offered which waiting room: a pure function over (waiting, supporters, now), without
 * clock, I/O or memory of its own. The daemon runs it after every change and applies its answer.
 *
 * Waiting rooms go by flag, then longest wait. A supporter is eligible when rostered now, cleared,
 * present, taking new chats, below the cap, not cooling down, and not excluded by the visitor.
 * The least loaded eligible one is offered, among equals the longest idle, then the lower account;
 * nobody holds two offers at once while somebody else is free (eligible for one of the two and
 * holding none); when somebody becomes free, the longer wait of the two moves. An offer not taken
 * in offer_ms, or whose holder is not eligible any more, goes to the next one who has not had this
 * room's offer in this round; when all (all free ones, if any is free) have had it, a new round
 * begins, not with the one who had it last. Every eligible supporter may take any waiting room at
 * any time: the offer is only whose turn it is.
 */
#ifndef HARK_DAEMON_PAIRING_H
#define HARK_DAEMON_PAIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PAIRING_TRIED_MAX = 32, /* supporters remembered per room and round */
	PAIRING_EXCLUDED_MAX = 8, /* per room */
};

struct pairing_room {
	int64_t id;
	bool flagged;
	int64_t since_ms; /* waiting since (monotonic) */
	int64_t offered_to; /* account; 0: nobody */
	int64_t offered_ms; /* when (monotonic) */
	/* Had this round's offer and lost it, oldest first; 0-ended or full (the oldest goes). */
	int64_t tried[PAIRING_TRIED_MAX];
	int64_t excluded[PAIRING_EXCLUDED_MAX]; /* by the visitor; 0-ended or full */
};

struct pairing_supporter {
	int64_t account;
	bool rostered, cleared, present, taking;
	unsigned load, cap; /* rooms now, at most */
	int64_t idle_since_ms; /* last had anything to do (monotonic) */
	int64_t cooldown_until_ms; /* monotonic; 0: none */
};

enum pairing_reason {
	PAIRING_ELIGIBLE = 0,
	PAIRING_OFF_SHIFT,
	PAIRING_NOT_CLEARED,
	PAIRING_ABSENT,
	PAIRING_PAUSED,
	PAIRING_AT_CAP,
	PAIRING_COOLING,
	PAIRING_EXCLUDED,
};

/* May this supporter take this room now? room may be NULL: any room. */
enum pairing_reason pairing_eligible(
	const struct pairing_supporter *supporter, const struct pairing_room *room, int64_t now_ms);

/*
 * Updates offered_to, offered_ms and tried of every room in place. Returns when to run again at
 * the latest (monotonic ms; the next offer that lapses or cool-down that ends), or INT64_MAX.
 * offer_ms is above 0. The order of the arrays does not matter, ids and accounts occur once.
 * rooms_count and supporters_count up to some thousands; O((r + s) log) or so.
 */
int64_t pairing_run(struct pairing_room *rooms, size_t rooms_count,
	const struct pairing_supporter *supporters, size_t supporters_count, int64_t offer_ms,
	int64_t now_ms);

#endif
