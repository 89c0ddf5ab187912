/*
 * What could identify a visitor, sealed on arrival to keys that only counselors can open
 * (decisions.md 27). Nothing of it is kept anywhere else, and nothing here can open it alone.
 */
#ifndef HARK_DAEMON_ESCROW_H
#define HARK_DAEMON_ESCROW_H

#include "protocol/message.h"
#include "storage/store.h"

#include <stddef.h>
#include <stdint.h>

struct account;
struct argon_lane;
struct room;
struct server;
struct session;

enum {
	ESCROW_TEXT_MAX = 512, /* bytes of one detail; longer ones are cut */
};

/* Reads holders and what is asked for or open. */
enum store_status escrow_load(struct server *server);
void escrow_finish(struct server *server);
void escrow_tick(struct server *server); /* clocks that run out */

/*
 * Seals one detail of a room's visitor and hands it to the store. The plaintext stays the caller's,
 * to be wiped. The same detail of the same room is sealed once a day at most. Without any holder
 * nothing is kept.
 */
void escrow_seal(struct server *server, int64_t room, enum wire_sealed_kind kind, const void *bytes,
	size_t size);

/* A picture's original: like escrow_seal(), of any size up to 8 MiB. */
void escrow_seal_picture(
	struct server *server, int64_t room, int64_t picture, const void *bytes, size_t size);

#endif
