/*
 * Passwords: signing in, enrolling with a one-time link, changing one's own. Argon2id runs in the
 * staff's lane, off the loop; memory and file change after it.
 */
#ifndef HARK_DAEMON_SIGNIN_H
#define HARK_DAEMON_SIGNIN_H

#include "daemon/dispatch.h"
#include "daemon/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct server;
struct session;

/* Where the answer to a post goes. */
struct signin_reply {
	uint64_t ticket;
	void (*reply)(void *data, uint64_t ticket, const struct http_reply *reply);
	void *data;
};

void signin_with_password(
	struct server *server, const struct msg_sign_in *request, const struct signin_reply *to);
void signin_enrol(
	struct server *server, const struct msg_sign_enrol *request, const struct signin_reply *to);
void signin_sign_out(struct server *server, const char *cookie, const struct signin_reply *to);

/* A new password, known to nobody but who gives it: first ones of a demo school. The asker is
 * answered. */
enum outcome signin_set_password(
	struct server *server, int64_t account, struct text password, const struct asker *asker);

/* The own password; all other sign-ins of the account end. */
enum outcome signin_change(struct session *session, const struct msg_staff_password *request);

/* Answers a post with an `error`. */
void signin_refuse(const struct signin_reply *to, int status, const struct msg_error *error);

/* A wrong password, wherever it was asked for: after a few, the account has to wait. */
void signin_note_failure(struct account *account);

/* Too easy to guess: the name itself, one letter over and over, one of the commonest. */
bool signin_is_weak(struct text password, const char *login, const char *alias);

#endif
