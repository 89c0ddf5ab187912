/*
 * Pictures in rooms: taken in, remade by hark-picture, written with the event that tells of them,
 * their originals sealed; and given out again to who may read the room. What the transport asks of
 * it goes by these functions; whoever asks is known by what the request carries.
 */
#ifndef HARK_DAEMON_PICTURES_H
#define HARK_DAEMON_PICTURES_H

#include "daemon/http.h"
#include "daemon/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct frame;
struct picture_fetch;
struct picture_upload;
struct rate_bucket;
struct server;
struct token;

/* What a request says of who sent it. */
struct picture_peer {
	const char *bearer; /* the token of a visitor's tab, 64 hex digits; NULL: none */
	const char *cookie; /* a staff sign-in's; NULL: none. A token goes before it */
	uint64_t bucket; /* keyed hash of the address */
};

/* ---- sending ---- */

struct picture_head {
	struct picture_peer peer;
	const char *room; /* decimal; NULL: not said, as with all below */
	const char *id; /* EVENT_ID_BYTES as hex: the message's, the same when it is sent again */
	const char *type; /* "image/png" */
	uint64_t size; /* bytes that will come */
};

/*
 * A picture begins to come. NULL: it is refused, or was sent before, and *reply says so, to be
 * given once the body is through. Bytes are counted by the caller: `size` of them, no more.
 */
struct picture_upload *pictures_begin(
	struct server *server, const struct picture_head *head, struct http_reply *reply);
void pictures_take(struct picture_upload *upload, const void *bytes, size_t size);

/* It is complete. `reply` comes once, on the loop, now or later, and the upload is gone then. */
void pictures_end(struct picture_upload *upload,
	void (*reply)(void *data, const struct http_reply *reply), void *data);

/* Nobody waits for it any more: nothing of it stays, unless it is on its way to the file already.
 * `reply` is not called after this. */
void pictures_drop(struct picture_upload *upload);

/* ---- looking ---- */

struct picture_found {
	int status; /* 200, or as of http_reply */
	const char *type; /* "image/jpeg" */
	struct frame *body; /* borrowed for the call */
};

/*
 * Looks for a picture. 200: *fetch, whose `found` comes later on the loop, once, unless it is
 * dropped before. Otherwise the status to answer with. Who may not see it, and what is not there,
 * get the same 404.
 */
int pictures_fetch(struct server *server, const struct picture_peer *peer, int64_t picture,
	bool thumb, void (*found)(void *data, const struct picture_found *found), void *data,
	struct picture_fetch **fetch);

/* Its answer was sent, or nobody waits for it: to be called for every fetch, at any time. */
void pictures_fetch_drop(struct picture_fetch *fetch);

/* ---- life ---- */

void pictures_init(struct server *server);
void pictures_close(struct server *server); /* ends the processes, so that the loop can run out */
void pictures_finish(struct server *server);

/* ---- pictures.c and pictures_get.c alone ---- */

/* Who it is; false: nobody. *account is NULL for a visitor, *token for staff. */
bool pictures_who(struct server *server, const struct picture_peer *peer, struct actor *actor,
	struct account **account, struct token **token);

/* Takes credits from the bucket of who sends pictures, where there is one, and from the one shared
 * by their address. */
bool pictures_pay(struct server *server, const struct picture_peer *peer, struct rate_bucket *own,
	unsigned credits, int64_t *retry_ms);

unsigned *pictures_fetches(struct server *server); /* how many there are */

#endif
