/*
 * Fair shares by keyed hash buckets: what everybody behind one address wants together, found by a
 * hash of it whose key is random, renewed every day with all buckets gone, and kept in memory
 * alone. Nobody's address is known, and nobody can limit one: a school is one address.
 *
 * There is pressure while everybody together wants more than limits.total_credits. Only then a
 * bucket that has had its share (limits.shared_credits) has nothing more to give, and even then
 * each session behind it keeps what a person needs (session::calm).
 */
#ifndef HARK_DAEMON_SHARED_H
#define HARK_DAEMON_SHARED_H

#include <stdbool.h>
#include <stdint.h>

struct server;

/* Counts the credits; false, with *wait_ms: there is pressure, and this bucket has had its share.
 */
bool shared_take(struct server *server, uint64_t bucket, unsigned credits, int64_t now_mono,
	int64_t *wait_ms);

/* The same for forms, as signing in is one, from another share of the same size: whoever floods the
 * chat from a school's address keeps nobody there from signing in. */
bool shared_take_form(struct server *server, uint64_t bucket, unsigned credits, int64_t now_mono,
	int64_t *wait_ms);

/* A room was opened from there; how many were in the last minute. */
void shared_note_room(struct server *server, uint64_t bucket, int64_t now_mono);
int64_t shared_rooms(const struct server *server, uint64_t bucket, int64_t now_mono);

/* Once a second: forgets full ones, at most every minute, and renews the key once a day. */
void shared_tick(struct server *server);

/* A new key now; sessions that stay keep sharing with each other, and with nobody else. */
void shared_renew(struct server *server, int64_t now_mono);
void shared_finish(struct server *server);

#endif
