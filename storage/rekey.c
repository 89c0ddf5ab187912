/* A new key for a file; see rekey.h. */
#include "storage/rekey.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "storage/disk.h"
#include "storage/store_db.h"
#include "storage/vault.h"

enum {
	MAGIC_BYTES = 4,
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	SEALED_BYTES = KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
	HANDOVER_BYTES = MAGIC_BYTES + NONCE_BYTES + SEALED_BYTES,
};

static const char magic[MAGIC_BYTES + 1] = "HRKH";
static const char old_vfs[] = "hark-rekey-old";
static const char new_vfs[] = "hark-rekey-new";

/* ---- the hand-over ---- */

static void derive(const struct key *old, uint8_t out[static KEY_BYTES])
{
	crypto_kdf_derive_from_key(out, KEY_BYTES, 1, "handover", old->file);
}

static void handover_seal(
	const struct key *old, const struct key *new, uint8_t bytes[static HANDOVER_BYTES])
{
	uint8_t key[KEY_BYTES];
	derive(old, key);
	memcpy(bytes, magic, MAGIC_BYTES);
	randombytes_buf(bytes + MAGIC_BYTES, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + MAGIC_BYTES + NONCE_BYTES, NULL,
		new->file, KEY_BYTES, bytes, MAGIC_BYTES, NULL, bytes + MAGIC_BYTES, key);
	sodium_memzero(key, sizeof(key));
}

static bool handover_open(
	struct key *key, const struct key *old, const uint8_t bytes[static HANDOVER_BYTES])
{
	uint8_t derived[KEY_BYTES];
	derive(old, derived);
	bool opened = memcmp(bytes, magic, MAGIC_BYTES) == 0 &&
		      crypto_aead_xchacha20poly1305_ietf_decrypt(key->file, NULL, NULL,
			      bytes + MAGIC_BYTES + NONCE_BYTES, SEALED_BYTES, bytes, MAGIC_BYTES,
			      bytes + MAGIC_BYTES, derived) == 0;
	sodium_memzero(derived, sizeof(derived));
	return opened;
}

/* Under another name first: who reads it finds all of it or none. 0, or an errno value. */
static int handover_write(const char *path, const char *like, const uint8_t *bytes)
{
	char *draft = disk_path_with(path, ".new");
	int failed = draft == NULL ? ENOMEM : disk_remove(draft);
	if (failed == 0) {
		int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		ssize_t put = fd < 0 ? -1 : write(fd, bytes, HANDOVER_BYTES);
		failed = put == HANDOVER_BYTES ? 0 : put < 0 ? errno : ENOSPC;
		if (fd >= 0) {
			close(fd);
		}
	}
	if (failed == 0) {
		failed = disk_give_like(draft, like);
	}
	if (failed == 0) {
		failed = disk_put_in_place(draft, path, true);
	}
	if (failed != 0 && draft != NULL) {
		disk_remove(draft);
	}
	free(draft);
	return failed;
}

static bool fits(const char *path, const struct key *key)
{
	bool found = false;
	return vault_key_fits(path, key->file, &found) == VAULT_OK && found;
}

/* Whether there is a hand-over, and not one that `key` began: then `key` is what it led to. */
static bool handover_is_past(const char *handover, const struct key *key)
{
	uint8_t bytes[HANDOVER_BYTES];
	struct key *next = NULL;
	bool past = disk_read_start(handover, bytes, sizeof(bytes)) == 0 &&
		    key_renew(key, &next) == KEY_OK && !handover_open(next, key, bytes);
	key_free(next);
	return past;
}

bool rekey_follow(const char *path, struct key *key)
{
	uint8_t bytes[HANDOVER_BYTES];
	char *handover = disk_path_with(path, ".handover");
	struct key *next = NULL;
	bool led = handover != NULL && disk_read_start(handover, bytes, sizeof(bytes)) == 0 &&
		   !fits(path, key) && key_renew(key, &next) == KEY_OK &&
		   handover_open(next, key, bytes) && fits(path, next);
	if (led) {
		memcpy(key, next, sizeof(*key));
	}
	key_free(next);
	free(handover);
	return led;
}

/* ---- the whole of it ---- */

/* The paths of one re-key. */
struct work {
	const char *path;
	char key_path[PATH_MAX]; /* without symbolic links: what they lead to is replaced */
	char *key_draft, *handover;
	struct rekey_result *result;
	char *problem;
	size_t problem_size;
};

static enum store_status say(
	struct work *work, enum store_status status, const char *path, const char *sentence)
{
	if (status != STORE_OK) {
		snprintf(work->problem, work->problem_size, "%s: %s", path, sentence);
	}
	return status;
}

static enum store_status say_errno(struct work *work, const char *path, int failed)
{
	return say(work,
		failed == 0        ? STORE_OK
		: failed == ENOSPC ? STORE_FULL
				   : STORE_IO,
		path, strerror(failed));
}

static enum store_status say_short(struct work *work, const char *path)
{
	return say(work, STORE_NO_MEMORY, path, store_status_text(STORE_NO_MEMORY));
}

static enum store_status save_key(struct work *work, const struct key *key)
{
	int failed = disk_remove(work->key_draft);
	if (failed != 0) {
		return say_errno(work, work->key_draft, failed);
	}
	enum key_status saved = key_save(work->key_draft, key);
	if (saved != KEY_OK) {
		return say(work, STORE_IO, work->key_draft, key_status_text(saved));
	}
	return say_errno(work, work->key_draft, disk_give_like(work->key_draft, work->key_path));
}

/* The key before stays under another name: what was copied before opens with it alone. */
static enum store_status put_key(struct work *work)
{
	work->result->step = REKEY_PUT_KEY;
	int failed = disk_keep(work->key_path, ".before", &work->result->kept_key);
	if (failed == 0) {
		failed = disk_put_in_place(work->key_draft, work->key_path, true);
	}
	if (failed == 0) {
		failed = disk_remove(work->handover);
	}
	if (failed == 0) {
		failed = disk_sync_directory(work->handover);
	}
	if (failed == 0) {
		work->result->step = REKEY_DONE;
	}
	return say_errno(work, work->key_path, failed);
}

static enum store_status seal_afresh(
	const char *path, const struct key *old, const struct key *new, const char **sentence)
{
	enum vault_status status = vault_register(old_vfs, old->file);
	if (status == VAULT_OK) {
		status = vault_register(new_vfs, new->file);
	}
	if (status == VAULT_OK) {
		status = vault_rekey(path, old_vfs, new_vfs);
	}
	enum store_status answer = store_status_of_vault(status, old_vfs);
	*sentence = status != VAULT_REFUSED ? vault_status_text(status)
					    : vault_reason_text(vault_last_reason(old_vfs, NULL));
	vault_unregister(old_vfs);
	vault_unregister(new_vfs);
	return answer;
}

static void take_back(struct work *work)
{
	disk_remove(work->handover);
	disk_remove(work->key_draft);
}

static enum store_status renew(struct work *work, const struct key *old, const struct key *new)
{
	uint8_t bytes[HANDOVER_BYTES];
	work->result->step = REKEY_NEW_KEY;
	enum store_status status = save_key(work, new);
	if (status == STORE_OK) {
		handover_seal(old, new, bytes);
		status = say_errno(
			work, work->handover, handover_write(work->handover, work->path, bytes));
	}
	if (status != STORE_OK) {
		take_back(work);
		return status;
	}
	work->result->step = REKEY_FILE;
	const char *sentence = NULL;
	status = seal_afresh(work->path, old, new, &sentence);
	say(work, status, work->path, sentence);
	if (status == STORE_OK || fits(work->path, new)) {
		return put_key(work); /* also when only the last sync failed */
	}
	/* What cannot be read may have its new key, which would be lost without the hand-over. */
	if (fits(work->path, old)) {
		take_back(work);
	}
	return status;
}

/* `key` opens the file. The key file may be of before, if an earlier one was cut off. */
static enum store_status go_on(struct work *work, const struct key *key)
{
	struct key *written = NULL, *new = NULL;
	enum key_status read = key_load(work->key_path, &written);
	enum store_status status = STORE_OK;
	if (read != KEY_OK) {
		status = say(work, STORE_IO, work->key_path, key_status_text(read));
	} else if (!fits(work->path, key)) {
		status = say(work, STORE_WRONG_KEY, work->path,
			vault_reason_text(VAULT_REASON_WRONG_KEY));
	} else if (sodium_memcmp(written, key, sizeof(*key)) != 0) {
		work->result->finished_earlier = true;
		status = save_key(work, key);
		if (status == STORE_OK) {
			status = put_key(work);
		}
	} else if (handover_is_past(work->handover, key)) {
		work->result->finished_earlier = true;
		take_back(work);
		work->result->step = REKEY_DONE;
		status = say_errno(work, work->handover, disk_sync_directory(work->handover));
	} else {
		take_back(work); /* what one that was cut off early left */
		status = key_renew(key, &new) == KEY_OK ? renew(work, key, new)
							: say_short(work, work->path);
	}
	key_free(written);
	key_free(new);
	return status;
}

enum store_status rekey(const char *path, const char *key_path, const struct key *key,
	struct rekey_result *result, char *problem, size_t size)
{
	*result = (struct rekey_result){.step = REKEY_LOCK};
	struct work work = {
		.path = path, .result = result, .problem = problem, .problem_size = size};
	if (realpath(key_path, work.key_path) == NULL) {
		return say_errno(&work, key_path, errno);
	}
	int lock;
	enum store_status status = store_status_of_vault(vault_lock(path, &lock), NULL);
	if (status != STORE_OK) {
		return say(&work, status, path, store_status_text(status));
	}
	work.key_draft = disk_path_with(work.key_path, ".new");
	work.handover = disk_path_with(path, ".handover");
	status = work.key_draft == NULL || work.handover == NULL ? say_short(&work, path)
								 : go_on(&work, key);
	free(work.key_draft);
	free(work.handover);
	vault_unlock(lock);
	return status;
}

enum store_status rekey_copy(const char *path, const struct key *from, const struct key *to)
{
	const char *sentence = NULL;
	return seal_afresh(path, from, to, &sentence);
}
