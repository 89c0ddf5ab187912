/*
 * POST /picture and GET /picture/<number>, /picture/<number>/thumb. As with other posts a body is
 * counted here, and one that is refused is read to its end, within bounds, so that the client can
 * hear why. Who goes away in the middle takes everything along (pictures_drop()).
 */
#include <libwebsockets.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/frame.h"
#include "daemon/pictures.h"
#include "daemon/transport_answer.h"
#include "daemon/transport_fields.h"
#include "daemon/transport_picture.h"
#include "daemon/transport_post.h"
#include "daemon/xalloc.h"

enum {
	BODY_SWALLOWED_MAX = 16 * 1024 * 1024, /* bytes of a too large body still read */
	BEARER_SIZE = 80, /* bytes of a token as hex, with more than there should be */
	AUTHORIZATION_SIZE = BEARER_SIZE + 8, /* with the scheme */
	FIELD_SIZE = 64, /* bytes of our own headers' values */
};

static const char path_all[] = "/picture", path_one[] = "/picture/", path_thumb[] = "/thumb";

struct picture {
	struct connection *connection;
	struct picture_upload *upload; /* receiving, or with the daemon; NULL: refused, answered */
	struct picture_fetch *fetch; /* its answer is awaited, or on its way */
	bool is_fetch, complete; /* the body has been handed over */
	bool ready; /* the answer has come */
	uint64_t announced, received; /* bytes of the body */
	struct http_reply reply; /* of an upload */
	int status; /* of a fetch */
	const char *type;
	struct frame *body; /* or NULL */
};

bool picture_is_path(const char *path)
{
	return strcmp(path, path_all) == 0 || strncmp(path, path_one, sizeof path_one - 1) == 0;
}

static struct picture *picture_create(struct connection *connection)
{
	struct picture *picture = xcalloc(1, sizeof *picture);

	picture->connection = connection;
	connection->picture = picture;
	return picture;
}

void picture_gone(struct connection *connection)
{
	struct picture *picture = connection->picture;

	if (picture == NULL) {
		return;
	}
	connection->picture = NULL;
	if (picture->upload != NULL) {
		pictures_drop(picture->upload);
	}
	if (picture->fetch != NULL) {
		pictures_fetch_drop(picture->fetch);
	}
	frame_unref(picture->body);
	free(picture);
}

/* ---- who ---- */

struct peer_words {
	char bearer[BEARER_SIZE], cookie[COOKIE_VALUE_MAX];
};

static bool own_header(struct connection *connection, const char *name, char *out, size_t size)
{
	return lws_hdr_custom_copy(connection->wsi, out, (int)size, name, (int)strlen(name)) > 0;
}

/* The token is one that the page made itself. */
static bool read_bearer(struct connection *connection, char out[BEARER_SIZE])
{
	char header[AUTHORIZATION_SIZE];
	bool good = connection_header(
			    connection, WSI_TOKEN_HTTP_AUTHORIZATION, header, sizeof header) &&
		    field_bearer(header, out, BEARER_SIZE);

	explicit_bzero(header, sizeof header);
	return good;
}

static struct picture_peer peer_of(struct connection *connection, struct peer_words *words)
{
	struct peer_address address = connection_address(connection);
	bool bearer = read_bearer(connection, words->bearer);
	bool cookie = !bearer && connection_staff_cookie(connection, words->cookie);

	return (struct picture_peer){
		.bearer = bearer ? words->bearer : NULL,
		.cookie = cookie ? words->cookie : NULL,
		.bucket = peer_bucket(&address, connection->transport->options.bucket_key),
	};
}

/* ---- sending ---- */

static void begin_upload(struct connection *connection, struct picture *picture)
{
	struct peer_words words = {0};
	char room[FIELD_SIZE], id[FIELD_SIZE], type[FIELD_SIZE];
	struct picture_head head = {
		.peer = peer_of(connection, &words),
		.room = own_header(connection, "x-hark-room:", room, sizeof room) ? room : NULL,
		.id = own_header(connection, "x-hark-id:", id, sizeof id) ? id : NULL,
		.size = picture->announced,
	};

	if (connection_header(connection, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof type)) {
		type[strcspn(type, "; \t")] = '\0';
		head.type = type;
	}
	picture->upload =
		pictures_begin(connection->transport->options.server, &head, &picture->reply);
	explicit_bzero(&words, sizeof words);
}

static int send_reply(struct connection *connection, bool close)
{
	const struct http_reply *reply = &connection->picture->reply;

	return answer_send(connection, &(struct answer){.status = reply->status,
					       .type = "application/json",
					       .body = reply->body,
					       .size = reply->body_size,
					       .policy = POLICY_ASSET,
					       .close = close});
}

static int post_picture(struct connection *connection)
{
	uint64_t announced = 0;

	if (!post_length(connection, &announced)) {
		return -1;
	}
	if (!connection_origin_allowed(connection)) {
		return http_refuse(connection, 403, "This origin may not post here.\n");
	}
	struct picture *picture = picture_create(connection);
	picture->announced = announced;
	connection_enter(connection, PHASE_REQUEST); /* the body's time begins */
	begin_upload(connection, picture);
	if (picture->upload != NULL) {
		place_keep(connection); /* it may take long, and somebody's chat waits for it */
	}
	if (announced > BODY_SWALLOWED_MAX) {
		(void)send_reply(connection, true);
		return -1;
	}
	return 0;
}

int picture_body(struct connection *connection, const void *bytes, size_t size)
{
	struct picture *picture = connection->picture;

	if (picture->is_fetch || picture->complete ||
		size > picture->announced - picture->received) {
		return -1;
	}
	picture->received += size;
	if (picture->upload != NULL) {
		pictures_take(picture->upload, bytes, size);
	}
	return 0;
}

static void on_reply(void *data, const struct http_reply *reply)
{
	struct picture *picture = data;

	picture->upload = NULL;
	picture->reply = *reply;
	picture->ready = true;
	/* Written where the library can be told to close. */
	lws_callback_on_writable(picture->connection->wsi);
}

int picture_body_complete(struct connection *connection)
{
	struct picture *picture = connection->picture;

	if (picture->is_fetch || picture->complete || picture->received != picture->announced) {
		return -1;
	}
	picture->complete = true;
	if (picture->upload == NULL) {
		return send_reply(connection, false);
	}
	connection_enter(connection, PHASE_WORKING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	pictures_end(picture->upload, on_reply, picture);
	return 0;
}

/* ---- looking ---- */

/* "/picture/123" and "/picture/123/thumb". */
static bool read_path(const char *path, int64_t *number, bool *thumb)
{
	const char *digits = path + sizeof path_one - 1;
	size_t count = strspn(digits, "0123456789");

	if (strncmp(path, path_one, sizeof path_one - 1) != 0 || count == 0 || count > 16) {
		return false;
	}
	*thumb = strcmp(digits + count, path_thumb) == 0;
	*number = strtoll(digits, NULL, 10);
	return *thumb || digits[count] == '\0';
}

static int refuse_fetch(struct connection *connection, int status)
{
	return answer_text(connection, status,
		status == 404   ? "There is nothing here.\n"
		: status == 429 ? "That was too fast. Try again in a moment.\n"
				: "Try again in a moment.\n",
		false);
}

static void on_found(void *data, const struct picture_found *found)
{
	struct picture *picture = data;

	picture->status = found->status;
	picture->type = found->type;
	picture->body = found->body == NULL ? NULL : frame_ref(found->body);
	picture->ready = true;
	lws_callback_on_writable(picture->connection->wsi);
}

static int get_picture(struct connection *connection, const char *path)
{
	struct peer_words words = {0};
	int64_t number;
	bool thumb;

	if (!read_path(path, &number, &thumb)) {
		return refuse_fetch(connection, 404);
	}
	struct picture *picture = picture_create(connection);
	struct picture_peer peer = peer_of(connection, &words);
	picture->is_fetch = true;
	int status = pictures_fetch(connection->transport->options.server, &peer, number, thumb,
		on_found, picture, &picture->fetch);
	explicit_bzero(&words, sizeof words);
	if (status != 200) {
		return refuse_fetch(connection, status);
	}
	connection_enter(connection, PHASE_WORKING);
	lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
	return 0;
}

static int send_found(struct connection *connection)
{
	struct picture *picture = connection->picture;

	if (picture->status != 200) {
		return refuse_fetch(connection, picture->status);
	}
	picture->ready = false; /* said once */
	return answer_send(connection, &(struct answer){.status = 200,
					       .type = picture->type,
					       .body = picture->body->bytes,
					       .size = picture->body->size,
					       .owner = picture->body,
					       .policy = POLICY_ASSET});
}

/* ---- both ---- */

int picture_send_answer(struct connection *connection)
{
	struct picture *picture = connection->picture;

	if (picture == NULL || !picture->ready) {
		return 0;
	}
	return picture->is_fetch ? send_found(connection) : send_reply(connection, false);
}

int picture_request(struct connection *connection, const char *path, int method)
{
	bool posts = strcmp(path, path_all) == 0;

	if (posts && method == LWSHUMETH_POST) {
		return post_picture(connection);
	}
	if (!posts && (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD)) {
		return get_picture(connection, path);
	}
	/* It may have a body that nobody reads: the connection ends here. */
	(void)answer_send(connection, &(struct answer){.status = 405,
					      .allow = posts ? "POST" : "GET, HEAD",
					      .policy = POLICY_ASSET,
					      .close = true});
	return -1;
}
