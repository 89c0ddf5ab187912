/* What pages and posts need from the daemon. */
#include "daemon/http.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/desk.h"
#include "daemon/export.h"
#include "daemon/frame.h"
#include "daemon/identity.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/settings.h"
#include "daemon/shared.h"
#include "daemon/signin.h"
#include "daemon/staff.h"
#include "daemon/xalloc.h"

#include <stdlib.h>

static bool pay(
	struct server *server, uint64_t bucket, unsigned credits, const struct signin_reply *to)
{
	struct msg_error error = dispatch_error(WIRE_CODE_TOO_FAST);
	error.has_retry_ms = true;
	if (shared_take_form(server, bucket, credits, clock_mono_ms(), &error.retry_ms)) {
		return true;
	}
	signin_refuse(to, 429, &error);
	return false;
}

static bool decode_post(const char *body, size_t size, enum message_type wanted,
	struct message *message, const struct signin_reply *to)
{
	struct decode_problem problem;
	struct msg_error error;
	if (message_decode(body, size, message, &problem) != DECODE_OK) {
		error = dispatch_error(problem.code);
		error.message = text_of(problem.sentence);
		error.has_field = problem.field[0] != '\0';
		error.field = text_of(problem.field);
		signin_refuse(to, 400, &error);
		return false;
	}
	if (message->type != wanted) {
		message_finish(message);
		error = dispatch_error(WIRE_CODE_UNKNOWN_TYPE);
		signin_refuse(to, 400, &error);
		return false;
	}
	return true;
}

/* ---- posts that are answered by a file ---- */

static void refuse_with(const struct signin_reply *to, enum wire_code code, int64_t retry_ms)
{
	static const struct {
		enum wire_code code;
		int status;
	} known[] = {
		{WIRE_CODE_TOO_LARGE, 413},
		{WIRE_CODE_NO_SUCH_ROOM, 404},
		{WIRE_CODE_NO_SUCH, 404},
		{WIRE_CODE_NOT_ALLOWED, 403},
		{WIRE_CODE_WRONG_PASSWORD, 403},
		{WIRE_CODE_NOT_GRANTED, 403},
		{WIRE_CODE_NEEDS_APPROVAL, 409},
		{WIRE_CODE_TOO_MANY, 429},
		{WIRE_CODE_TOO_FAST, 429},
	};
	struct msg_error error = dispatch_error(code);
	int status = 503;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		status = known[i].code == code ? known[i].status : status;
	}
	error.has_retry_ms = retry_ms > 0;
	error.retry_ms = retry_ms;
	signin_refuse(to, status, &error);
}

/* The adult whose cookie this is; NULL: refused. */
static struct login *login_of_adult(
	struct server *server, const char *cookie, const struct signin_reply *to)
{
	struct login *login = cookie != NULL ? staff_login_of_cookie(server, cookie) : NULL;
	if (login == NULL) {
		struct msg_error error = dispatch_error(WIRE_CODE_NOT_ALLOWED);
		signin_refuse(to, 401, &error);
	} else if (((1u << login->account->row.role) & ROLES_ADULT) == 0) {
		refuse_with(to, WIRE_CODE_NOT_ALLOWED, 0);
		return NULL;
	}
	return login;
}

/* Takes `to`, and the file. */
static void reply_file(
	struct signin_reply *to, struct frame *file, const char *type, enum wire_code code)
{
	if (file == NULL) {
		refuse_with(to, code, 0);
	} else {
		struct http_reply reply = {.status = 200, .file = file, .file_type = type};
		to->reply(to->data, to->ticket, &reply);
	}
	free(to);
}

static void on_exported(
	void *data, struct frame *file, enum wire_export_format format, enum wire_code code)
{
	reply_file(data, file,
		format == WIRE_EXPORT_CSV ? "text/csv; charset=utf-8" : "application/json", code);
}

static void export(struct server *server, const struct msg_export *request, const char *cookie,
	const struct signin_reply *to)
{
	const struct login *login = login_of_adult(server, cookie, to);
	if (login == NULL) {
		return;
	}
	struct signin_reply *later = (void *)xmemdup(to, sizeof(*to));
	if (!export_begin(server, login->account, request, on_exported, later)) {
		free(later);
		refuse_with(to, WIRE_CODE_TOO_MANY, 0);
	}
}

static void on_original(void *data, struct frame *file, const char *type, enum wire_code code)
{
	reply_file(data, file, type, code);
}

static void original(struct server *server, const struct msg_identity_picture *request,
	const char *cookie, const struct signin_reply *to)
{
	const struct login *login = login_of_adult(server, cookie, to);
	if (login == NULL) {
		return;
	}
	struct signin_reply *later = (void *)xmemdup(to, sizeof(*to));
	int64_t retry_ms = 0;
	enum outcome outcome =
		identity_picture(server, login->account, request, on_original, later, &retry_ms);
	if (outcome != OUTCOME_OK) {
		free(later);
		refuse_with(to, outcome_code(outcome), retry_ms);
	}
}

void http_post(struct server *server, enum http_post post, const char *body, size_t size,
	const char *cookie, uint64_t bucket, uint64_t ticket,
	void (*reply)(void *data, uint64_t ticket, const struct http_reply *reply), void *data)
{
	struct signin_reply to = {ticket, reply, data};
	if (post == HTTP_POST_LEAVE) {
		struct http_reply left = {.status = 204, .clear_storage = true};
		reply(data, ticket, &left);
		return;
	}
	if (server->closed) {
		struct msg_error error = dispatch_error(WIRE_CODE_UNAVAILABLE);
		signin_refuse(&to, 503, &error);
		return;
	}
	if (post == HTTP_POST_LOGOUT) {
		signin_sign_out(server, cookie, &to);
		return;
	}
	enum message_type wanted = post == HTTP_POST_LOGIN      ? TYPE_SIGN_IN
				   : post == HTTP_POST_EXPORT   ? TYPE_EXPORT
				   : post == HTTP_POST_ORIGINAL ? TYPE_IDENTITY_PICTURE
								: TYPE_SIGN_ENROL;
	struct message message;
	if (!pay(server, bucket, message_rule(wanted)->credits, &to) ||
		!decode_post(body, size, wanted, &message, &to)) {
		return;
	}
	if (!journal_writable(server)) {
		struct msg_error error = dispatch_error(WIRE_CODE_UNAVAILABLE);
		signin_refuse(&to, 503, &error);
	} else if (post == HTTP_POST_EXPORT) {
		export(server, &message.export, cookie, &to);
	} else if (post == HTTP_POST_ORIGINAL) {
		original(server, &message.identity_picture, cookie, &to);
	} else if (post == HTTP_POST_LOGIN) {
		signin_with_password(server, &message.sign_in, &to);
	} else {
		signin_enrol(server, &message.sign_enrol, &to);
	}
	message_finish(&message);
}

const char *http_redirect(struct server *server, enum http_page page, const char *cookie)
{
	if (page == HTTP_PAGE_VISITOR || page == HTTP_PAGE_LOGIN) {
		return NULL;
	}
	const struct login *login = cookie != NULL ? staff_login_of_cookie(server, cookie) : NULL;
	if (login == NULL) {
		return "/login";
	}
	bool supporter = login->account->row.role == WIRE_ROLE_SUPPORTER;
	if (page == HTTP_PAGE_CONSOLE) {
		return supporter ? NULL : "/oversight";
	}
	return supporter ? "/console" : NULL;
}

/* ---- the school's words inside the visitor's page ---- */

struct block {
	char *bytes;
	size_t size, capacity;
};

static void put(struct block *block, const char *bytes, size_t size)
{
	if (size == 0) {
		return; /* there may be no block yet, and memcpy takes no NULL */
	}
	if (block->size + size > block->capacity) {
		block->capacity = (block->size + size) * 2;
		block->bytes = xrealloc(block->bytes, block->capacity);
	}
	memcpy(block->bytes + block->size, bytes, size);
	block->size += size;
}

static void put_string(struct block *block, const char *string)
{
	put(block, string, strlen(string));
}

/* HTML's text and attribute values; also keeps "</script" out of a data block, as \u003c. */
static void put_escaped(struct block *block, struct text text, bool json)
{
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];
		if (json && (c == '<' || c == '>' || c == '&')) {
			put_string(block, c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026");
		} else if (!json && strchr("<>&\"'", c) != NULL && c != '\0') {
			put_string(block, c == '<'   ? "&lt;"
					  : c == '>' ? "&gt;"
					  : c == '&' ? "&amp;"
					  : c == '"' ? "&quot;"
						     : "&#39;");
		} else {
			put(block, &c, 1);
		}
	}
}

static void put_contacts(struct block *block, const struct settings *settings)
{
	put_string(block, "<section id=\"hark-contacts\"><h1>Get help right now</h1><ul>");
	for (size_t i = 0; i < settings->contacts_count; i++) {
		const struct item_contact *contact = &settings->contacts[i];
		put_string(block, "<li>");
		put_escaped(block, contact->when, false);
		put_string(block, ": ");
		if (contact->href.size > 0) {
			put_string(block, "<a href=\"");
			put_escaped(block, contact->href, false);
			put_string(block, "\">");
		}
		put_escaped(block, contact->what, false);
		put_string(block, contact->href.size > 0 ? "</a></li>" : "</li>");
	}
	put_string(block, "</ul></section>");
}

const char *http_school_block(struct server *server, size_t *size, uint64_t *version)
{
	struct frame *school = desk_school_frame(server);
	if (server->block == NULL || server->block_version != server->school_version) {
		struct block block = {0};
		put_string(&block, "<script type=\"application/json\" id=\"hark-school\">");
		put_escaped(&block, (struct text){school->bytes, school->size}, true);
		put_string(&block, "</script>");
		put_contacts(&block, server->settings);
		free(server->block);
		server->block = block.bytes;
		server->block_size = block.size;
		server->block_version = server->school_version;
	}
	frame_unref(school);
	*size = server->block_size;
	*version = server->block_version;
	return server->block;
}

const char *http_frame_ancestors(struct server *server)
{
	if (server->ancestors == NULL) {
		struct block block = {0};
		for (char *const *site = server->config->frame_ancestors; *site != NULL; site++) {
			put_string(&block, block.size > 0 ? " " : "");
			put_string(&block, *site);
		}
		put_string(&block, block.size > 0 ? "" : "'self'");
		put(&block, "", 1);
		server->ancestors = block.bytes;
	}
	return server->ancestors;
}

void http_unnamed_proxy(struct server *server)
{
	(void)server;
	log_warning("X-Forwarded-For comes from somebody whom server.trusted_proxies does not "
		    "name; if that is your proxy, name it: until then all behind it seem to be one "
		    "address, and their https is not seen");
}

bool http_ready(struct server *server, bool *writable)
{
	*writable = journal_writable(server);
	return !server->draining;
}
