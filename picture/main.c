/*
 * hark-picture: one picture in on stdin, what may be shown of it out on stdout, and it ends.
 * Started by harkd for every picture that is sent; nobody else's business.
 */
#include "picture/convert.h"
#include "picture/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool read_all(void *to, size_t size)
{
	for (uint8_t *at = to; size > 0;) {
		ssize_t got = read(STDIN_FILENO, at, size);
		if (got <= 0) {
			if (got < 0 && errno == EINTR) {
				continue;
			}
			return false;
		}
		at += got;
		size -= (size_t)got;
	}
	return true;
}

static bool write_all(const void *from, size_t size)
{
	for (const uint8_t *at = from; size > 0;) {
		ssize_t put = write(STDOUT_FILENO, at, size);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		at += put;
		size -= (size_t)put;
	}
	return true;
}

/* The process holds nothing that would have to be put in order. */
_Noreturn static void answer(enum picture_status status, const struct converted *converted)
{
	struct picture_answer head = {.status = status};
	bool written;
	if (status == PICTURE_OK) {
		head.type = converted->type;
		head.width = converted->width;
		head.height = converted->height;
		head.size = (uint32_t)converted->shown.size;
		head.thumb_size = (uint32_t)converted->thumb.size;
		written = write_all(&head, sizeof(head)) &&
			  write_all(converted->shown.bytes, converted->shown.size) &&
			  write_all(converted->thumb.bytes, converted->thumb.size);
	} else {
		written = write_all(&head, sizeof(head));
	}
	_exit(written ? EXIT_SUCCESS : EXIT_FAILURE);
}

int main(void)
{
	if (!sandbox_enter()) {
		answer(PICTURE_UNLOCKED, NULL);
	}
	struct picture_question question;
	if (!read_all(&question, sizeof(question))) {
		_exit(EXIT_FAILURE);
	}
	if (question.size > PICTURE_BYTES_MAX) {
		answer(PICTURE_TOO_LARGE, NULL);
	}
	uint8_t *bytes = malloc(question.size + 1);
	if (bytes == NULL) {
		answer(PICTURE_NO_MEMORY, NULL);
	}
	if (!read_all(bytes, question.size)) {
		_exit(EXIT_FAILURE);
	}
	struct converted converted;
	enum picture_status status =
		convert(bytes, question.size, (enum picture_type)question.declared, &converted);
	answer(status, &converted);
}
