/*
 * Offers waiting rooms to supporters. Three passes: offers that lapsed or lost their holder are
 * withdrawn; every room without one gets the first in a queue of the eligible; what one supporter
 * holds twice moves to whoever is still free.
 *
 * The queue is a binary heap, best first. For one room at most PAIRING_TRIED_MAX +
 * PAIRING_EXCLUDED_MAX of its members must be passed over, so a room costs O(log s).
 */
#include "daemon/pairing.h"

#include "daemon/xalloc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
	const struct pairing_supporter *supporter;
	unsigned held; /* offers */
};

struct queue {
	struct candidate **items; /* a heap: no item goes before the one at (index - 1) / 2 */
	size_t count;
};

static void *allocate(size_t count, size_t size)
{
	return xcalloc(count > 0 ? count : 1, size);
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static bool holds(const int64_t *accounts, size_t max, int64_t account)
{
	for (size_t i = 0; i < max && accounts[i] != 0; i++) {
		if (accounts[i] == account) {
			return true;
		}
	}
	return false;
}

/* The queue. */

static bool goes_before(const struct candidate *a, const struct candidate *b)
{
	if (a->held != b->held) {
		return a->held < b->held;
	}
	if (a->supporter->load != b->supporter->load) {
		return a->supporter->load < b->supporter->load;
	}
	if (a->supporter->idle_since_ms != b->supporter->idle_since_ms) {
		return a->supporter->idle_since_ms < b->supporter->idle_since_ms;
	}
	return a->supporter->account < b->supporter->account;
}

static void queue_push(struct queue *queue, struct candidate *candidate)
{
	size_t at = queue->count++;
	while (at > 0 && goes_before(candidate, queue->items[(at - 1) / 2])) {
		queue->items[at] = queue->items[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	queue->items[at] = candidate;
}

static struct candidate *queue_pop(struct queue *queue)
{
	struct candidate *first = queue->items[0];
	struct candidate *moved = queue->items[--queue->count];
	size_t at = 0;
	for (;;) {
		size_t child = 2 * at + 1;
		if (child + 1 < queue->count &&
			goes_before(queue->items[child + 1], queue->items[child])) {
			child++;
		}
		if (child >= queue->count || !goes_before(queue->items[child], moved)) {
			break;
		}
		queue->items[at] = queue->items[child];
		at = child;
	}
	queue->items[at] = moved;
	return first;
}

/* One room's offer. */

/* `account` had this room's offer in this round. */
static void remember(struct pairing_room *room, int64_t account)
{
	if (holds(room->tried, PAIRING_TRIED_MAX, account)) {
		return;
	}
	size_t count = 0;
	while (count < PAIRING_TRIED_MAX && room->tried[count] != 0) {
		count++;
	}
	if (count == PAIRING_TRIED_MAX) {
		count--;
		memmove(room->tried, room->tried + 1, count * sizeof(room->tried[0]));
	}
	room->tried[count] = account;
}

static int64_t last_tried(const struct pairing_room *room)
{
	int64_t last = 0;
	for (size_t i = 0; i < PAIRING_TRIED_MAX && room->tried[i] != 0; i++) {
		last = room->tried[i];
	}
	return last;
}

static int64_t lapses_ms(const struct pairing_room *room, int64_t offer_ms)
{
	return room->offered_ms > INT64_MAX - offer_ms ? INT64_MAX : room->offered_ms + offer_ms;
}

/*
 * Takes the one whose turn it is out of the queue, NULL when nobody there may have the room: a free
 * one who has not had this round's offer, else a free one, else the same among the others.
 */
static struct candidate *take_best(struct queue *queue, const struct pairing_room *room)
{
	struct candidate *passed[PAIRING_TRIED_MAX + PAIRING_EXCLUDED_MAX + 1];
	size_t passed_count = 0;
	struct candidate *best = NULL;
	int64_t last = last_tried(room);

	while (queue->count > 0 && passed_count < sizeof(passed) / sizeof(passed[0])) {
		if (best != NULL && best->held == 0 && queue->items[0]->held > 0) {
			break;
		}
		struct candidate *next = queue_pop(queue);
		passed[passed_count++] = next;
		int64_t account = next->supporter->account;
		if (holds(room->excluded, PAIRING_EXCLUDED_MAX, account)) {
			continue;
		}
		if (!holds(room->tried, PAIRING_TRIED_MAX, account)) {
			best = next;
			break;
		}
		if (best == NULL || best->supporter->account == last) {
			best = next;
		}
	}
	for (size_t i = 0; i < passed_count; i++) {
		if (passed[i] != best) {
			queue_push(queue, passed[i]);
		}
	}
	return best;
}

static void offer(struct pairing_room *room, struct candidate *candidate, int64_t now_ms)
{
	if (holds(room->tried, PAIRING_TRIED_MAX, candidate->supporter->account)) {
		memset(room->tried, 0, sizeof(room->tried)); /* a new round */
	}
	room->offered_to = candidate->supporter->account;
	room->offered_ms = now_ms;
	candidate->held++;
}

/* The whole. */

static int compare_rooms(const void *a, const void *b)
{
	const struct pairing_room *x = *(struct pairing_room *const *)a;
	const struct pairing_room *y = *(struct pairing_room *const *)b;
	if (x->flagged != y->flagged) {
		return x->flagged ? -1 : 1;
	}
	if (x->since_ms != y->since_ms) {
		return compare(x->since_ms, y->since_ms);
	}
	return compare(x->id, y->id);
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	return compare(x->supporter->account, y->supporter->account);
}

static struct candidate *find(struct candidate *candidates, size_t count, int64_t account)
{
	const struct pairing_supporter wanted = {.account = account};
	const struct candidate key = {.supporter = &wanted};
	return bsearch(&key, candidates, count, sizeof(candidates[0]), compare_candidates);
}

/* Counts the offers that stand and takes back the others. */
static void withdraw(struct pairing_room **rooms, size_t rooms_count, struct candidate *candidates,
	size_t count, int64_t offer_ms, int64_t now_ms)
{
	for (size_t i = 0; i < rooms_count; i++) {
		struct pairing_room *room = rooms[i];
		if (room->offered_to == 0) {
			continue;
		}
		struct candidate *holder = find(candidates, count, room->offered_to);
		if (holder != NULL && lapses_ms(room, offer_ms) > now_ms &&
			!holds(room->excluded, PAIRING_EXCLUDED_MAX, room->offered_to)) {
			holder->held++;
			continue;
		}
		remember(room, room->offered_to);
		room->offered_to = 0;
		room->offered_ms = 0;
	}
}

static void offer_all(struct pairing_room **rooms, size_t rooms_count, struct candidate *candidates,
	size_t count, struct queue *queue, int64_t now_ms)
{
	queue->count = 0;
	for (size_t i = 0; i < count; i++) {
		queue_push(queue, &candidates[i]);
	}
	for (size_t i = 0; i < rooms_count; i++) {
		if (rooms[i]->offered_to != 0) {
			continue;
		}
		struct candidate *best = take_best(queue, rooms[i]);
		if (best != NULL) {
			offer(rooms[i], best, now_ms);
			queue_push(queue, best);
		}
	}
}

static void spread(struct pairing_room **rooms, size_t rooms_count, struct candidate *candidates,
	size_t count, struct queue *queue, int64_t now_ms)
{
	queue->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (candidates[i].held == 0) {
			queue_push(queue, &candidates[i]);
		}
	}
	for (size_t i = 0; i < rooms_count && queue->count > 0; i++) {
		if (rooms[i]->offered_to == 0) {
			continue;
		}
		struct candidate *holder = find(candidates, count, rooms[i]->offered_to);
		if (holder->held < 2) {
			continue;
		}
		struct candidate *best = take_best(queue, rooms[i]);
		if (best != NULL) {
			holder->held--;
			offer(rooms[i], best, now_ms);
			remember(rooms[i], holder->supporter->account);
		}
	}
}

enum pairing_reason pairing_eligible(
	const struct pairing_supporter *supporter, const struct pairing_room *room, int64_t now_ms)
{
	if (!supporter->rostered) {
		return PAIRING_OFF_SHIFT;
	}
	if (!supporter->cleared) {
		return PAIRING_NOT_CLEARED;
	}
	if (!supporter->present) {
		return PAIRING_ABSENT;
	}
	if (!supporter->taking) {
		return PAIRING_PAUSED;
	}
	if (supporter->load >= supporter->cap) {
		return PAIRING_AT_CAP;
	}
	if (supporter->cooldown_until_ms != 0 && supporter->cooldown_until_ms > now_ms) {
		return PAIRING_COOLING;
	}
	if (room != NULL && holds(room->excluded, PAIRING_EXCLUDED_MAX, supporter->account)) {
		return PAIRING_EXCLUDED;
	}
	return PAIRING_ELIGIBLE;
}

int64_t pairing_run(struct pairing_room *rooms, size_t rooms_count,
	const struct pairing_supporter *supporters, size_t supporters_count, int64_t offer_ms,
	int64_t now_ms)
{
	assert(offer_ms > 0);
	int64_t next_ms = INT64_MAX;
	struct pairing_room **waiting = allocate(rooms_count, sizeof(struct pairing_room *));
	struct candidate *candidates = allocate(supporters_count, sizeof(struct candidate));
	struct queue queue = {.items = allocate(supporters_count, sizeof(struct candidate *))};

	for (size_t i = 0; i < rooms_count; i++) {
		waiting[i] = &rooms[i];
	}
	qsort(waiting, rooms_count, sizeof(struct pairing_room *), compare_rooms);

	size_t count = 0;
	for (size_t i = 0; i < supporters_count; i++) {
		enum pairing_reason reason = pairing_eligible(&supporters[i], NULL, now_ms);
		if (reason == PAIRING_ELIGIBLE) {
			candidates[count++].supporter = &supporters[i];
		} else if (reason == PAIRING_COOLING && supporters[i].cooldown_until_ms < next_ms) {
			next_ms = supporters[i].cooldown_until_ms;
		}
	}
	qsort(candidates, count, sizeof(candidates[0]), compare_candidates);

	withdraw(waiting, rooms_count, candidates, count, offer_ms, now_ms);
	offer_all(waiting, rooms_count, candidates, count, &queue, now_ms);
	spread(waiting, rooms_count, candidates, count, &queue, now_ms);

	for (size_t i = 0; i < rooms_count; i++) {
		if (rooms[i].offered_to != 0 && lapses_ms(&rooms[i], offer_ms) < next_ms) {
			next_ms = lapses_ms(&rooms[i], offer_ms);
		}
	}
	free(queue.items);
	free(candidates);
	free(waiting);
	return next_ms;
}
