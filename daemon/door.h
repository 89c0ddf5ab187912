/*
 * What a visitor brings to be let in: proof of work while there is pressure (pressure.h, work.h),
 * and where the school wants it a printed code (codes.h). What counts as pressure is the daemon's
 * own: chats opened in the last minute, chats that wait or are in memory, wrong codes, guesses at
 * codenames and the queue before Argon2. Wrong codes alone never cost others much.
 *
 * An address is only ever a keyed bucket (shared.h), and no reason to refuse anybody. While there
 * is pressure, a bucket that opens most of the chats is asked for one bit more.
 *
 * Who writes to a counselor alone is never asked for a code and for little work: an adult can be
 * called whatever else is going on. Such a room needs the code, and the rest of the work, once it
 * is to go to peers.
 *
 * The last quarter of limits.rooms is not for everybody: it is kept for such rooms, for who has a
 * code, and for where few chats come from; its second half for the latter two. So everybody is
 * refused there but for these, and a bucket is at most one way more to be let in.
 */
#ifndef HARK_DAEMON_DOOR_H
#define HARK_DAEMON_DOOR_H

#include "daemon/dispatch.h"

#include <stdbool.h>
#include <stdint.h>

struct server;
struct session;

struct door;

void door_create(struct server *server);
void door_destroy(struct server *server); /* NULL is fine */

/* May a chat be opened, or opened again? OUTCOME_OK, with what it takes to door_note_room(): go on;
 * otherwise it is refused, or answered. room NULL: a new one. */
enum outcome door_ask_room(struct session *session, const struct room *room,
	const struct msg_room_start *request, const struct asker *asker, uint8_t *worked);

/* One was. */
void door_note_room(struct session *session, struct room *room, uint8_t worked);

/*
 * Whether a room that was opened for a counselor alone, or is over, may go to peers; it then does.
 * While there is pressure it costs what a room for peers costs, unless that was done at the start
 * or somebody has answered in it. Without pressure nothing is paid for a wrong code, so such a room
 * has five tries, and one more each minute.
 */
enum outcome door_ask_peers(struct session *session, struct room *room,
	const struct msg_room_wait *request, const struct asker *asker);

/* May these words be tried? Counts the guess. */
enum outcome door_ask_codename(struct session *session, const struct msg_codename_open *request,
	const struct asker *asker);

#endif
