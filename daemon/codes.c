/* Codes in force; see codes.h. */
#include "daemon/codes.h"

#include "daemon/clock.h"
#include "daemon/idmap.h"
#include "daemon/journal.h"
#include "daemon/server.h"
#include "daemon/xalloc.h"
#include "storage/key.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLUSH_MS = 60 * 60 * 1000,
};

struct code {
	uint8_t hash[CODE_HASH_BYTES];
	int64_t batch;
	bool used; /* ever */
	bool fresh; /* and the file does not know */
};

struct codes {
	struct idmap by_hash; /* struct code, by the first 8 bytes of its hash */
	struct code_batch_row *batches;
	size_t batches_count;
	size_t fresh; /* codes */
	int64_t flushed_mono;
};

/* Hashed under the pepper: the file alone does not tell what was printed. */
static void hash_code(
	const struct server *server, const char text[CODE_TEXT_BYTES], uint8_t out[CODE_HASH_BYTES])
{
	static const char context[8] = "termcode";
	crypto_generichash_state state;
	crypto_generichash_init(
		&state, server->key->pepper, sizeof(server->key->pepper), CODE_HASH_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)context, sizeof(context));
	crypto_generichash_update(&state, (const uint8_t *)text, CODE_TEXT_BYTES - 1);
	crypto_generichash_final(&state, out, CODE_HASH_BYTES);
	sodium_memzero(&state, sizeof(state));
}

static uint64_t key_of(const uint8_t hash[CODE_HASH_BYTES])
{
	uint64_t key;
	memcpy(&key, hash, sizeof(key));
	return key;
}

static struct code *find(const struct codes *codes, const uint8_t hash[CODE_HASH_BYTES])
{
	struct code *code = idmap_find(&codes->by_hash, key_of(hash));
	return code != NULL && memcmp(code->hash, hash, CODE_HASH_BYTES) == 0 ? code : NULL;
}

static void add_batch(struct codes *codes, const struct code_batch_row *row)
{
	codes->batches =
		xrealloc(codes->batches, (codes->batches_count + 1) * sizeof(*codes->batches));
	codes->batches[codes->batches_count++] = *row;
}

static void add_code(
	struct codes *codes, const uint8_t hash[CODE_HASH_BYTES], int64_t batch, bool used)
{
	struct code *code = xcalloc(1, sizeof(*code));
	memcpy(code->hash, hash, CODE_HASH_BYTES);
	code->batch = batch;
	code->used = used;
	free(idmap_find(&codes->by_hash, key_of(hash)));
	idmap_put(&codes->by_hash, key_of(hash), code);
}

/* ---- the file ---- */

static bool load_batch(void *data, const struct code_batch_row *row)
{
	add_batch(data, row);
	return true;
}

static bool load_code(void *data, const uint8_t hash[CODE_HASH_BYTES], int64_t batch, bool used)
{
	add_code(data, hash, batch, used);
	return true;
}

struct load {
	struct store_job job;
	struct codes *codes;
};

static enum store_status load_all(struct store_job *job, struct store_db *db)
{
	struct codes *codes = ((struct load *)job)->codes;
	int64_t now_ms = clock_wall_ms();
	enum store_status status = code_load_batches(db, now_ms, load_batch, codes);
	return status == STORE_OK ? code_load_codes(db, now_ms, load_code, codes) : status;
}

enum store_status codes_load(struct server *server)
{
	server->codes = xcalloc(1, sizeof(*server->codes));
	server->codes->flushed_mono = clock_mono_ms();
	struct load load = {.job.run = load_all, .codes = server->codes};
	return store_read_now(server->store, &load.job);
}

void codes_finish(struct server *server)
{
	struct codes *codes = server->codes;
	if (codes == NULL) {
		return;
	}
	size_t at = 0;
	struct code *code;
	while ((code = idmap_next(&codes->by_hash, &at)) != NULL) {
		free(code);
	}
	idmap_finish(&codes->by_hash);
	free(codes->batches);
	free(codes);
	server->codes = NULL;
}

/* ---- in force ---- */

const struct code_batch_row *codes_batch(const struct server *server, int64_t id)
{
	const struct codes *codes = server->codes;
	for (size_t i = 0; i < codes->batches_count; i++) {
		if (codes->batches[i].id == id) {
			return &codes->batches[i];
		}
	}
	return NULL;
}

size_t codes_count(const struct server *server)
{
	return server->codes->by_hash.count;
}

size_t codes_batches(const struct server *server)
{
	return server->codes->batches_count;
}

bool codes_admit(struct server *server, struct text typed)
{
	char text[CODE_TEXT_BYTES];
	uint8_t hash[CODE_HASH_BYTES];
	if (!code_text_read(typed.bytes, typed.size, text)) {
		return false;
	}
	hash_code(server, text, hash);
	struct code *code = find(server->codes, hash);
	const struct code_batch_row *batch = code != NULL ? codes_batch(server, code->batch) : NULL;
	if (batch == NULL || batch->until_ms <= clock_wall_ms()) {
		return false;
	}
	if (!code->used) {
		code->used = code->fresh = true;
		server->codes->fresh++;
	}
	return true;
}

struct code_add *codes_draw(struct server *server, const struct code_batch_row *batch, size_t count,
	char (*out)[CODE_TEXT_BYTES])
{
	struct code_add *add = code_add_create();
	add->batch = *batch;
	while (add->count < count) {
		uint8_t *hash = add->hashes[add->count];
		code_text_draw(out[add->count], server_random, NULL);
		hash_code(server, out[add->count], hash);
		bool twice = find(server->codes, hash) != NULL;
		for (size_t i = 0; i < add->count; i++) {
			twice |= memcmp(add->hashes[i], hash, CODE_HASH_BYTES) == 0;
		}
		add->count += !twice;
	}
	return add;
}

void codes_keep(struct server *server, const struct code_add *add)
{
	if (codes_batch(server, add->batch.id) == NULL) {
		add_batch(server->codes, &add->batch);
	}
	for (size_t i = 0; i < add->count; i++) {
		add_code(server->codes, add->hashes[i], add->batch.id, false);
	}
}

void codes_forget(struct server *server, int64_t batch)
{
	struct codes *codes = server->codes;
	struct idmap kept = {0};
	size_t at = 0;
	struct code *code;
	while ((code = idmap_next(&codes->by_hash, &at)) != NULL) {
		if (code->batch == batch) {
			codes->fresh -= code->fresh;
			free(code);
		} else {
			idmap_put(&kept, key_of(code->hash), code);
		}
	}
	idmap_finish(&codes->by_hash);
	codes->by_hash = kept;
	size_t left = 0;
	for (size_t i = 0; i < codes->batches_count; i++) {
		if (codes->batches[i].id != batch) {
			codes->batches[left++] = codes->batches[i];
		}
	}
	codes->batches_count = left;
}

/* ---- what was used, and what is over ---- */

static int compare_hashes(const void *left, const void *right)
{
	return memcmp(left, right, CODE_HASH_BYTES);
}

static void on_used_written(struct store_job *job, enum store_status status)
{
	struct code_use *use = (struct code_use *)job;
	if (status != STORE_OK) {
		journal_note_failure(use->owner, status); /* the count stays a little behind */
	}
	free(use);
}

void codes_flush(struct server *server)
{
	struct codes *codes = server->codes;
	if (codes == NULL || codes->fresh == 0 || server->store == NULL) {
		return;
	}
	struct code_use *use = code_use_create(codes->fresh);
	size_t at = 0, count = 0;
	struct code *code;
	while ((code = idmap_next(&codes->by_hash, &at)) != NULL) {
		if (code->fresh) {
			memcpy(use->hashes[count++], code->hash, CODE_HASH_BYTES);
			code->fresh = false;
		}
	}
	codes->fresh = 0;
	/* Not in the order in which they came. */
	qsort(use->hashes, count, CODE_HASH_BYTES, compare_hashes);
	use->job.done = on_used_written;
	use->owner = server;
	store_write(server->store, &use->job);
}

struct drop {
	struct store_job job;
	struct server *server;
	int64_t now_ms;
};

static enum store_status run_drop(struct store_job *job, struct store_db *db)
{
	return code_drop_over(db, ((struct drop *)job)->now_ms);
}

static void on_dropped(struct store_job *job, enum store_status status)
{
	if (status != STORE_OK) {
		journal_note_failure(((struct drop *)job)->server, status);
	}
	free(job);
}

static void drop_over(struct server *server)
{
	struct drop *drop = xcalloc(1, sizeof(*drop));
	drop->job.run = run_drop;
	drop->job.done = on_dropped;
	drop->server = server;
	drop->now_ms = clock_wall_ms();
	bool any = false;
	for (size_t i = server->codes->batches_count; i-- > 0;) {
		const struct code_batch_row *batch = &server->codes->batches[i];
		if (batch->until_ms <= drop->now_ms) {
			codes_forget(server, batch->id);
			any = true;
		}
	}
	if (any) {
		store_write(server->store, &drop->job);
	} else {
		free(drop);
	}
}

void codes_tick(struct server *server)
{
	int64_t now = clock_mono_ms();
	if (server->codes == NULL || now < server->codes->flushed_mono + FLUSH_MS ||
		!journal_writable(server)) {
		return;
	}
	server->codes->flushed_mono = now;
	codes_flush(server);
	drop_over(server);
}
