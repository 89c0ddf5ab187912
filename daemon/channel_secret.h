/* A secret in a file of its own: one line, not for everybody's eyes. */
#ifndef HARK_DAEMON_CHANNEL_SECRET_H
#define HARK_DAEMON_CHANNEL_SECRET_H

enum {
	CHANNEL_SECRET_BYTES = 1001, /* with the terminator */
};

struct channel_secret {
	char text[CHANNEL_SECRET_BYTES]; /* empty: none is wanted, or see problem */
	const char *problem; /* why there is none, in the words behind "FILE "; NULL */
};

/* Reads it; an empty path is no problem. The caller wipes. */
void channel_secret_read(const char *path, struct channel_secret *secret);

#endif
