/* Waiting after wrong passwords; see signin_wait.h. */
#include "daemon/signin_wait.h"

#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	SWEEP_MS = 60000,
};

struct stranger {
	uint64_t id;
	struct signin_wait wait;
};

static bool is_forgotten(const struct signin_wait *wait, int64_t now_ms)
{
	return now_ms - wait->failed_ms >= SIGNIN_FORGET_MS;
}

void signin_wait_note(struct signin_wait *wait, int64_t now_ms)
{
	wait->failures = is_forgotten(wait, now_ms) ? 1 : wait->failures + 1;
	wait->failed_ms = now_ms;
	if (wait->failures > SIGNIN_FREE_FAILURES) {
		unsigned extra = wait->failures - SIGNIN_FREE_FAILURES;
		int64_t wait_s = extra < 6 ? INT64_C(1) << extra : SIGNIN_WAIT_MAX_S;
		wait->until_ms = now_ms + wait_s * 1000;
	}
}

int64_t signin_wait_left_ms(const struct signin_wait *wait, int64_t now_ms)
{
	return wait->until_ms > now_ms ? wait->until_ms - now_ms : 0;
}

/* ---- names that are no account's ---- */

uint64_t signin_stranger_of(const struct signin_strangers *strangers, const char *name, size_t size)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t id;
	_Static_assert(SIGNIN_KEY_BYTES == crypto_shorthash_KEYBYTES, "SipHash");
	crypto_shorthash(hash, (const uint8_t *)name, size, strangers->key);
	memcpy(&id, hash, sizeof(id));
	return id == 0 ? 1 : id;
}

int64_t signin_stranger_left_ms(
	const struct signin_strangers *strangers, uint64_t stranger, int64_t now_ms)
{
	const struct stranger *found = idmap_find(&strangers->by_name, stranger);
	return found != NULL ? signin_wait_left_ms(&found->wait, now_ms) : 0;
}

static void sweep(struct signin_strangers *strangers, int64_t now_ms)
{
	struct idmap kept = {0};
	size_t at = 0;
	struct stranger *stranger;
	while ((stranger = idmap_next(&strangers->by_name, &at)) != NULL) {
		if (is_forgotten(&stranger->wait, now_ms)) {
			free(stranger);
		} else {
			idmap_put(&kept, stranger->id, stranger);
		}
	}
	idmap_finish(&strangers->by_name);
	strangers->by_name = kept;
	strangers->swept_ms = now_ms;
}

void signin_stranger_note(struct signin_strangers *strangers, uint64_t stranger, int64_t now_ms)
{
	if (now_ms - strangers->swept_ms >= SWEEP_MS) {
		sweep(strangers, now_ms);
	}
	struct stranger *found = idmap_find(&strangers->by_name, stranger);
	if (found == NULL && strangers->by_name.count >= SIGNIN_STRANGERS_MAX) {
		return;
	}
	if (found == NULL) {
		found = xcalloc(1, sizeof(*found));
		found->id = stranger;
		idmap_put(&strangers->by_name, stranger, found);
	}
	signin_wait_note(&found->wait, now_ms);
}

void signin_strangers_finish(struct signin_strangers *strangers)
{
	size_t at = 0;
	struct stranger *stranger;
	while ((stranger = idmap_next(&strangers->by_name, &at)) != NULL) {
		free(stranger);
	}
	idmap_finish(&strangers->by_name);
	*strangers = (struct signin_strangers){0};
}
