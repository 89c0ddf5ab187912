/* The key file: what is written is read back, and nothing else is taken for one. */
#include "storage/key.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/unit/storage/vault_help.h"
#include "tests/unit/tap.h"

/* Made with other tools from keys 00..1f and 20..3f: format 1 must be read for ever. */
static const char golden[] =
	"hark-key 1\n"
	"file 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
	"pepper 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"
	"check 10d8e6d534b00939\n";

static enum key_status load_text(const char *text, size_t bytes)
{
	const char *path = help_path("text.key");
	unlink(path);
	help_write_file(path, text, bytes);
	chmod(path, 0400);
	struct key *key = NULL;
	enum key_status status = key_load(path, &key);
	CHECK((status == KEY_OK) == (key != NULL));
	key_free(key);
	return status;
}

static void test_round_trip(void)
{
	const char *path = help_path("round.key");
	struct key *made;
	struct key *read;
	REQUIRE(key_make(&made) == KEY_OK);
	CHECK(memcmp(made->file, made->pepper, KEY_BYTES) != 0);
	CHECK_INT(key_save(path, made), KEY_OK);
	struct stat found;
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_mode & 07777, 0400);
	REQUIRE(key_load(path, &read) == KEY_OK);
	CHECK(memcmp(made, read, sizeof(*made)) == 0);
	key_free(made);
	key_free(read);
}

static void test_golden_file(void)
{
	const char *path = help_path("golden.key");
	help_write_file(path, golden, sizeof(golden) - 1);
	chmod(path, 0400);
	struct key *key;
	REQUIRE(key_load(path, &key) == KEY_OK);
	for (int i = 0; i < KEY_BYTES; i++) {
		CHECK_INT(key->file[i], i);
		CHECK_INT(key->pepper[i], i + KEY_BYTES);
	}
	const char *copy = help_path("golden-copy.key");
	CHECK_INT(key_save(copy, key), KEY_OK);
	size_t bytes;
	uint8_t *text = help_read_file(copy, &bytes);
	CHECK(bytes == sizeof(golden) - 1 && memcmp(text, golden, bytes) == 0);
	free(text);
	key_free(key);
}

static void test_renew_keeps_the_pepper(void)
{
	struct key *old;
	struct key *new;
	REQUIRE(key_make(&old) == KEY_OK);
	REQUIRE(key_renew(old, &new) == KEY_OK);
	CHECK(memcmp(old->pepper, new->pepper, KEY_BYTES) == 0);
	CHECK(memcmp(old->file, new->file, KEY_BYTES) != 0);
	key_free(old);
	key_free(new);
}

static void test_existing_file_is_left_alone(void)
{
	const char *path = help_path("existing.key");
	help_write_file(path, "mine", 4);
	struct key *key;
	REQUIRE(key_make(&key) == KEY_OK);
	CHECK_INT(key_save(path, key), KEY_EXISTS);
	CHECK_INT(key_save(help_path("nowhere/x.key"), key), KEY_MISSING);
	key_free(key);
	size_t bytes;
	uint8_t *text = help_read_file(path, &bytes);
	CHECK(bytes == 4 && memcmp(text, "mine", 4) == 0);
	free(text);
}

static void test_missing(void)
{
	struct key *key = NULL;
	CHECK_INT(key_load(help_path("missing.key"), &key), KEY_MISSING);
	CHECK_INT(key_load(help_path("nowhere/missing.key"), &key), KEY_MISSING);
	CHECK(key == NULL);
}

static void test_every_open_mode_is_refused(void)
{
	const char *path = help_path("mode.key");
	help_write_file(path, golden, sizeof(golden) - 1);
	for (unsigned mode = 0400; mode <= 0777; mode++) {
		struct key *key = NULL;
		chmod(path, mode);
		CHECK_INT(key_load(path, &key), (mode & 077) == 0 ? KEY_OK : KEY_MODE);
		key_free(key);
	}
}

static void test_only_a_regular_file(void)
{
	struct key *key = NULL;
	const char *path = help_path("fifo.key");
	REQUIRE(mkfifo(path, 0400) == 0);
	CHECK_INT(key_load(path, &key), KEY_MODE);
	CHECK_INT(key_load(help_directory(), &key), KEY_MODE);
}

/* Sets an access list of `count` entries {tag, permission, id}; false if none can be had here. */
static bool set_list(const char *path, const uint32_t (*entries)[3], size_t count)
{
	uint8_t list[4 + 8 * 8] = {2};
	for (size_t i = 0; i < count; i++) {
		uint8_t *entry = list + 4 + i * 8;
		entry[0] = (uint8_t)entries[i][0];
		entry[2] = (uint8_t)entries[i][1];
		for (unsigned byte = 0; byte < 4; byte++) {
			entry[4 + byte] = (uint8_t)(entries[i][2] >> (8 * byte));
		}
	}
	return setxattr(path, "system.posix_acl_access", list, 4 + 8 * count, 0) == 0;
}

/* As systemd hands a credential to a service's user: root's file, "-r--r-----+". */
static void test_access_list_for_one_user(void)
{
	enum {
		USER_OBJ = 1,
		USER = 2,
		GROUP_OBJ = 4,
		GROUP = 8,
		MASK = 16,
		OTHER = 32
	};
	const uint32_t nobody_id = UINT32_MAX;
	const uint32_t for_user[][3] = {{USER_OBJ, 4, nobody_id}, {USER, 4, 12345},
		{GROUP_OBJ, 0, nobody_id}, {MASK, 4, nobody_id}, {OTHER, 0, nobody_id}};
	const uint32_t for_group[][3] = {{USER_OBJ, 4, nobody_id}, {GROUP_OBJ, 0, nobody_id},
		{GROUP, 4, 12345}, {MASK, 4, nobody_id}, {OTHER, 0, nobody_id}};
	const char *path = help_path("list.key");
	help_write_file(path, golden, sizeof(golden) - 1);
	chmod(path, 0400);
	if (!set_list(path, for_user, 5)) {
		printf("# no access lists on this file system: %s\n", strerror(errno));
		return;
	}
	struct stat found;
	struct key *key = NULL;
	CHECK_INT(stat(path, &found), 0);
	CHECK_INT(found.st_mode & 077, 040);
	CHECK_INT(key_load(path, &key), KEY_OK);
	key_free(key);
	key = NULL;
	CHECK(set_list(path, for_group, 5));
	CHECK_INT(key_load(path, &key), KEY_MODE);
}

static void test_every_cut_is_garbage(void)
{
	for (size_t bytes = 0; bytes < sizeof(golden) - 1; bytes++) {
		CHECK_INT(load_text(golden, bytes), KEY_GARBAGE);
	}
	CHECK_INT(load_text(golden, sizeof(golden) - 1), KEY_OK);
	CHECK_INT(load_text(golden, sizeof(golden)), KEY_GARBAGE); /* with its NUL */
	char longer[sizeof(golden) + 1];
	memcpy(longer, golden, sizeof(golden));
	strcat(longer, "\n");
	CHECK_INT(load_text(longer, sizeof(golden)), KEY_GARBAGE);
}

static void test_every_changed_byte_is_garbage(void)
{
	char text[sizeof(golden)];
	for (size_t at = 0; at < sizeof(golden) - 1; at++) {
		memcpy(text, golden, sizeof(golden));
		text[at] ^= 1; /* a digit stays a digit: only the check can tell */
		CHECK_INT(load_text(text, sizeof(golden) - 1), KEY_GARBAGE);
		text[at] = '\0';
		CHECK_INT(load_text(text, sizeof(golden) - 1), KEY_GARBAGE);
	}
	memcpy(text, golden, sizeof(golden));
	text[sizeof("hark-key ") - 1] = '2';
	CHECK_INT(load_text(text, sizeof(golden) - 1), KEY_NEWER);
	text[sizeof("hark-key ") - 1] = ':'; /* what follows 9 */
	CHECK_INT(load_text(text, sizeof(golden) - 1), KEY_GARBAGE);
	text[sizeof("hark-key ") - 1] = '2';
	text[sizeof("hark-key 2") - 1] = ' ';
	CHECK_INT(load_text(text, sizeof(golden) - 1), KEY_GARBAGE);
}

static void test_every_status_has_its_sentence(void)
{
	for (int a = KEY_OK; a <= KEY_NO_MEMORY; a++) {
		for (int b = KEY_OK; b < a; b++) {
			CHECK(strcmp(key_status_text((enum key_status)a),
				      key_status_text((enum key_status)b)) != 0);
		}
	}
}

/* In a child that gave up root, if there is root to give up. */
static void test_file_of_another_user(void)
{
	if (geteuid() != 0) {
		struct key *key = NULL;
		const char *path = help_path("own.key");
		help_write_file(path, golden, sizeof(golden) - 1);
		chmod(path, 0);
		CHECK_INT(key_load(path, &key), KEY_NO_ACCESS);
		return;
	}
	const char *path = help_path("root.key");
	help_write_file(path, golden, sizeof(golden) - 1);
	chmod(path, 0400);
	chmod(help_directory(), 0755);
	pid_t child = fork();
	if (child == 0) {
		struct key *key = NULL;
		bool refused = setuid(65534) == 0 && key_load(path, &key) == KEY_NO_ACCESS;
		_exit(refused ? 0 : 1);
	}
	int status = -1;
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
}

int main(void)
{
	RUN(test_round_trip);
	RUN(test_golden_file);
	RUN(test_renew_keeps_the_pepper);
	RUN(test_existing_file_is_left_alone);
	RUN(test_missing);
	RUN(test_every_open_mode_is_refused);
	RUN(test_only_a_regular_file);
	RUN(test_access_list_for_one_user);
	RUN(test_every_cut_is_garbage);
	RUN(test_every_changed_byte_is_garbage);
	RUN(test_every_status_has_its_sentence);
	RUN(test_file_of_another_user);
	return tap_done();
}
