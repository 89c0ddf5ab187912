/* One request of the hark command, carried out by the daemon's own code without a daemon. */
#include "daemon/offline.h"

#include "daemon/audit.h"
#include "daemon/config.h"
#include "daemon/frame.h"
#include "daemon/keyfile.h"
#include "daemon/server.h"
#include "daemon/session_wire.h"
#include "daemon/xalloc.h"
#include "storage/key.h"
#include "storage/store.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct offline {
	struct server server;
	struct session *session;
	uv_idle_t pull; /* frames are taken when the loop comes round */
	char *answer;
	size_t answer_size;
};

static void on_wake(void *wire)
{
	(void)wire; /* on_pull looks every turn */
}

static void finish_loop(struct offline *offline)
{
	session_destroy(offline->session);
	offline->session = NULL;
	uv_close((uv_handle_t *)&offline->pull, NULL);
	server_close_handles(&offline->server);
}

static void on_pull(uv_idle_t *idle)
{
	struct offline *offline = idle->data;
	struct frame *frame = session_next(offline->session);
	if (frame == NULL) {
		return;
	}
	offline->answer = xmemdup(frame->bytes, frame->size);
	offline->answer_size = frame->size;
	session_sent(offline->session);
	finish_loop(offline);
}

static int ask(struct offline *offline, const char *request, size_t size, char *problem,
	size_t problem_size)
{
	struct session_peer peer = {.wake = on_wake, .control = true};
	int refusal = 0;
	offline->session = session_create(&offline->server, &peer, &refusal);
	if (offline->session == NULL || session_receive(offline->session, request, size, true)) {
		snprintf(problem, problem_size, "The request could not be taken.");
		return -1;
	}
	uv_idle_init(offline->server.loop, &offline->pull);
	offline->pull.data = offline;
	uv_idle_start(&offline->pull, on_pull);
	uv_run(offline->server.loop, UV_RUN_DEFAULT);
	return 0;
}

static void on_noted(struct server *server, void *data, int64_t number, enum store_status status)
{
	(void)server, (void)number;
	*(enum store_status *)data = status;
}

int offline_note(const struct config *config, const struct audit_entry *entry, char *problem,
	size_t problem_size)
{
	struct key *key = NULL;
	if (sodium_init() < 0 || keyfile_load(config, &key, problem, problem_size) != 0) {
		return -1;
	}
	struct server *server = xcalloc(1, sizeof(*server));
	enum store_status status = STORE_CLOSED;
	uv_loop_t loop;
	uv_loop_init(&loop);
	bool started = server_start(server, &loop, (struct config *)(uintptr_t)config, key, problem,
			       problem_size) == SERVER_OK;
	if (started) {
		audit_add(server, entry, on_noted, &status);
		store_flush(server->store);
		snprintf(problem, problem_size, "%s: %s", config->data_dir,
			store_status_text(status));
	}
	server_close_handles(server);
	uv_run(&loop, UV_RUN_DEFAULT);
	server_finish(server);
	uv_loop_close(&loop);
	free(server);
	key_free(key);
	return started && status == STORE_OK ? 0 : -1;
}

int offline_request(const struct config *config, const char *request, size_t size, char **answer,
	size_t *answer_size, char *problem, size_t problem_size)
{
	struct key *key = NULL;
	if (sodium_init() < 0 || keyfile_load(config, &key, problem, problem_size) != 0) {
		return -1;
	}
	struct offline *offline = xcalloc(1, sizeof(*offline));
	struct config *used = (struct config *)(uintptr_t)config; /* never written to */
	uv_loop_t loop;
	uv_loop_init(&loop);
	int result = -1;
	if (server_start(&offline->server, &loop, used, key, problem, problem_size) == SERVER_OK) {
		result = ask(offline, request, size, problem, problem_size);
	}
	if (offline->answer == NULL) {
		server_close_handles(&offline->server);
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	session_destroy(offline->session);
	server_finish(&offline->server);
	uv_loop_close(&loop);
	key_free(key);
	if (result == 0) {
		*answer = offline->answer;
		*answer_size = offline->answer_size;
	} else {
		free(offline->answer);
	}
	free(offline);
	return result;
}
