/* The options, one row each. */
#include "daemon/config_rows.h"
#include "daemon/channel_text.h"
#include "daemon/config.h"
#include "daemon/log.h"

#include <arpa/inet.h>
#include <string.h>

/* ---- what texts must be ---- */

static bool is_address(const char *value)
{
	struct in6_addr six;
	struct in_addr four;
	return inet_pton(AF_INET, value, &four) == 1 || inet_pton(AF_INET6, value, &six) == 1;
}

static const char *check_address(const char *value)
{
	return is_address(value) ? NULL : "an IPv4 or IPv6 address";
}

static const char *check_listen(const char *value)
{
	bool unix_path = strncmp(value, "unix:/", 6) == 0 && value[6] != '\0';
	return unix_path || is_address(value) ? NULL : "an IPv4 or IPv6 address, or unix:/PATH";
}

/* Length of "http://" or "https://" in front of `value`, 0 without. */
static size_t scheme_length(const char *value)
{
	if (strncmp(value, "https://", 8) == 0) {
		return 8;
	}
	return strncmp(value, "http://", 7) == 0 ? 7 : 0;
}

/* These go into headers and are compared with the browser's: nothing but scheme, host and port. */
static const char *check_origin(const char *value)
{
	static const char must[] = "like https://school.example or https://*.school.example:8443";
	static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789.-*:[]";
	size_t scheme = scheme_length(value);
	const char *rest = value + scheme;
	return scheme > 0 && *rest != '\0' && rest[strspn(rest, host)] == '\0' ? NULL : must;
}

static const char *check_url(const char *value)
{
	size_t scheme = scheme_length(value);
	size_t length = strlen(value);
	bool whole = scheme > 0 && value[scheme] != '\0' && strpbrk(value, " \"'<>#?") == NULL;
	if (value[0] == '\0' || (whole && value[length - 1] != '/')) {
		return NULL;
	}
	return "like https://hark.school.example, without a / at the end";
}

static const char *check_path(const char *value)
{
	return value[0] != '\0' ? NULL : "a path";
}

static const char *check_header(const char *value)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	size_t size = strlen(value);
	return value[strspn(value, letters)] == '\0' && size <= 60
		       ? NULL
		       : "the name of a header, like X-Device-Id";
}

static const char *check_zone(const char *value)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	return value[0] != '/' && value[strspn(value, letters)] == '\0'
		       ? NULL
		       : "a zone's name, like America/Chicago";
}

static const char *check_level(const char *value)
{
	enum log_level level;
	return log_level_from_name(value, &level) ? NULL : "error, warning, info or debug";
}

static const char *check_host(const char *value)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:";
	return value[strspn(value, letters)] == '\0' ? NULL : "a host's name or address";
}

static const char *check_security(const char *value)
{
	bool known = strcmp(value, "starttls") == 0 || strcmp(value, "tls") == 0 ||
		     strcmp(value, "none") == 0;
	return known ? NULL : "starttls, tls or none";
}

static const char *check_mail(const char *value)
{
	return value[0] == '\0' || mail_address_ok(value) ? NULL : "like hark@school.example";
}

/* Of a service that messages go to: no name and password before an @, which would be shown. */
static const char *check_service(const char *value)
{
	size_t scheme = scheme_length(value);
	const char *host = value + scheme;
	bool whole = scheme > 0 && *host != '\0' && strpbrk(value, " \"'<>#\\") == NULL &&
		     memchr(host, '@', strcspn(host, "/?")) == NULL;
	return value[0] == '\0' || whole ? NULL : "like https://service.example/path";
}

static const char *check_topic(const char *value)
{
	return value[0] == '\0' || ntfy_topic_ok(value) ? NULL
							: "letters, digits, - and _, at most 64";
}

static const char *check_program(const char *value)
{
	return value[0] == '\0' || value[0] == '/' ? NULL : "a whole path, from /";
}

static const char *check_time_of_day(const char *value)
{
	int minute;
	return value[0] == '\0' || time_of_day(value, &minute) ? NULL : "like 07:30";
}

/* ---- the rows ---- */

enum {
	SECOND = 1000, /* ms */
	MINUTE = 60 * SECOND,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	KIB = 1024,
	MIB = 1024 * 1024,
};

#define AT(field) .offset = offsetof(struct config, field)

const struct option config_options[] = {
	{"server", "listen", OPTION_TEXT, 0, 0, "127.0.0.1", "ADDRESS",
		"Where to listen: an address, or unix:/PATH for a proxy on this machine. Phones and"
		" other machines need TLS, from a proxy or from tls_cert and tls_key.",
		AT(listen), .check = check_listen},
	{"server", "port", OPTION_COUNT, 0, 65535, "8420", "NUMBER",
		"TCP port; 0 takes any free one.", AT(port)},
	{"server", "tls_cert", OPTION_TEXT, 0, 0, "", "FILE",
		"Certificate chain (PEM), when no proxy does TLS. SIGHUP reads the file again.",
		AT(tls_cert)},
	{"server", "tls_key", OPTION_TEXT, 0, 0, "", "FILE", "Its private key (PEM).", AT(tls_key)},
	{"server", "public_url", OPTION_TEXT, 0, 0, "", "URL",
		"How people reach Hark, for the links that the hark command prints. Empty: made of"
		" listen and port.",
		.reloadable = true, AT(public_url), .check = check_url},
	{"server", "origins", OPTION_LIST, 0, CONFIG_LIST_MAX, "", "ORIGINS",
		"Addresses of the pages besides the host the browser asked for; needed behind a"
		" proxy that changes the Host header.",
		AT(origins), .check = check_origin},
	{"server", "trusted_proxies", OPTION_LIST, 0, CONFIG_LIST_MAX, "", "ADDRESSES",
		"Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Behind a proxy"
		" that is not named here everybody seems to be one address, and https is not seen.",
		AT(trusted_proxies), .check = check_address},
	{"server", "frame_ancestors", OPTION_LIST, 0, CONFIG_LIST_MAX, "", "ORIGINS",
		"Sites that may show the student's page in a frame. Empty: Hark's own alone.",
		.reloadable = true, AT(frame_ancestors), .check = check_origin},
	{"server", "time_zone", OPTION_TEXT, 0, 0, "", "ZONE",
		"The school's time zone, for shifts. Empty: the machine's.", AT(time_zone),
		.check = check_zone},

	{"storage", "data_dir", OPTION_TEXT, 0, 0, "/var/lib/hark", "DIRECTORY",
		"Holds hark.db, hark.lock and the control socket; for the daemon's user alone.",
		AT(data_dir), .check = check_path},
	{"storage", "key_file", OPTION_TEXT, 0, 0, "", "FILE",
		"The key. Empty: the systemd credential hark.key where there is one, else hark.key"
		" in data_dir. A copy belongs in a safe place, not beside a copy of hark.db.",
		AT(key_file)},
	{"storage", "control_socket", OPTION_TEXT, 0, 0, "", "PATH",
		"Where the hark command speaks to the daemon. Empty: control in data_dir.",
		AT(control_socket)},
	{"storage", "relaxed", OPTION_SWITCH, 0, 0, "no", "yes|no",
		"Open the file although its log is damaged, and lose what stood behind the damage."
		" For one start, after hark.db-wal was copied away.",
		AT(relaxed)},

	{"limits", "connections", OPTION_COUNT, 1, 100000, "6000", "NUMBER",
		"Connections held at once; more are told to come back. The last 64, an eighth at"
		" most, are kept for staff who are signed in.",
		AT(connections)},
	{"limits", "rooms", OPTION_COUNT, 1, 1000000, "20000", "NUMBER",
		"Chats in memory that have not ended. The last quarter is kept for who writes to a"
		" counselor alone, for who has one of the school's codes, and for where few chats"
		" come from.",
		.reloadable = true, AT(rooms)},
	{"limits", "credits", OPTION_COUNT, 100, 1000000, "100", "NUMBER",
		"What one session may do at once; saying something costs 10.", .reloadable = true,
		AT(credits)},
	{"limits", "credits_per_s", OPTION_COUNT, 1, 1000000, "20", "NUMBER",
		"What it gets back in a second.", .reloadable = true, AT(credits_per_s)},
	{"limits", "shared_credits", OPTION_COUNT, 100, 100000000, "3000", "NUMBER",
		"The fair share of all sessions behind one address together. It counts only while"
		" everybody together wants more than total_credits: a school may be one address.",
		.reloadable = true, AT(shared_credits)},
	{"limits", "shared_credits_per_s", OPTION_COUNT, 1, 100000000, "600", "NUMBER",
		"What they get back in a second.", .reloadable = true, AT(shared_credits_per_s)},
	{"limits", "total_credits", OPTION_COUNT, 100, 100000000, "60000", "NUMBER",
		"What everybody together may do at once before shares are counted.",
		.reloadable = true, AT(total_credits)},
	{"limits", "total_credits_per_s", OPTION_COUNT, 1, 100000000, "12000", "NUMBER",
		"What comes back of it in a second.", .reloadable = true, AT(total_credits_per_s)},
	{"limits", "rooms_per_min", OPTION_COUNT, 1, 100000000, "300", "NUMBER",
		"Chats opened in a minute before a page has to do a sum first, for a second or so.",
		.reloadable = true, AT(rooms_per_min)},
	{"limits", "waiting", OPTION_COUNT, 1, 100000000, "300", "NUMBER",
		"The same of chats that wait for a peer.", .reloadable = true, AT(waiting)},
	{"limits", "queue", OPTION_BYTES, 64 * KIB, 64 * MIB, "256KiB", "SIZE",
		"Answers waiting for one session; one that reads too slowly is closed.",
		.reloadable = true, AT(queue_bytes)},
	{"limits", "stream_grace", OPTION_TIME, SECOND, 10 * MINUTE, "30s", "TIME",
		"A session over plain HTTP outlives a broken connection by this; one on a WebSocket"
		" begins anew.",
		AT(stream_grace_ms)},
	{"limits", "feed_frames", OPTION_COUNT, 4, 4096, "64", "NUMBER",
		"Newest messages of a room kept in memory; older ones come from the file.",
		AT(feed_frames)},
	{"limits", "oversight_frames", OPTION_COUNT, 16, 65536, "1024", "NUMBER",
		"Newest events of the whole school kept in memory.", AT(oversight_frames)},

	{"talk", "offer", OPTION_TIME, 100, HOUR, "30s", "TIME",
		"A waiting student is offered to the next peer after this.", .reloadable = true,
		AT(offer_ms)},
	{"talk", "silent", OPTION_TIME, 100, DAY, "180s", "TIME",
		"A peer who leaves a student's words unanswered so long loses the room to the"
		" queue.",
		.reloadable = true, AT(silent_ms)},
	{"talk", "gone", OPTION_TIME, 100, DAY, "45s", "TIME",
		"So does a peer without a connection after this.", .reloadable = true, AT(gone_ms)},
	{"talk", "unanswered", OPTION_TIME, 100, 7 * DAY, "300s", "TIME",
		"Counselors are called when nobody has answered a student for so long.",
		.reloadable = true, AT(unanswered_ms)},
	{"talk", "mailbox_rest", OPTION_TIME, 100, 20 * DAY, "1d", "TIME",
		"A chat that was left for later, and in which nothing waits for anybody, leaves"
		" memory and the counselors' wall after so long, sooner when limits.rooms is near."
		" It is kept among the chats of the past, and is back when the student is.",
		.reloadable = true, AT(mailbox_rest_ms)},
	{"talk", "token_grace", OPTION_TIME, 100, 7 * DAY, "20m", "TIME",
		"A tab without a connection for so long is forgotten; the student then comes back"
		" with the words.",
		.reloadable = true, AT(token_grace_ms)},
	{"talk", "cap", OPTION_COUNT, 1, 100, "3", "NUMBER", "Rooms a supporter has at most.",
		.reloadable = true, AT(cap)},
	{"talk", "shift_warn", OPTION_TIME, 0, DAY, "10m", "TIME",
		"Supporters are told of their shift's end so long before.", .reloadable = true,
		AT(shift_warn_ms)},
	{"talk", "shift_grace", OPTION_TIME, 0, DAY, "15m", "TIME",
		"They may keep their rooms so long after it.", .reloadable = true,
		AT(shift_grace_ms)},

	{"staff", "session_idle", OPTION_TIME, SECOND, 7 * DAY, "30m", "TIME",
		"A staff member without any open page is signed out after this.",
		.reloadable = true, AT(session_idle_ms)},
	{"staff", "session_max", OPTION_TIME, SECOND, 7 * DAY, "12h", "TIME",
		"Staff sign in again after this in any case.", .reloadable = true,
		AT(session_max_ms)},
	{"staff", "link", OPTION_TIME, SECOND, 20 * DAY, "7d", "TIME",
		"An enrolment link works so long.", .reloadable = true, AT(link_ms)},

	{"mail", "host", OPTION_TEXT, 0, 0, "", "HOST",
		"The mail server that takes Hark's messages to adults. Empty: no mail.",
		.reloadable = true, AT(mail_host), .check = check_host},
	{"mail", "port", OPTION_COUNT, 1, 65535, "587", "NUMBER",
		"Its port: 587 with starttls, 465 with tls, 25 with none.", .reloadable = true,
		AT(mail_port)},
	{"mail", "security", OPTION_TEXT, 0, 0, "starttls", "starttls|tls|none",
		"How mail is encrypted on its way to that server; never sent without what is asked"
		" for here.",
		.reloadable = true, AT(mail_security), .check = check_security},
	{"mail", "user", OPTION_TEXT, 0, 0, "", "NAME", "Sign in there as. Empty: without.",
		.reloadable = true, AT(mail_user)},
	{"mail", "password_file", OPTION_TEXT, 0, 0, "", "FILE",
		"One line with the password, readable by the daemon's user alone.",
		.reloadable = true, AT(mail_password_file)},
	{"mail", "from", OPTION_TEXT, 0, 0, "", "ADDRESS",
		"Mail is from this address. Empty: hark at the mail server's name.",
		.reloadable = true, AT(mail_from), .check = check_mail},

	{"webhook", "url", OPTION_TEXT, 0, 0, "", "URL",
		"A service of the school's own, given JSON with POST. Empty: none.",
		.reloadable = true, AT(webhook_url), .check = check_service},
	{"webhook", "secret_file", OPTION_TEXT, 0, 0, "", "FILE",
		"One line with a secret that signs what is sent (X-Hark-Signature).",
		.reloadable = true, AT(webhook_secret_file)},

	{"ntfy", "url", OPTION_TEXT, 0, 0, "", "URL",
		"An ntfy server, like https://ntfy.sh or the school's own. Empty: none.",
		.reloadable = true, AT(ntfy_url), .check = check_service},
	{"ntfy", "topic", OPTION_TEXT, 0, 0, "", "TOPIC",
		"The school's topic, where an adult has none of their own. Whoever knows a topic "
		"can"
		" read it: make it long.",
		.reloadable = true, AT(ntfy_topic), .check = check_topic},
	{"ntfy", "token_file", OPTION_TEXT, 0, 0, "", "FILE",
		"One line with an access token, where the server wants one.", .reloadable = true,
		AT(ntfy_token_file)},

	{"slack", "url_file", OPTION_TEXT, 0, 0, "", "FILE",
		"One line with the address of a Slack incoming webhook, which is a secret."
		" Empty: no Slack.",
		.reloadable = true, AT(slack_url_file)},
	{"teams", "url_file", OPTION_TEXT, 0, 0, "", "FILE",
		"One line with the address of a Microsoft Teams workflow (\"When a Teams webhook"
		" request is received\"), which is a secret. Empty: no Teams.",
		.reloadable = true, AT(teams_url_file)},

	{"program", "path", OPTION_TEXT, 0, 0, "", "FILE",
		"A program of the school's own, started for each message with JSON on its standard"
		" input; 0 says that it was delivered. Empty: none.",
		.reloadable = true, AT(program_path), .check = check_program},
	{"program", "timeout", OPTION_TIME, 10, HOUR, "30s", "TIME", "It is ended after so long.",
		.reloadable = true, AT(program_timeout_ms)},

	{"notify", "connect", OPTION_TIME, 10, 10 * MINUTE, "10s", "TIME",
		"A server that has not taken a connection after so long has failed.",
		.reloadable = true, AT(notify_connect_ms)},
	{"notify", "timeout", OPTION_TIME, 10, 10 * MINUTE, "30s", "TIME",
		"So has one that has not taken a message after so long.", .reloadable = true,
		AT(notify_timeout_ms)},
	{"notify", "retry", OPTION_TIME, 1, HOUR, "5s", "TIME",
		"A message that failed is tried again after this, then after 3, 12, 60 and 180"
		" times as long; one about a call for an adult never later than after 12 times.",
		.reloadable = true, AT(notify_retry_ms)},
	{"notify", "give_up", OPTION_TIME, 100, 20 * DAY, "1d", "TIME",
		"A message that nobody takes is given up after so long.", .reloadable = true,
		AT(notify_give_up_ms)},
	{"notify", "ca_file", OPTION_TEXT, 0, 0, "", "FILE",
		"Certificates (PEM) to trust besides the system's, as of the school's own servers.",
		.reloadable = true, AT(notify_ca_file)},
	{"notify", "daily_test", OPTION_TEXT, 0, 0, "", "HH:MM",
		"Sends a test over every channel at this time of day. Empty: none.",
		.reloadable = true, AT(notify_daily_test), .check = check_time_of_day},

	{"pictures", "on", OPTION_SWITCH, 0, 0, "yes", "yes|no",
		"Students and peers may send pictures.", .reloadable = true, AT(pictures)},
	{"pictures", "size", OPTION_BYTES, 64 * KIB, 8 * MIB, "8MiB", "SIZE",
		"The largest picture that is taken. What is shown is made anew and smaller.",
		.reloadable = true, AT(picture_bytes)},
	{"pictures", "program", OPTION_TEXT, 0, 0, "", "FILE",
		"hark-picture, which reads pictures, locked in. Empty: where it was installed.",
		.reloadable = true, AT(picture_program)},

	{"escrow", "approvals", OPTION_COUNT, 1, 2, "1", "1|2",
		"Holders of keys it takes to open sealed details. With 2, whatever is sealed from"
		" then on cannot be opened by one alone.",
		AT(escrow_approvals)},
	{"escrow", "open", OPTION_TIME, 100, DAY, "30m", "TIME",
		"An opening closes by itself after so long, and so does what nobody agreed to.",
		AT(escrow_open_ms)},
	{"escrow", "device_header", OPTION_TEXT, 0, 0, "", "NAME",
		"A header in which a trusted proxy (server.trusted_proxies) names the school's"
		" device, like X-Device-Id. It is sealed with the address. Empty: none.",
		AT(escrow_device_header), .check = check_header},

	{"log", "level", OPTION_TEXT, 0, 0, "info", "LEVEL",
		"error, warning, info or debug. No level logs what was said, or by whom.",
		.reloadable = true, AT(log_level), .check = check_level},

	{.section = NULL},
};

#undef AT

_Static_assert(sizeof(config_options) / sizeof(config_options[0]) == CONFIG_OPTIONS + 1,
	"CONFIG_OPTIONS counts the rows");
