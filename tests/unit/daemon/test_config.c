/* The four sources of options and their order, what is refused and how it is said, SIGHUP. */
#include "daemon/config.h"
#include "daemon/keyfile.h"
#include "tests/unit/daemon/noise.h"
#include "tests/unit/tap.h"

#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/hark-config-XXXXXX";
static char main_file[64], extra_file[64];
static char problem[600];

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
		abort();
	}
}

/* Loads `text` as the file, with up to three arguments. */
static int load(struct config *config, const char *text, char *one, char *two, char *three)
{
	write_file(main_file, text);
	char *argv[] = {(char *)(uintptr_t) "harkd", one, two, three, NULL};
	int argc = 1;
	while (argv[argc] != NULL) {
		argc++;
	}
	config_init(config);
	problem[0] = '\0';
	int rest = -1;
	return config_load(config, main_file, argc, argv, &rest, problem, sizeof(problem));
}

static char *flag(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void test_defaults(void)
{
	struct config config;
	config_init(&config);
	CHECK_STR(config.listen, "127.0.0.1");
	CHECK_INT(config.port, 8420);
	CHECK_STR(config.tls_cert, "");
	CHECK(config.origins[0] == NULL);
	CHECK_STR(config.data_dir, "/var/lib/hark");
	CHECK(!config.relaxed);
	CHECK_INT(config.connections, 6000);
	CHECK_INT(config.rooms, 20000);
	CHECK_INT(config.credits, 100);
	CHECK_INT(config.credits_per_s, 20);
	CHECK_INT(config.shared_credits, 3000);
	CHECK_INT(config.shared_credits_per_s, 600);
	CHECK_INT(config.total_credits, 60000);
	CHECK_INT(config.total_credits_per_s, 12000);
	CHECK_INT(config.rooms_per_min, 300);
	CHECK_INT(config.waiting, 300);
	CHECK_INT(config.queue_bytes, 262144);
	CHECK_INT(config.feed_frames, 64);
	CHECK_INT(config.oversight_frames, 1024);
	CHECK_INT(config.offer_ms, 30000);
	CHECK_INT(config.silent_ms, 180000);
	CHECK_INT(config.gone_ms, 45000);
	CHECK_INT(config.unanswered_ms, 300000);
	CHECK_INT(config.token_grace_ms, 1200000);
	CHECK_INT(config.cap, 3);
	CHECK_INT(config.shift_warn_ms, 600000);
	CHECK_INT(config.shift_grace_ms, 900000);
	CHECK_INT(config.session_idle_ms, 1800000);
	CHECK_INT(config.session_max_ms, 43200000);
	CHECK_INT(config.link_ms, 604800000);
	CHECK_STR(config.log_level, "info");
	config_finish(&config);
}

/* Each source beats the one before it. */
static void test_order(void)
{
	static const char text[] = "[limits]\nrooms = 1\ncredits_per_s = 1\nconnections = 1\n"
				   "[talk]\ncap = 1\n";
	struct config config;
	write_file(extra_file, "[limits]\nrooms = 2\ncredits_per_s = 2\nconnections = 2\n");
	setenv("HARK_LIMITS_CREDITS_PER_S", "3", 1);
	setenv("HARK_LIMITS_CONNECTIONS", "3", 1);
	setenv("HARK_UNRELATED", "something else's", 1);
	CHECK_INT(load(&config, text, flag("--limits.connections=4"), NULL, NULL), 0);
	CHECK_STR(problem, "");
	CHECK_INT(config.cap, 1);
	CHECK_INT(config.rooms, 2);
	CHECK_INT(config.credits_per_s, 3);
	CHECK_INT(config.connections, 4);
	config_finish(&config);
	unlink(extra_file);
	unsetenv("HARK_LIMITS_CREDITS_PER_S");
	unsetenv("HARK_LIMITS_CONNECTIONS");
	unsetenv("HARK_UNRELATED");
}

static void test_kinds(void)
{
	struct config config;
	CHECK_INT(load(&config,
			  "[server]\nlisten = unix:/run/hark/socket\n"
			  "origins = https://a.example, https://b.example:8443\n"
			  "  http://[::1]:80\n"
			  "frame_ancestors=https://*.school.example\n"
			  "trusted_proxies = 10.0.0.1 ::1\ntime_zone = America/Chicago\n"
			  "[storage]\nrelaxed = Yes\n[limits]\nqueue = 1 MiB\n"
			  "[talk]\noffer = 500ms\nsilent = 2 m\ngone = 1h\nunanswered = 2d\n"
			  "[log]\nlevel = debug\n",
			  NULL, NULL, NULL),
		0);
	CHECK_STR(problem, "");
	CHECK_STR(config.listen, "unix:/run/hark/socket");
	CHECK_STR(config.origins[0], "https://a.example");
	CHECK_STR(config.origins[1], "https://b.example:8443");
	CHECK_STR(config.origins[2], "http://[::1]:80");
	CHECK(config.origins[3] == NULL);
	CHECK_STR(config.frame_ancestors[0], "https://*.school.example");
	CHECK_STR(config.trusted_proxies[1], "::1");
	CHECK_STR(config.time_zone, "America/Chicago");
	CHECK(config.relaxed);
	CHECK_INT(config.queue_bytes, 1048576);
	CHECK_INT(config.offer_ms, 500);
	CHECK_INT(config.silent_ms, 120000);
	CHECK_INT(config.gone_ms, 3600000);
	CHECK_INT(config.unanswered_ms, 172800000);
	config_finish(&config);
}

/* FILE:LINE: sentence, for each way to be wrong. */
static void test_refused_in_file(void)
{
	static const struct {
		const char *text;
		const char *said; /* behind the file's name */
	} cases[] = {
		{"[server]\nport = 99999\n",
			":2: server.port is 99999, but must be from 0 to 65535"},
		{"[server]\n\nport = 80x\n",
			":3: server.port is \"80x\"; a plain whole number is needed"},
		{"[server]\nport = -1\n", ":2: server.port is \"-1\", which is no whole number"},
		{"[server]\nport =\n", ":2: server.port is \"\", which is no whole number"},
		{"[server]\nport = 99999999999999999999\n",
			":2: server.port is \"99999999999999999999\", which is no whole number"},
		{"[talk]\noffer = 30\n", ":2: talk.offer is \"30\"; a time needs a unit: ms, s, m, "
					 "h or d, as in 90s or 10m"},
		{"[talk]\noffer = 99ms\n", ":2: talk.offer is 99ms, but must be from 100ms to 1h"},
		{"[talk]\noffer = 61m\n", ":2: talk.offer is 61m, but must be from 100ms to 1h"},
		{"[talk]\noffer = 9223372036854775d\n",
			":2: talk.offer is 9223372036854775d, but must be from 100ms to 1h"},
		{"[limits]\nqueue = 1TB\n",
			":2: limits.queue is \"1TB\"; a size is in bytes, KiB, MiB or GiB"},
		{"[storage]\nrelaxed = maybe\n",
			":2: storage.relaxed is \"maybe\", but must be yes or no"},
		{"[server]\nlisten = localhost\n", ":2: server.listen is \"localhost\", but must "
						   "be an IPv4 or IPv6 address, or "
						   "unix:/PATH"},
		{"[server]\ntrusted_proxies = 10.0.0.1 proxy\n",
			":2: server.trusted_proxies is \"proxy\", but must be an IPv4 or IPv6 "
			"address"},
		{"[server]\norigins = school.example\n",
			":2: server.origins is \"school.example\", but must be like "
			"https://school.example or https://*.school.example:8443"},
		{"[server]\nframe_ancestors = https://a.example;\n",
			":2: server.frame_ancestors is \"https://a.example;\", but must be like "
			"https://school.example or https://*.school.example:8443"},
		{"[server]\npublic_url = https://hark.example/\n",
			":2: server.public_url is \"https://hark.example/\", but must be like "
			"https://hark.school.example, without a / at the end"},
		{"[server]\ntime_zone = ../etc/passwd\n",
			":2: server.time_zone is \"../etc/passwd\", but must be a zone's name, "
			"like "
			"America/Chicago"},
		{"[log]\nlevel = loud\n",
			":2: log.level is \"loud\", but must be error, warning, info or debug"},
		{"[storage]\nkey_file = a\x01\n", ":2: storage.key_file holds a control character"},
		{"[server]\nprot = 1\n", ":2: there is no option server.prot"},
		{"[sever]\nport = 1\n", ":2: there is no option sever.port"},
		{"port = 1\n", ":1: port stands before any section, such as [server]"},
		{"[server]\np\x1b[1m = 1\n", ":2: this is no option's name"},
		{"[server]\nport = 1\n\nport = 2\n", ":4: server.port stands in line 2 already"},
		{"[server]\nlisten = ::1\n  port = 1\n", ":2: server.listen goes on in an indented "
							 "line; begin each option at the start of "
							 "its line"},
		{"[server]\nport 1\n", ":2: this is neither [section] nor key = value"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config config;
		CHECK_INT(load(&config, cases[i].text, NULL, NULL, NULL), -1);
		CHECK(strncmp(problem, main_file, strlen(main_file)) == 0);
		CHECK_STR(problem + strlen(main_file), cases[i].said);
		config_finish(&config);
	}
}

static void test_too_many_entries(void)
{
	char text[1000] = "[server]\ntrusted_proxies =";
	for (int i = 0; i < CONFIG_LIST_MAX; i++) {
		strcat(text, " 10.0.0.1");
	}
	struct config config;
	CHECK_INT(load(&config, text, NULL, NULL, NULL), 0);
	CHECK_STR(config.trusted_proxies[CONFIG_LIST_MAX - 1], "10.0.0.1");
	CHECK(config.trusted_proxies[CONFIG_LIST_MAX] == NULL);
	config_finish(&config);
	strcat(text, ",::1");
	CHECK_INT(load(&config, text, NULL, NULL, NULL), -1);
	CHECK_STR(
		problem + strlen(main_file), ":2: server.trusted_proxies has more than 16 entries");
	config_finish(&config);
}

static void test_refused_elsewhere(void)
{
	struct config config;
	CHECK_INT(load(&config, "", flag("--server.port=x"), NULL, NULL), -1);
	CHECK_STR(problem, "--server.port: server.port is \"x\", which is no whole number");
	config_finish(&config);
	CHECK_INT(load(&config, "", flag("--server.prot=1"), NULL, NULL), -1);
	CHECK_STR(problem, "--server.prot: there is no such option");
	config_finish(&config);
	CHECK_INT(load(&config, "", flag("--server.port"), NULL, NULL), -1);
	CHECK_STR(problem, "--server.port: a value is missing: --server.port=NUMBER");
	config_finish(&config);
	CHECK_INT(load(&config, "", flag("--config"), NULL, NULL), -1);
	CHECK_STR(problem, "--config: a file is missing");
	config_finish(&config);

	setenv("HARK_TALK_OFFER", "soon", 1);
	CHECK_INT(load(&config, "", NULL, NULL, NULL), -1);
	CHECK_STR(problem,
		"HARK_TALK_OFFER: talk.offer is \"soon\", which is no whole number with a "
		"unit, as in 90s or 10m");
	config_finish(&config);
	unsetenv("HARK_TALK_OFFER");
	setenv("HARK_TALK_OFER", "1s", 1);
	CHECK_INT(load(&config, "", NULL, NULL, NULL), -1);
	CHECK_STR(problem, "HARK_TALK_OFER: there is no such option");
	config_finish(&config);
	unsetenv("HARK_TALK_OFER");

	write_file(extra_file, "[server]\nport = x\n");
	CHECK_INT(load(&config, "", NULL, NULL, NULL), -1);
	CHECK(strncmp(problem, extra_file, strlen(extra_file)) == 0);
	CHECK_STR(
		problem + strlen(extra_file), ":2: server.port is \"x\", which is no whole number");
	config_finish(&config);
	unlink(extra_file);

	CHECK_INT(load(&config, "[server]\ntls_key = /k\n", NULL, NULL, NULL), -1);
	CHECK_STR(problem,
		"server.tls_cert and server.tls_key go together: server.tls_cert is not set");
	config_finish(&config);

	config_init(&config);
	char *argv[] = {flag("harkd"), NULL};
	CHECK_INT(config_load(&config, "/nonexistent/hark.conf", 1, argv, NULL, problem,
			  sizeof(problem)),
		-1);
	CHECK_STR(problem, "/nonexistent/hark.conf: No such file or directory");
	config_finish(&config);
}

static void test_arguments(void)
{
	static const struct {
		const char *arguments[6];
		int rest;
	} cases[] = {
		{{NULL}, 1},
		{{"--help"}, 2},
		{{"--json", "--talk.cap=9", "status", "--talk.cap=1"}, 3},
		{{"--talk.cap=9", "--", "--talk.cap=1"}, 3},
		{{"status", "--talk.cap=1"}, 1},
		{{"--config", "FILE", "--talk.cap=9", "backup", "x"}, 4},
	};
	write_file(main_file, "[talk]\ncap = 9\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *argv[8] = {flag("hark")};
		int argc = 1;
		for (; cases[i].arguments[argc - 1] != NULL; argc++) {
			bool file = strcmp(cases[i].arguments[argc - 1], "FILE") == 0;
			argv[argc] = file ? main_file : flag(cases[i].arguments[argc - 1]);
		}
		struct config config;
		config_init(&config);
		int rest = -1;
		CHECK_INT(config_load(
				  &config, main_file, argc, argv, &rest, problem, sizeof(problem)),
			0);
		CHECK_INT(rest, cases[i].rest);
		CHECK_INT(config.cap, 9);
		config_finish(&config);
	}
}

static void test_other_flags(void)
{
	char *argv[] = {flag("hark"), flag("--config"), flag("--help"), flag("--talk.cap=1"),
		flag("--json"), flag("--config=a.b"), flag("--a=b.c"), flag("--"), flag("--no"),
		NULL};
	int at = 1;
	CHECK_STR(config_other_flag(9, argv, &at), "--json");
	CHECK_STR(config_other_flag(9, argv, &at), "--a=b.c");
	CHECK(config_other_flag(9, argv, &at) == NULL);
	CHECK_INT(at, 7);
	at = 1;
	CHECK(config_other_flag(2, argv, &at) == NULL); /* --config without a file */
}

struct said {
	char text[2000];
};

static void on_said(void *data, const char *sentence)
{
	struct said *said = data;
	size_t length = strlen(said->text);
	snprintf(said->text + length, sizeof(said->text) - length, "%s\n", sentence);
}

static void test_reload(void)
{
	struct config config, fresh;
	struct said said = {0};
	CHECK_INT(load(&config, "[server]\nport = 1\n", NULL, NULL, NULL), 0);
	CHECK_INT(load(&fresh,
			  "[server]\nport = 2\nframe_ancestors = https://a.example\n"
			  "[talk]\noffer = 90s\n[log]\nlevel = debug\n",
			  NULL, NULL, NULL),
		0);
	config_reload(&config, &fresh, on_said, &said);
	config_finish(&fresh);
	CHECK_STR(said.text, "server.port stays \"1\": a restart is needed to change it\n"
			     "server.frame_ancestors is now \"https://a.example\"\n"
			     "talk.offer is now \"90s\"\n"
			     "log.level is now \"debug\"\n");
	CHECK_INT(config.port, 1);
	CHECK_STR(config.frame_ancestors[0], "https://a.example");
	CHECK_INT(config.offer_ms, 90000);
	CHECK_STR(config.log_level, "debug");
	config_finish(&config);
}

/* What is printed, read again, is the same. */
static void test_print_and_read(void)
{
	struct config config, again;
	char *first = NULL, *second = NULL;
	size_t size;
	CHECK_INT(load(&config,
			  "[server]\norigins = https://a.example,https://b.example\n"
			  "[talk]\noffer = 1500ms\n[limits]\nqueue = 65537\n",
			  NULL, NULL, NULL),
		0);
	FILE *out = open_memstream(&first, &size);
	config_print(&config, out);
	fclose(out);
	CHECK(strstr(first, "offer = 1500ms\n") != NULL);
	CHECK(strstr(first, "queue = 65537\n") != NULL);
	CHECK_INT(load(&again, first, NULL, NULL, NULL), 0);
	CHECK_STR(problem, "");
	out = open_memstream(&second, &size);
	config_print(&again, out);
	fclose(out);
	CHECK_STR(second, first);
	config_finish(&config);
	config_finish(&again);
	free(first);
	free(second);
}

/* The example with its comment signs taken off is a valid file of defaults. */
static void test_example(void)
{
	struct config config, defaults;
	char *example = NULL, *printed = NULL, *wanted = NULL;
	size_t size;
	FILE *out = open_memstream(&example, &size);
	config_example(out);
	fclose(out);
	for (char *line = example; line != NULL && *line != '\0';) {
		if (line[0] == '#' && line[1] >= 'a' && line[1] <= 'z') {
			memmove(line, line + 1, strlen(line));
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	CHECK_INT(load(&config, example, NULL, NULL, NULL), 0);
	CHECK_STR(problem, "");
	out = open_memstream(&printed, &size);
	config_print(&config, out);
	fclose(out);
	config_init(&defaults);
	out = open_memstream(&wanted, &size);
	config_print(&defaults, out);
	fclose(out);
	CHECK_STR(printed, wanted);
	CHECK(strstr(example, "\nport = 8420\n") != NULL);
	config_finish(&config);
	config_finish(&defaults);
	free(example);
	free(printed);
	free(wanted);
}

static void test_places(void)
{
	struct config config;
	char text[CONFIG_PATH_MAX];
	unsetenv("CREDENTIALS_DIRECTORY");
	CHECK_INT(load(&config, "[storage]\ndata_dir = /d\n", NULL, NULL, NULL), 0);
	char *key = keyfile_path(&config);
	CHECK_STR(key, "/d/hark.key");
	free(key);
	config_file_path(&config, text, sizeof(text));
	CHECK_STR(text, "/d/hark.db");
	config_control_path(&config, text, sizeof(text));
	CHECK_STR(text, "/d/control");
	config_public_url(&config, text, sizeof(text));
	CHECK_STR(text, "http://127.0.0.1:8420");
	setenv("CREDENTIALS_DIRECTORY", directory, 1);
	key = keyfile_path(&config); /* no credential of that name in it */
	CHECK_STR(key, "/d/hark.key");
	free(key);
	char credential[64];
	snprintf(credential, sizeof(credential), "%s/hark.key", directory);
	write_file(credential, "");
	key = keyfile_path(&config);
	CHECK_STR(key, credential);
	free(key);
	unlink(credential);
	unsetenv("CREDENTIALS_DIRECTORY");
	config_finish(&config);

	CHECK_INT(load(&config, "[storage]\ncontrol_socket = /c\n[server]\nlisten = ::1\n",
			  flag("--storage.key_file=/k"), NULL, NULL),
		0);
	key = keyfile_path(&config);
	CHECK_STR(key, "/k");
	free(key);
	config_control_path(&config, text, sizeof(text));
	CHECK_STR(text, "/c");
	config_public_url(&config, text, sizeof(text));
	CHECK_STR(text, "http://[::1]:8420");
	config_finish(&config);
}

/* Damaged files are taken within the bounds or refused with a line; nothing else happens. */
static void test_noise(void)
{
	static const char seed[] =
		"[server]\nport = 8420\norigins = https://a.example, https://b.b\n"
		"[limits]\nqueue = 256KiB\n[talk]\noffer = 30s\ncap = 3\n";
	static const char bytes[] = "[]=\n 0199dmK,#\xff";
	uint64_t state = 7;
	int taken = 0, refused = 0;
	for (int i = 0; i < 4000; i++) {
		char text[sizeof(seed)];
		memcpy(text, seed, sizeof(seed));
		for (uint64_t edits = 1 + noise_draw(&state) % 3; edits > 0; edits--) {
			char byte = bytes[noise_draw(&state) % (sizeof(bytes) - 1)];
			text[noise_draw(&state) % (sizeof(seed) - 1)] = byte;
		}
		struct config config;
		if (load(&config, text, NULL, NULL, NULL) == 0) {
			taken += config.port >= 0 && config.port <= 65535 && config.cap >= 1 &&
				 config.cap <= 100 && config.offer_ms >= 100 &&
				 config.offer_ms <= 3600000 && config.queue_bytes >= 65536;
		} else {
			refused += strncmp(problem, main_file, strlen(main_file)) == 0 &&
				   problem[strlen(main_file)] == ':' &&
				   strchr(problem, '\n') == NULL;
		}
		config_finish(&config);
	}
	CHECK_INT(taken + refused, 4000);
	CHECK(taken > 200);
	CHECK(refused > 200);
}

int main(void)
{
	char extra_directory[64];
	if (mkdtemp(directory) == NULL) {
		return 1;
	}
	snprintf(main_file, sizeof(main_file), "%s/hark.conf", directory);
	snprintf(extra_directory, sizeof(extra_directory), "%s/conf.d", directory);
	snprintf(extra_file, sizeof(extra_file), "%s/conf.d/10-extra.conf", directory);
	if (mkdir(extra_directory, 0700) != 0) {
		return 1;
	}
	RUN(test_defaults);
	RUN(test_order);
	RUN(test_kinds);
	RUN(test_refused_in_file);
	RUN(test_too_many_entries);
	RUN(test_refused_elsewhere);
	RUN(test_arguments);
	RUN(test_other_flags);
	RUN(test_reload);
	RUN(test_print_and_read);
	RUN(test_example);
	RUN(test_places);
	RUN(test_noise);
	unlink(main_file);
	rmdir(extra_directory);
	rmdir(directory);
	return tap_done();
}
