/*
 * The key file: what must be copied to a safe place, and must not lie beside a copy of
 * the vault.
 *
 *	hark-key 1
 *	file <64 hex digits>	seals the vault; changed by a re-key
 *	pepper <64 hex digits>	codenames and session hashes; never changed
 *	check <16 hex digits>	start of BLAKE2b-256 of the two: finds a slip in a copy made by hand
 *
 * Exactly these four lines, each ended by one newline.
 */
#ifndef HARK_STORAGE_KEY_H
#define HARK_STORAGE_KEY_H

#include <stdint.h>

#define KEY_BYTES 32

struct key {
	uint8_t file[KEY_BYTES]; /* the vault's master key */
	uint8_t pepper[KEY_BYTES]; /* outlives a re-key, so that codenames live on */
};

enum key_status {
	KEY_OK = 0,
	KEY_MISSING, /* no such file or directory */
	KEY_EXISTS, /* key_save: there is one already; it was left alone */
	KEY_MODE, /* its group or others may read or write it, or it is no regular file */
	KEY_GARBAGE, /* not the four lines, or the check does not fit */
	KEY_NEWER, /* a version this program does not know */
	KEY_NO_ACCESS, /* this user may not read it, or not write there */
	KEY_IO,
	KEY_NO_MEMORY,
};

/* One sentence for people, without the path. Never NULL. Static. */
const char *key_status_text(enum key_status status);

/*
 * All of these hand out a key in sodium_malloc memory; key_free() wipes and frees it (NULL
 * is fine). `key` is set on KEY_OK only.
 */

/* Two fresh random keys. KEY_NO_MEMORY. */
enum key_status key_make(struct key **key);

/* A new file key, the same pepper: for a re-key. KEY_NO_MEMORY. */
enum key_status key_renew(const struct key *old, struct key **key);

/*
 * Reads `path`, a symbolic link is followed. The mode may give group and others nothing; the
 * group bits that an access list shows as its mask are read from the list itself, because
 * systemd hands credentials out so ("-r--r-----+" for one user).
 */
enum key_status key_load(const char *path, struct key **key);

/* Writes `path` with mode 0400, which must not exist, and syncs it and its directory. */
enum key_status key_save(const char *path, const struct key *key);

void key_free(struct key *key);

#endif
