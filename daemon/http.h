/*
 * What the HTTP transport asks the daemon: pages by cookie, and the posts. No lws here.
 */
#ifndef HARK_DAEMON_HTTP_H
#define HARK_DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct server;

enum {
	HTTP_BODY_MAX = 4096, /* bytes of a post's body */
	HTTP_COOKIE_MAX = 256, /* bytes of a Set-Cookie value */
	HTTP_REPLY_MAX = 1024, /* bytes of an answer's body */
};

enum http_post {
	HTTP_POST_LOGIN, /* body: sign.in */
	HTTP_POST_ENROL, /* body: sign.enrol */
	HTTP_POST_LOGOUT, /* no body */
	HTTP_POST_EXPORT, /* body: export; answered by a file */
	HTTP_POST_ORIGINAL, /* body: identity.picture; answered by a file */
	HTTP_POST_LEAVE, /* no body: a visitor leaves this browser without a trace */
};

struct http_reply {
	int status; /* 200, 204, 400, 401, 403, 404, 413, 429, 503 */
	/*
	 * "hark=VALUE; HttpOnly; SameSite=Strict; Path=/...", empty: none. Over https the transport
	 * makes it "__Host-hark=...; Secure", which the daemon cannot know; a cookie that comes
	 * back is handed over as its bare value.
	 */
	char set_cookie[HTTP_COOKIE_MAX];
	bool clear_storage; /* Clear-Site-Data: "storage"; the cookies are the school's */
	char body[HTTP_REPLY_MAX]; /* an `error` message as JSON; empty with 204 */
	size_t body_size;
	struct frame *file; /* with 200: the body instead; a reference handed over, or NULL */
	const char *file_type; /* "text/csv; charset=utf-8"; static */
};

/*
 * Starts a post. The answer comes through `reply`, once, on the loop, now or after Argon2 has run;
 * `ticket` is the transport's number of the request, never a pointer: the client may be gone.
 */
void http_post(struct server *server, enum http_post post, const char *body, size_t size,
	const char *cookie, uint64_t bucket, uint64_t ticket,
	void (*reply)(void *data, uint64_t ticket, const struct http_reply *reply), void *data);

enum http_page {
	HTTP_PAGE_VISITOR,
	HTTP_PAGE_CONSOLE,
	HTTP_PAGE_OVERSIGHT,
	HTTP_PAGE_LOGIN,
};

/* Where a GET of this page goes instead: "/login" without a session, the other page for the other
 * role; NULL: serve it. */
const char *http_redirect(struct server *server, enum http_page page, const char *cookie);

/*
 * What replaces <!--hark:school--> in the visitor's page: a JSON data block and the crisis
 * contacts as plain HTML. Valid until the next turn of the loop; changes when settings change,
 * which `version` tells.
 */
const char *http_school_block(struct server *server, size_t *size, uint64_t *version);

/* Who may frame "/": the value for frame-ancestors, the school's list or "'self'". */
const char *http_frame_ancestors(struct server *server);

/* X-Forwarded-For came from a peer that is no trusted proxy: said to the operator. */
void http_unnamed_proxy(struct server *server);

/* The daemon can serve: the file is open and, for `writable`, takes writes. */
bool http_ready(struct server *server, bool *writable);

#endif
