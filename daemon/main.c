/* harkd: reads its configuration and its key, starts the daemon and the network, obeys signals. */
#include "daemon/audit.h"
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/outbox.h"
#include "daemon/server.h"
#include "daemon/transport.h"
#include "daemon/version.h"
#include "daemon/xalloc.h"
#include "storage/key.h"

#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <uv.h>

enum {
	PROBLEM_BYTES = 512,
	EXIT_CONFIG = 78
};

struct harkd {
	struct config config;
	struct server server;
	uv_loop_t loop;
	uv_signal_t terminate, interrupt, reload;
	char **argv;
	int argc;
	const char *config_path; /* NULL: the default place */
	char control_path[PATH_MAX];
};

/* Nothing of a conversation may end in a core file. */
static void forbid_core_files(void)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void usage(FILE *out)
{
	fputs("Usage: harkd [--config FILE] [--SECTION.KEY=VALUE ...]\n"
	      "       harkd --print-config | --version | --help\n\n",
		out);
	config_flags(out);
}

/* ---- signals ---- */

static void on_server_stopped(void *data)
{
	struct harkd *harkd = data;
	uv_close((uv_handle_t *)&harkd->terminate, NULL);
	uv_close((uv_handle_t *)&harkd->interrupt, NULL);
	uv_close((uv_handle_t *)&harkd->reload, NULL);
	/* That brought their default back: death. The file is about to be closed in order; who is
	 * in a hurry at a terminal still has SIGINT. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
}

static void on_terminate(uv_signal_t *signal, int number)
{
	(void)number;
	struct harkd *harkd = signal->data;
	log_info("stopping");
	notify_stopping();
	server_stop(&harkd->server, on_server_stopped, harkd);
}

static void say_change(void *data, const char *sentence)
{
	(void)data;
	log_info("%s", sentence);
}

static void on_reload(uv_signal_t *signal, int number)
{
	(void)number;
	struct harkd *harkd = signal->data;
	char problem[PROBLEM_BYTES];
	struct config fresh;
	int rest = 0;
	notify_reloading();
	config_init(&fresh);
	if (config_load(&fresh, harkd->config_path, harkd->argc, harkd->argv, &rest, problem,
		    sizeof(problem)) != 0) {
		log_error("%s; nothing was changed", problem);
	} else {
		config_reload(&harkd->config, &fresh, say_change, NULL);
		server_reconfigure(&harkd->server);
		if (transport_reload(harkd->server.transport, problem, sizeof(problem)) != 0) {
			log_error("%s", problem);
		}
		log_info("configuration read again");
	}
	config_finish(&fresh);
	notify_ready();
}

static void watch_signals(struct harkd *harkd)
{
	uv_signal_init(&harkd->loop, &harkd->terminate);
	uv_signal_init(&harkd->loop, &harkd->interrupt);
	uv_signal_init(&harkd->loop, &harkd->reload);
	harkd->terminate.data = harkd->interrupt.data = harkd->reload.data = harkd;
	uv_signal_start(&harkd->terminate, on_terminate, SIGTERM);
	uv_signal_start(&harkd->interrupt, on_terminate, SIGINT);
	uv_signal_start(&harkd->reload, on_reload, SIGHUP);
}

/* ---- start ---- */

static int start_network(struct harkd *harkd, char *problem, size_t size)
{
	const struct config *config = &harkd->config;
	struct transport_options options = {
		.loop = &harkd->loop,
		.server = &harkd->server,
		.listen = config->listen,
		.port = (int)config->port,
		.tls_cert = config->tls_cert[0] != '\0' ? config->tls_cert : NULL,
		.tls_key = config->tls_key[0] != '\0' ? config->tls_key : NULL,
		.origins = (const char *const *)config->origins,
		.trusted_proxies = (const char *const *)config->trusted_proxies,
		.device_header = config->escrow_device_header,
		.connections_max = (unsigned)config->connections,
		.handshake_ms = 10000,
		.stream_grace_ms = (unsigned)config->stream_grace_ms,
		.ping_ms = 20000,
		.dead_ms = 45000,
		.control_path = harkd->control_path,
	};
	randombytes_buf(options.bucket_key, sizeof(options.bucket_key));
	return transport_start(&options, &harkd->server.transport, problem, size);
}

/* After a failed start: ends what was begun, so that the file is closed in order. */
static void give_up(struct harkd *harkd)
{
	server_close_handles(&harkd->server);
	uv_run(&harkd->loop, UV_RUN_DEFAULT);
	server_finish(&harkd->server);
	uv_loop_close(&harkd->loop);
}

static int serve(struct harkd *harkd)
{
	uv_run(&harkd->loop, UV_RUN_DEFAULT);
	server_finish(&harkd->server);
	int busy = uv_loop_close(&harkd->loop);
	if (busy != 0) {
		log_error("the loop was left with open handles");
		return EXIT_FAILURE;
	}
	log_info("stopped");
	return EXIT_SUCCESS;
}

static int run(struct harkd *harkd, struct key *key)
{
	char problem[PROBLEM_BYTES] = "";
	/* It would abort without a word where it has no way to fail, and fail where we have none.
	 */
	uv_replace_allocator(xmalloc, xrealloc, xcalloc, free);
	/* Two for Argon2, two for mails, and some to spare. */
	setenv("UV_THREADPOOL_SIZE", "8", 0);
	uv_loop_init(&harkd->loop);
	enum server_status status = server_start(
		&harkd->server, &harkd->loop, &harkd->config, key, problem, sizeof(problem));
	if (status != SERVER_OK) {
		log_error("%s", problem);
	}
	if (status == SERVER_FAILED || status == SERVER_MISCONFIGURED) {
		give_up(harkd);
		return status == SERVER_FAILED ? EXIT_FAILURE : EXIT_CONFIG;
	}
	if (status == SERVER_DAMAGED) {
		server_start_closed(&harkd->server);
	} else {
		audit_start(&harkd->server);
		outbox_start(&harkd->server);
		server_make_log_room(&harkd->server);
	}
	if (start_network(harkd, problem, sizeof(problem)) != 0) {
		log_error("%s", problem);
		give_up(harkd);
		return EXIT_FAILURE;
	}
	watch_signals(harkd);
	log_info("%s on %s, port %d",
		status == SERVER_OK ? "ready" : "closed, with the crisis contacts alone,",
		harkd->config.listen, transport_port(harkd->server.transport));
	notify_ready();
	return serve(harkd);
}

/* Handles what is asked for besides running. True: *exit_code says with what it ended. */
static bool answer_at_once(const struct harkd *harkd, bool *print, int *exit_code)
{
	int at = 1;
	for (const char *flag; (flag = config_other_flag(harkd->argc, harkd->argv, &at)) != NULL;) {
		*exit_code = EXIT_SUCCESS;
		if (strcmp(flag, "--version") == 0) {
			puts("harkd " HARK_VERSION);
			return true;
		}
		if (strcmp(flag, "--help") == 0) {
			usage(stdout);
			return true;
		}
		*print = strcmp(flag, "--print-config") == 0;
		if (!*print) {
			log_error("%s: there is no such flag; harkd --help lists them", flag);
			*exit_code = EXIT_CONFIG;
			return true;
		}
	}
	if (at < harkd->argc) {
		log_error("%s: harkd takes flags alone", harkd->argv[at]);
		*exit_code = EXIT_CONFIG;
		return true;
	}
	return false;
}

static int start(struct harkd *harkd)
{
	char problem[PROBLEM_BYTES] = "";
	struct key *key = NULL;
	enum log_level level;
	if (log_level_from_name(harkd->config.log_level, &level)) {
		log_set_level(level);
	}
	if (harkd->config.time_zone[0] != '\0') {
		setenv("TZ", harkd->config.time_zone, 1);
	}
	tzset();
	int exit_code = keyfile_load(&harkd->config, &key, problem, sizeof(problem));
	if (exit_code != 0) {
		log_error("%s", problem);
		return exit_code;
	}
	config_control_path(&harkd->config, harkd->control_path, sizeof(harkd->control_path));
	exit_code = run(harkd, key);
	key_free(key);
	return exit_code;
}

int main(int argc, char **argv)
{
	struct harkd harkd = {.argc = argc, .argv = argv};
	char problem[PROBLEM_BYTES] = "";
	int exit_code = EXIT_CONFIG;
	bool print = false;
	forbid_core_files();
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0) {
		log_error("libsodium cannot be used on this machine");
		return EXIT_FAILURE;
	}
	if (answer_at_once(&harkd, &print, &exit_code)) {
		return exit_code;
	}
	config_init(&harkd.config);
	if (config_load(&harkd.config, NULL, argc, argv, NULL, problem, sizeof(problem)) != 0) {
		log_error("%s", problem);
	} else if (print) {
		config_print(&harkd.config, stdout);
		exit_code = EXIT_SUCCESS;
	} else {
		exit_code = start(&harkd);
	}
	config_finish(&harkd.config);
	return exit_code;
}
