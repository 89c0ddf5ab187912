/*
 * Private notes: from a counselor to the supporter of a room. They have a wire type, a table and a
 * place on screen of their own, and one door out, which asserts that a supporter's console stands
 * behind it: what a counselor says about a visitor can never come to that visitor.
 */
#ifndef HARK_DAEMON_NOTES_H
#define HARK_DAEMON_NOTES_H

#include "daemon/dispatch.h"

struct account;
struct note_row;
struct room;
struct server;
struct session;

/*
 * Writes one, tells the staff's feed that there is one, and gives it to the supporter who has the
 * room. The same id of the same author again is answered as the first was. The asker is answered
 * when it is on disk.
 */
enum outcome notes_send(struct session *session, const struct msg_note_send *request);

/* Gives a supporter's page the newest notes about this room that were written to its account. */
void notes_replay(struct session *session, const struct room *room);

/* The alias of an account, for notes and marks; never empty. */
struct text notes_alias(const struct server *server, int64_t account);

/* After the store is closed: everything that waits has come back. */
void notes_finish(struct server *server);

#endif
