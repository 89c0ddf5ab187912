/*
 * What can be done to a room: each act is one event. Whether it may be done was asked of policy
 * before; here it is done. The asker, where there is one, is answered when it is on disk.
 */
#ifndef HARK_DAEMON_ACTS_H
#define HARK_DAEMON_ACTS_H

#include "daemon/dispatch.h"
#include "daemon/room.h"

struct account;
struct journal_said;
struct server;

/* Any event that is stored as the message its members see (event.c: type_of). said may be NULL. */
void act_append(struct server *server, struct room *room, const struct room_change *change,
	enum message_type type, const void *event, const struct journal_said *said);

void act_open(struct server *server, struct room *room, const struct msg_room_start *start,
	const struct asker *asker);
void act_join(struct server *server, struct room *room, const struct account *supporter,
	bool handed, const struct asker *asker);
/* by, an adult, is seen by both sides from here on. alone: a supporter who is there leaves. */
void act_step_in(struct server *server, struct room *room, const struct account *by, bool alone,
	const struct asker *asker);
/* Whoever stepped in is out again; asker NULL: by the daemon. */
void act_step_out(struct server *server, struct room *room, const struct asker *asker);
void act_post(struct server *server, struct room *room, int64_t author,
	const struct msg_chat_send *request, const struct asker *asker);
void act_requeue(
	struct server *server, struct room *room, enum wire_requeue why, const struct asker *asker);
void act_mailbox(
	struct server *server, struct room *room, enum wire_audience to, const struct asker *asker);
void act_return(struct server *server, struct room *room, const struct asker *asker);
/* by NULL: the visitor */
void act_end(struct server *server, struct room *room, const struct account *by,
	const struct asker *asker);
/* The room's key, until then (UTC); 0: not any more. what: enum wire_report of a supporter's one
 * tap, or -1. */
void act_block(struct server *server, struct room *room, int64_t until_ms, const struct account *by,
	int what, const struct asker *asker);
void act_raise_alarm(struct server *server, struct room *room, enum wire_alarm why);
void act_take_alarm(struct server *server, struct room *room, const struct account *by,
	const struct asker *asker);
void act_tell_reset(struct server *server, const char *alias);

#endif
