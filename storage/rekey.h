/*
 * A new key for a file, so that whatever moment the work is cut off at, what lies on the disk
 * opens.
 *
 * File and key are two files, and no rename replaces both. So a third one bridges the moment
 * between the two: the hand-over, "<path>.handover", holds the new file key sealed under the old
 * one. Its whole life: the new key is written beside the old one, then the hand-over, then the
 * file is sealed afresh and put in its place, then the new key is, then the hand-over goes.
 * Whoever comes with the old key to a file that is sealed already opens the hand-over and with it
 * the file; who comes with the new one needs no hand-over.
 *
 *	"HRKH" | nonce (24) | XChaCha20-Poly1305 of the new file key (32) and tag (16)
 *	key	crypto_kdf of the old file key, context "handover"; the 4 bytes are the AAD
 *
 * The pepper stays, so codenames live on.
 */
#ifndef HARK_STORAGE_REKEY_H
#define HARK_STORAGE_REKEY_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/key.h"
#include "storage/store.h"

/*
 * Where `key` is not the one the file at `path` is sealed under, and the hand-over leads to that
 * one: puts it into `key`. True: it did, and the key file is out of date. To be called before any
 * connection of the process, with every key that was read from a file.
 */
bool rekey_follow(const char *path, struct key *key);

enum rekey_step {
	REKEY_LOCK, /* nothing was changed */
	REKEY_NEW_KEY,
	REKEY_FILE,
	REKEY_PUT_KEY, /* the file is sealed under the new key, and the hand-over leads to it */
	REKEY_DONE,
};

struct rekey_result {
	enum rekey_step step; /* that failed; REKEY_DONE: none */
	bool finished_earlier; /* one that was cut off is at its end now; nothing else was done */
	char *kept_key; /* where the key before is; for free(), NULL: nowhere */
};

/*
 * Seals the file at `path`, which nobody has open, under a new key and puts that one into the key
 * file. `key` opens the file (rekey_follow). Ends one that was cut off instead, if there is one.
 * Needs as much free disk as the file has. On failure a sentence is in `problem`.
 */
enum store_status rekey(const char *path, const char *key_path, const struct key *key,
	struct rekey_result *result, char *problem, size_t size);

/*
 * Seals a copy of the file, made under `from`, under `to`. Nobody has it open, and it may be lost.
 */
enum store_status rekey_copy(const char *path, const struct key *from, const struct key *to);

#endif
