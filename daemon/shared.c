/* Buckets by the hash of an address; see shared.h. */
#include "daemon/shared.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/pressure.h"
#include "daemon/server.h"
#include "daemon/session.h"
#include "daemon/transport.h"
#include "daemon/xalloc.h"

#include <sodium.h>
#include <stdlib.h>

enum {
	SHARED_MAX = 65536, /* more addresses than that share the one bucket of hash 0 */
	SWEEP_MS = 60000,
	RENEW_MS = 24 * 60 * 60 * 1000,
	PRESSED_MS = 1000, /* pressure lasts so long after the moment it was felt */
};

struct shared_bucket {
	struct rate_bucket bucket, forms;
	struct pressure_count rooms;
	uint64_t hash;
	int64_t used_mono;
};

/* The one of this hash, or the one of all that found no room; NULL: that is not there yet. */
static struct shared_bucket *find(const struct server *server, uint64_t hash)
{
	struct shared_bucket *shared = idmap_find(&server->shared, hash);
	if (shared == NULL && server->shared.count >= SHARED_MAX) {
		shared = idmap_find(&server->shared, 0);
	}
	return shared;
}

static struct shared_bucket *bucket_of(struct server *server, uint64_t hash, int64_t now_mono)
{
	struct shared_bucket *shared = find(server, hash);
	if (shared == NULL) {
		shared = xcalloc(1, sizeof(*shared));
		hash = server->shared.count < SHARED_MAX ? hash : 0;
		shared->hash = hash;
		struct rate_limit limit = {
			server->config->shared_credits, server->config->shared_credits_per_s};
		rate_init(&shared->bucket, &limit, now_mono);
		rate_init(&shared->forms, &limit, now_mono);
		idmap_put(&server->shared, hash, shared);
	}
	shared->used_mono = now_mono;
	return shared;
}

static bool take(struct server *server, struct rate_bucket *bucket, unsigned credits,
	int64_t now_mono, int64_t *wait_ms)
{
	const struct config *config = server->config;
	struct rate_limit total = {config->total_credits, config->total_credits_per_s};
	struct rate_limit share = {config->shared_credits, config->shared_credits_per_s};
	int64_t total_wait_ms;
	if (!rate_take(&server->everybody, &total, credits, now_mono, &total_wait_ms)) {
		server->pressed_until_mono = now_mono + PRESSED_MS;
	}
	/* Counted without pressure too: who had most of it before is who waits. */
	bool has = rate_take(bucket, &share, credits, now_mono, wait_ms);
	return has || now_mono >= server->pressed_until_mono;
}

bool shared_take(struct server *server, uint64_t bucket, unsigned credits, int64_t now_mono,
	int64_t *wait_ms)
{
	struct shared_bucket *shared = bucket_of(server, bucket, now_mono);
	return take(server, &shared->bucket, credits, now_mono, wait_ms);
}

bool shared_take_form(struct server *server, uint64_t bucket, unsigned credits, int64_t now_mono,
	int64_t *wait_ms)
{
	struct shared_bucket *shared = bucket_of(server, bucket, now_mono);
	return take(server, &shared->forms, credits, now_mono, wait_ms);
}

void shared_note_room(struct server *server, uint64_t bucket, int64_t now_mono)
{
	pressure_note(&bucket_of(server, bucket, now_mono)->rooms, now_mono);
}

int64_t shared_rooms(const struct server *server, uint64_t bucket, int64_t now_mono)
{
	const struct shared_bucket *shared = find(server, bucket);
	return shared != NULL ? pressure_in_last_minute(&shared->rooms, now_mono) : 0;
}

/* ---- forgetting ---- */

void shared_finish(struct server *server)
{
	size_t at = 0;
	struct shared_bucket *shared;
	while ((shared = idmap_next(&server->shared, &at)) != NULL) {
		free(shared);
	}
	idmap_finish(&server->shared);
	server->shared = (struct idmap){0};
}

/* The address is known to nobody any more, so the old hash is all there is to hash anew. */
static uint64_t rehashed(uint64_t bucket, const uint8_t key[crypto_shorthash_KEYBYTES])
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint64_t out;
	crypto_shorthash(hash, (const uint8_t *)&bucket, sizeof(bucket), key);
	memcpy(&out, hash, sizeof(out));
	return out | (out == 0);
}

void shared_renew(struct server *server, int64_t now_mono)
{
	uint8_t key[crypto_shorthash_KEYBYTES];
	randombytes_buf(key, sizeof(key));
	shared_finish(server);
	for (struct session *s = server->sessions; s != NULL; s = s->next) {
		s->bucket = s->bucket != 0 ? rehashed(s->bucket, key) : 0;
	}
	if (server->transport != NULL) {
		transport_set_bucket_key(server->transport, key);
	}
	server->shared_renewed_mono = now_mono;
	sodium_memzero(key, sizeof(key));
}

static void sweep(struct server *server, int64_t now)
{
	/* After so long it is full again, and its minute is over: a new one is as good. */
	int64_t full_ms =
		server->config->shared_credits * 1000 / server->config->shared_credits_per_s;
	int64_t kept_ms = full_ms > 2 * SWEEP_MS ? full_ms : 2 * SWEEP_MS;
	struct idmap kept = {0};
	size_t at = 0;
	struct shared_bucket *shared;
	while ((shared = idmap_next(&server->shared, &at)) != NULL) {
		if (now - shared->used_mono > kept_ms) {
			free(shared);
		} else {
			idmap_put(&kept, shared->hash, shared);
		}
	}
	idmap_finish(&server->shared);
	server->shared = kept;
}

void shared_tick(struct server *server)
{
	int64_t now = clock_mono_ms();
	if (now >= server->shared_renewed_mono + RENEW_MS) {
		shared_renew(server, now);
	}
	if (now >= server->shared_swept_mono + SWEEP_MS) {
		server->shared_swept_mono = now;
		sweep(server, now);
	}
}
