/*
 * What the operator sets: hark.conf (INI), then conf.d/<*.conf>, then HARK_SECTION_KEY, then flags.
 * Each option is a row in config.c: section, key, type, bounds, default, unit, text, and whether
 * SIGHUP can change it. The rows also print --print-config, examples/hark.conf and the man page.
 */
#ifndef HARK_DAEMON_CONFIG_H
#define HARK_DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	CONFIG_LIST_MAX = 16, /* entries of a list option */
	CONFIG_PATH_MAX = 1100, /* bytes of a path or URL made here, with NUL */
};

struct config {
	/* [server] */
	char *listen; /* server.listen: address or unix:/path */
	int64_t port;
	char *tls_cert, *tls_key; /* PEM; empty: none */
	char *origins[CONFIG_LIST_MAX + 1]; /* besides the own host; NULL-ended */
	char *trusted_proxies[CONFIG_LIST_MAX + 1];
	char *frame_ancestors[CONFIG_LIST_MAX + 1]; /* sites that may embed the chat */
	char *time_zone; /* IANA name; empty: the system's */
	char *public_url; /* for links the hark command prints; empty: http://listen:port */
	/* [storage] */
	char *data_dir; /* hark.db, hark.lock and the control socket's default place */
	char *key_file; /* empty: $CREDENTIALS_DIRECTORY/hark.key, else data_dir/hark.key */
	char *control_socket; /* empty: data_dir/control */
	bool relaxed; /* open although the log is damaged */
	/* [limits] */
	int64_t connections, rooms;
	int64_t credits, credits_per_s; /* a session's bucket */
	int64_t shared_credits, shared_credits_per_s; /* all sessions behind one address together */
	int64_t total_credits, total_credits_per_s; /* everybody; beyond it there is pressure */
	int64_t rooms_per_min, waiting; /* the same of rooms opened, and of rooms that wait */
	int64_t stream_grace_ms; /* a session over plain HTTP outlives its connection by this */
	int64_t queue_bytes; /* direct replies waiting for one session */
	int64_t feed_frames; /* newest frames kept per room feed */
	int64_t oversight_frames;
	/* [talk] */
	int64_t offer_ms; /* an offer goes to the next peer after this */
	int64_t silent_ms; /* a peer who does not answer the visitor's words loses the room */
	int64_t gone_ms; /* a peer without a connection loses the room */
	int64_t unanswered_ms; /* a visitor nobody has answered raises the alarm */
	int64_t mailbox_rest_ms; /* a mailbox in which nothing waits leaves memory */
	int64_t token_grace_ms; /* a tab's token is dropped after so long without a connection */
	int64_t cap; /* rooms a supporter has at most */
	int64_t shift_warn_ms; /* the end of a shift is said so long before */
	int64_t shift_grace_ms; /* rooms may be kept so long after it */
	/* [staff] */
	int64_t session_idle_ms, session_max_ms, link_ms;
	/* [mail]; empty: the channel is off. The files of all channels hold one line. */
	char *mail_host, *mail_security, *mail_user, *mail_password_file, *mail_from;
	int64_t mail_port;
	/* [webhook], [ntfy], [slack], [teams]; empty: off */
	char *webhook_url, *webhook_secret_file;
	char *ntfy_url, *ntfy_topic, *ntfy_token_file;
	char *slack_url_file, *teams_url_file;
	/* [program] */
	char *program_path; /* empty: off */
	int64_t program_timeout_ms;
	/* [notify] all channels */
	int64_t notify_connect_ms, notify_timeout_ms; /* of one try */
	int64_t notify_retry_ms; /* the first back-off */
	int64_t notify_give_up_ms;
	char *notify_ca_file; /* certificates trusted besides the system's */
	char *notify_daily_test; /* "HH:MM"; empty: none */
	/* [pictures] */
	bool pictures; /* may be sent */
	int64_t picture_bytes; /* of an original at most */
	char *picture_program; /* hark-picture; empty: see decoder_find() */
	/* [escrow] */
	int64_t escrow_approvals; /* holders it takes to open sealed details: 1 or 2 */
	int64_t escrow_open_ms; /* an opening closes by itself after so long */
	char *escrow_device_header; /* a trusted proxy's, naming the device; empty: none */
	/* [log] */
	char *log_level; /* error, warning, info, debug */
};

/* Defaults. config_finish() frees, also a half-read one. */
void config_init(struct config *config);
void config_finish(struct config *config);

/*
 * Reads all sources. path NULL: /etc/hark/hark.conf if it exists; --config FILE among the flags
 * comes before both; conf.d lies beside the file. argv as main's: flags are taken up to the first
 * other argument or "--", *rest is the index of what follows (rest may be NULL). Ours have a dot
 * (--server.port=8420); those without (--help) are left to the caller and must hold their value
 * themselves, behind =. 0, or -1 with "FILE:LINE: sentence", "HARK_SERVER_PORT: sentence" or
 * "--server.port: sentence" in problem.
 */
int config_load(struct config *config, const char *path, int argc, char **argv, int *rest,
	char *problem, size_t size);

/* Walks over the flags that are left to the caller: begin with *at = 1. NULL: no more. */
const char *config_other_flag(int argc, char **argv, int *at);

/*
 * SIGHUP: applies from `fresh` what can change while running; `say` is called with one sentence
 * for each option that differs and was, or could not be, changed. Old texts end in `fresh` and
 * with its config_finish(): borrow none of a reloadable option for longer than a turn of the loop.
 */
void config_reload(struct config *config, struct config *fresh,
	void (*say)(void *data, const char *sentence), void *data);

/* Where things are when the option is empty, too, in up to CONFIG_PATH_MAX bytes. The key's place:
 * keyfile.h. */
void config_file_path(const struct config *config, char *path, size_t size); /* hark.db */
void config_control_path(const struct config *config, char *path, size_t size);
void config_public_url(const struct config *config, char *url, size_t size); /* no / at the end */

void config_print(const struct config *config, FILE *out); /* --print-config: values in force */
void config_example(FILE *out); /* examples/hark.conf */
void config_flags(FILE *out); /* for --help */

#endif
