/* Buckets by the hash of an address. */
#include "daemon/shared.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

enum {
	SHARED_MAX = 65536, /* more addresses than that share the one bucket of hash 0 */
	SWEEP_MS = 60000,
};

struct shared_bucket {
	struct rate_bucket bucket;
	uint64_t hash;
	int64_t used_mono;
};

struct rate_bucket *shared_bucket(struct server *server, uint64_t hash, int64_t now_mono)
{
	struct shared_bucket *shared = idmap_find(&server->shared, hash);
	if (shared == NULL && server->shared.count >= SHARED_MAX) {
		hash = 0;
		shared = idmap_find(&server->shared, hash);
	}
	if (shared == NULL) {
		shared = xcalloc(1, sizeof(*shared));
		shared->hash = hash;
		struct rate_limit limit = {
			server->config->shared_credits, server->config->shared_credits_per_s};
		rate_init(&shared->bucket, &limit, now_mono);
		idmap_put(&server->shared, hash, shared);
	}
	shared->used_mono = now_mono;
	return &shared->bucket;
}

void shared_tick(struct server *server)
{
	int64_t now = clock_mono_ms();
	if (now < server->shared_swept_mono + SWEEP_MS) {
		return;
	}
	server->shared_swept_mono = now;
	struct idmap kept = {0};
	size_t at = 0;
	struct shared_bucket *shared;
	while ((shared = idmap_next(&server->shared, &at)) != NULL) {
		/* After so long it is full again: a new one is as good. */
		int64_t full_ms = server->config->shared_credits * 1000 /
				  server->config->shared_credits_per_s;
		if (now - shared->used_mono > full_ms) {
			free(shared);
		} else {
			idmap_put(&kept, shared->hash, shared);
		}
	}
	idmap_finish(&server->shared);
	server->shared = kept;
}

void shared_finish(struct server *server)
{
	size_t at = 0;
	struct shared_bucket *shared;
	while ((shared = idmap_next(&server->shared, &at)) != NULL) {
		free(shared);
	}
	idmap_finish(&server->shared);
}
