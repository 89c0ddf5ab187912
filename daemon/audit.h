/*
 * The audit: what adults did and what was changed, as a chain nobody can mend. Each entry's hash
 * covers the one before it; checkpoints are signed with a key that signs its successor and is
 * wiped (decisions.md 26), so what was written cannot be rewritten later, and what was dropped is
 * found against the head that was printed or mailed outside.
 *
 * No entry holds a word of a student.
 */
#ifndef HARK_DAEMON_AUDIT_H
#define HARK_DAEMON_AUDIT_H

#include "protocol/message.h"
#include "storage/store.h"

#include <stdbool.h>
#include <stdint.h>

struct server;

enum {
	AUDIT_HASH_BYTES = 32,
};

struct audit_entry {
	enum wire_audit_what what;
	int64_t account; /* who; 0: the daemon or the hark command */
	int64_t room; /* 0: none */
	const char *detail; /* one line for people, copied; NULL: nothing to add. Cut at 2,000
			       code points */
};

/* Reads the chain's head, or begins it in a new file. */
enum store_status audit_load(struct server *server);
void audit_finish(struct server *server);

/* Once the daemon is up: a checkpoint, if anything was written since the last. */
void audit_start(struct server *server);

/* Whether an entry handed over now would go to the disk at once. False while the file takes no
 * writes, and until the head has been read again afterwards. */
bool audit_writable(const struct server *server);

/* The file takes writes again: reads the head again. */
void audit_recover(struct server *server);

/*
 * Appends. done (may be NULL) is called on the loop with the entry's number once it is on disk, or
 * with a status that is not STORE_OK: whoever shows something to an adult shows it then, not
 * before. data is the caller's.
 */
void audit_add(struct server *server, const struct audit_entry *entry,
	void (*done)(struct server *server, void *data, int64_t number, enum store_status status),
	void *data);

/* The newest entry that is on disk, and its hash: what is kept outside. 0: none. */
int64_t audit_head(const struct server *server, uint8_t hash[AUDIT_HASH_BYTES]);

/* Writes the head to the log and, on the first call of a day (20261122; 0: of none), to the
 * addresses of the school's setting audit_head_to. */
void audit_tell_head(struct server *server, int day);

/* Others are to be told from now on: today's head goes to them too. */
void audit_tell_again(struct server *server);

/* Once a second: a day's checkpoint, its head to the log and to whoever keeps it outside. */
void audit_tick(struct server *server);

#endif
