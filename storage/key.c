/* The key file: making, reading, writing. */
#include "storage/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <sodium.h>

#include "storage/disk.h"

enum {
	CHECK_BYTES = 8, /* enough against slips; no secret hangs on it */
	TEXT_BYTES = sizeof("hark-key 1\n") - 1 + sizeof("file \n") - 1 + 2 * KEY_BYTES +
		     sizeof("pepper \n") - 1 + 2 * KEY_BYTES + sizeof("check \n") - 1 +
		     2 * CHECK_BYTES,
};

const char *key_status_text(enum key_status status)
{
	switch (status) {
	case KEY_OK:
		return "The key file is in order.";
	case KEY_MISSING:
		return "There is no key file.";
	case KEY_EXISTS:
		return "There is a key file already; it was left alone.";
	case KEY_MODE:
		return "Others may read or change the key file; its mode must be 0400.";
	case KEY_GARBAGE:
		return "The key file is damaged or is not one.";
	case KEY_NEWER:
		return "The key file was made by a newer version of Hark.";
	case KEY_NO_ACCESS:
		return "This user may not read or write the key file.";
	case KEY_IO:
		return "The disk failed to read, write or sync the key file.";
	case KEY_NO_MEMORY:
		break;
	}
	return "There is not enough memory.";
}

static enum key_status status_of_errno(int failed)
{
	switch (failed) {
	case 0:
		return KEY_OK;
	case ENOENT:
	case ENOTDIR:
		return KEY_MISSING;
	case EEXIST:
		return KEY_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return KEY_NO_ACCESS;
	case ENOMEM:
		return KEY_NO_MEMORY;
	default:
		return KEY_IO;
	}
}

void key_free(struct key *key)
{
	sodium_free(key);
}

static struct key *key_alloc(void)
{
	return sodium_init() < 0 ? NULL : sodium_malloc(sizeof(struct key));
}

enum key_status key_make(struct key **out)
{
	struct key *key = key_alloc();
	if (key == NULL) {
		return KEY_NO_MEMORY;
	}
	randombytes_buf(key, sizeof(*key));
	*out = key;
	return KEY_OK;
}

enum key_status key_renew(const struct key *old, struct key **out)
{
	struct key *key;
	enum key_status status = key_make(&key);
	if (status == KEY_OK) {
		memcpy(key->pepper, old->pepper, KEY_BYTES);
		*out = key;
	}
	return status;
}

/* ---- the text ---- */

static void key_check(const struct key *key, uint8_t check[static CHECK_BYTES])
{
	uint8_t digest[crypto_generichash_BYTES];
	crypto_generichash(digest, sizeof(digest), (const uint8_t *)key, sizeof(*key), NULL, 0);
	memcpy(check, digest, CHECK_BYTES);
}

/* Takes a literal off the front of the text. */
static bool take(const char **text, const char *literal)
{
	size_t length = strlen(literal);
	if (strncmp(*text, literal, length) != 0) {
		return false;
	}
	*text += length;
	return true;
}

static bool take_hex(const char **text, uint8_t *out, size_t bytes)
{
	size_t got;
	if (strlen(*text) < 2 * bytes ||
		sodium_hex2bin(out, bytes, *text, 2 * bytes, NULL, &got, NULL) != 0 ||
		got != bytes) {
		return false;
	}
	*text += 2 * bytes;
	return true;
}

/* `text` is NUL-terminated. */
static enum key_status key_parse(const char *text, struct key *key)
{
	uint8_t written[CHECK_BYTES];
	uint8_t check[CHECK_BYTES];
	if (!take(&text, "hark-key ")) {
		return KEY_GARBAGE;
	}
	if (!take(&text, "1\n")) {
		return text[0] >= '2' && text[0] <= '9' && text[1] == '\n' ? KEY_NEWER
									   : KEY_GARBAGE;
	}
	if (!take(&text, "file ") || !take_hex(&text, key->file, KEY_BYTES) ||
		!take(&text, "\npepper ") || !take_hex(&text, key->pepper, KEY_BYTES) ||
		!take(&text, "\ncheck ") || !take_hex(&text, written, CHECK_BYTES) ||
		!take(&text, "\n") || *text != '\0') {
		return KEY_GARBAGE;
	}
	key_check(key, check);
	return memcmp(written, check, CHECK_BYTES) == 0 ? KEY_OK : KEY_GARBAGE;
}

/* ---- reading ---- */

/* An access list as the kernel hands it out: little-endian (acl(5), posix_acl_xattr.h). */
enum {
	ACL_VERSION_BYTES = 4,
	ACL_ENTRY_BYTES = 8,
	ACL_TAG_USER_OBJ = 0x01,
	ACL_TAG_USER = 0x02,
	ACL_TAG_MASK = 0x10,
	ACL_MAX_ENTRIES = 32,
};

/*
 * With an access list the group bits of the mode are only its mask. Private is a list
 * that gives nothing to any group nor to others; users named in it are somebody's choice.
 */
static bool access_list_is_private(int fd)
{
	uint8_t list[ACL_VERSION_BYTES + ACL_MAX_ENTRIES * ACL_ENTRY_BYTES];
	ssize_t bytes = fgetxattr(fd, "system.posix_acl_access", list, sizeof(list));
	if (bytes < ACL_VERSION_BYTES) {
		return false; /* none, or one that is too long to be meant */
	}
	for (ssize_t at = ACL_VERSION_BYTES; at + ACL_ENTRY_BYTES <= bytes; at += ACL_ENTRY_BYTES) {
		unsigned tag = list[at] | (unsigned)list[at + 1] << 8;
		unsigned allowed = list[at + 2] | (unsigned)list[at + 3] << 8;
		bool harmless =
			tag == ACL_TAG_USER_OBJ || tag == ACL_TAG_USER || tag == ACL_TAG_MASK;
		if (!harmless && allowed != 0) {
			return false;
		}
	}
	return true;
}

static enum key_status check_mode(int fd)
{
	struct stat found;
	if (fstat(fd, &found) != 0) {
		return KEY_IO;
	}
	if (!S_ISREG(found.st_mode) || (found.st_mode & S_IRWXO) != 0) {
		return KEY_MODE;
	}
	return (found.st_mode & S_IRWXG) == 0 || access_list_is_private(fd) ? KEY_OK : KEY_MODE;
}

/* Up to `size` - 1 bytes, and a NUL. A longer file fills the buffer and parses as garbage. */
static enum key_status read_text(int fd, char *text, size_t size)
{
	size_t used = 0;
	while (used < size - 1) {
		ssize_t got = read(fd, text + used, size - 1 - used);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return KEY_IO;
		}
		if (got == 0) {
			break;
		}
		used += (size_t)got;
	}
	text[used] = '\0';
	return strlen(text) == used ? KEY_OK : KEY_GARBAGE;
}

enum key_status key_load(const char *path, struct key **out)
{
	/* O_NONBLOCK: a FIFO in its place must not hang the start. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		return status_of_errno(errno);
	}
	char text[TEXT_BYTES + 2]; /* one byte too many shows, and the NUL */
	struct key *key = NULL;
	enum key_status status = check_mode(fd);
	if (status == KEY_OK) {
		status = read_text(fd, text, sizeof(text));
	}
	if (status == KEY_OK) {
		key = key_alloc();
		status = key == NULL ? KEY_NO_MEMORY : key_parse(text, key);
	}
	sodium_memzero(text, sizeof(text));
	close(fd);
	if (status != KEY_OK) {
		key_free(key);
		return status;
	}
	*out = key;
	return KEY_OK;
}

/* ---- writing ---- */

static void key_print(const struct key *key, char text[static TEXT_BYTES + 1])
{
	uint8_t check[CHECK_BYTES];
	char file_hex[2 * KEY_BYTES + 1];
	char pepper_hex[2 * KEY_BYTES + 1];
	char check_hex[2 * CHECK_BYTES + 1];
	key_check(key, check);
	sodium_bin2hex(file_hex, sizeof(file_hex), key->file, KEY_BYTES);
	sodium_bin2hex(pepper_hex, sizeof(pepper_hex), key->pepper, KEY_BYTES);
	sodium_bin2hex(check_hex, sizeof(check_hex), check, CHECK_BYTES);
	snprintf(text, TEXT_BYTES + 1, "hark-key 1\nfile %s\npepper %s\ncheck %s\n", file_hex,
		pepper_hex, check_hex);
	sodium_memzero(file_hex, sizeof(file_hex));
	sodium_memzero(pepper_hex, sizeof(pepper_hex));
}

/* Returns 0 or an errno value. */
static int write_text(int fd, const char *text, size_t bytes)
{
	while (bytes > 0) {
		ssize_t put = write(fd, text, bytes);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put < 0) {
			return errno;
		}
		text += put;
		bytes -= (size_t)put;
	}
	return fsync(fd) == 0 ? 0 : errno;
}

enum key_status key_save(const char *path, const struct key *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0) {
		return status_of_errno(errno);
	}
	char text[TEXT_BYTES + 1];
	key_print(key, text);
	int failed = write_text(fd, text, TEXT_BYTES);
	sodium_memzero(text, sizeof(text));
	if (close(fd) != 0 && failed == 0) {
		failed = errno;
	}
	if (failed == 0) {
		failed = disk_sync_directory(path);
	}
	if (failed != 0) {
		disk_remove(path);
	}
	return status_of_errno(failed);
}
