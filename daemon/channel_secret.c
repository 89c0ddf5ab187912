/* Reading one-line secrets. */
#include "daemon/channel_secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Group may read: root:hark 0640 is how packages keep such files, and systemd's credentials bear
 * an access list that shows as a group's. */
enum {
	NOT_ALLOWED = 037
};

static const char *read_line(int fd, char *text)
{
	struct stat file;
	if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
		return "is no file to be read";
	}
	if ((file.st_mode & NOT_ALLOWED) != 0) {
		return "can be read or changed by others; chmod 600 it";
	}
	ssize_t size = read(fd, text, CHANNEL_SECRET_BYTES);
	if (size < 0) {
		return "cannot be read";
	}
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
		size--;
	}
	if (size == 0) {
		return "is empty";
	}
	if (size >= CHANNEL_SECRET_BYTES) {
		return "is too long";
	}
	text[size] = '\0';
	for (const char *at = text; at < text + size; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7f) {
			return "holds more than one line of text";
		}
	}
	return NULL;
}

void channel_secret_read(const char *path, struct channel_secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
	if (path[0] == '\0') {
		return;
	}
	/* Not for a pipe's other end: this is read on the loop. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		secret->problem = "cannot be opened";
		return;
	}
	secret->problem = read_line(fd, secret->text);
	close(fd);
	if (secret->problem != NULL) {
		explicit_bzero(secret->text, sizeof(secret->text));
	}
}
