/*
 * Runs hark-picture, once for each picture: a process that gets the original through a pipe, gives
 * what may be shown through another, and is killed when it takes too long (picture/answer.h).
 */
#ifndef HARK_DAEMON_DECODER_H
#define HARK_DAEMON_DECODER_H

#include "picture/answer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct decoder;

struct decoded {
	/* The program gave no answer and no picture is to blame: it could not be run, or not lock
	 * itself in. */
	bool failed;
	enum picture_status status;
	struct picture_answer answer; /* with PICTURE_OK */
	const uint8_t *shown, *thumb; /* likewise; valid during the call */
};

/*
 * Starts it on `size` bytes, which stay the caller's and where they are until `done`, which comes
 * on the loop, once. NULL: the program cannot be started.
 */
struct decoder *decoder_start(uv_loop_t *loop, const char *program, enum picture_type declared,
	uint8_t *bytes, size_t size, void (*done)(void *data, const struct decoded *decoded),
	void *data);

/* Kills it: `done` is not called any more, and the bytes are its own, freed when nobody reads them.
 */
void decoder_cancel(struct decoder *decoder);

enum {
	DECODER_PATH_MAX = 4096 /* bytes, with NUL */
};

/*
 * Where the program is, or another file of that name that belongs to harkd: `configured`, or, where
 * that is empty, beside the running program, else in libexec/hark beside its directory. False:
 * nowhere there, and `path` is the last place tried.
 */
bool decoder_find(const char *configured, char *path, size_t size);
bool helper_find(const char *name, const char *configured, char *path, size_t size);

#endif
