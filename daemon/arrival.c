/*
 * Address, browser and device of a page, for as long as it takes to say hello.
 *
 * Memory of its own costs ten system calls for each page that comes: a tenth of what a thousand
 * who come back at once cost. So a few places are kept, all in one such piece of memory, wiped when
 * they are given back; only a crowd that says no hello gets memory each.
 */
#include "daemon/arrival.h"

#include "daemon/session_wire.h"

#include <sodium.h>
#include <string.h>

enum {
	KINDS = 3,
	PLACES = 64,
};

struct arrival {
	struct arrival *next_free; /* of the places */
	size_t sizes[KINDS];
	char bytes[KINDS][ESCROW_TEXT_MAX];
};

static struct arrival *places; /* PLACES of them, for good; NULL: not yet, or no memory */
static struct arrival *free_place;

static const enum wire_sealed_kind kinds[KINDS] = {
	WIRE_SEALED_ADDRESS, WIRE_SEALED_AGENT, WIRE_SEALED_DEVICE};

/* Headers are ASCII; whatever else somebody sends is shown as "?". */
static size_t copy_text(char *to, const char *from)
{
	size_t size = strnlen(from, ESCROW_TEXT_MAX);
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)from[i];
		to[i] = c >= 0x20 && c < 0x7f ? from[i] : '?';
	}
	return size;
}

static void make_places(void)
{
	places = sodium_allocarray(PLACES, sizeof(*places));
	for (size_t i = 0; places != NULL && i < PLACES; i++) {
		places[i].next_free = free_place;
		free_place = &places[i];
	}
}

static struct arrival *take_place(void)
{
	if (places == NULL) {
		make_places();
	}
	struct arrival *arrival = free_place;
	if (arrival == NULL) {
		return sodium_malloc(sizeof(*arrival));
	}
	free_place = arrival->next_free;
	return arrival;
}

static bool is_place(const struct arrival *arrival)
{
	uintptr_t at = (uintptr_t)arrival, first = (uintptr_t)places;
	return places != NULL && at >= first && at < first + PLACES * sizeof(*places);
}

struct arrival *arrival_hold(const struct session_details *details)
{
	const char *texts[KINDS] = {details->address, details->agent, details->device};
	struct arrival *arrival = take_place();
	if (arrival == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < KINDS; i++) {
		arrival->sizes[i] = texts[i] != NULL ? copy_text(arrival->bytes[i], texts[i]) : 0;
	}
	return arrival;
}

static void list_details(const struct arrival *arrival, struct escrow_detail details[KINDS])
{
	for (size_t i = 0; i < KINDS; i++) {
		details[i] = (struct escrow_detail){kinds[i], arrival->bytes[i], arrival->sizes[i]};
	}
}

struct escrow_arrival *arrival_seal(struct server *server, const struct arrival *arrival)
{
	struct escrow_detail details[KINDS];
	if (arrival == NULL) {
		return NULL;
	}
	list_details(arrival, details);
	return escrow_arrive(server, details, KINDS);
}

bool arrival_is_known(struct server *server, const struct arrival *arrival, int64_t room)
{
	struct escrow_detail details[KINDS];
	if (arrival == NULL) {
		return false;
	}
	list_details(arrival, details);
	return escrow_is_known(server, details, KINDS, room);
}

void arrival_forget(struct arrival *arrival)
{
	if (arrival == NULL || !is_place(arrival)) {
		sodium_free(arrival);
		return;
	}
	sodium_memzero(arrival, sizeof(*arrival));
	arrival->next_free = free_place;
	free_place = arrival;
}
