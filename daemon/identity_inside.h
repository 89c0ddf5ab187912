/*
 * One look at sealed details, on its way from a password to what is shown; what identity_look.c and
 * identity_show.c share. Nobody else includes this.
 */
#ifndef HARK_DAEMON_IDENTITY_INSIDE_H
#define HARK_DAEMON_IDENTITY_INSIDE_H

#include "daemon/argon.h"
#include "daemon/escrow_inside.h"
#include "daemon/identity.h"
#include "daemon/staff.h"

enum {
	VALUE_BYTES = 1024, /* of one opened detail; a picture's number */
	PADDED_MAX = 2048, /* of one small box, opened */
};

/* One part that a second holder gave to the asker, as it stands in the opening's row. */
struct given {
	int64_t sealed;
	uint8_t share[ESCROW_SHARE_BYTES];
};

struct shown {
	size_t size;
	uint8_t bytes[PADDED_MAX];
};

/* Locked, never in a core, wiped when freed. */
struct secret {
	char password[ESCROW_PASSWORD_BYTES];
	struct escrow_pair pair;
	struct shown shown[SEALED_PAGE];
	struct item_unsealed items[SEALED_PAGE];
};

struct look {
	struct argon_job job;
	struct store_job load;
	struct server *server;
	enum look_kind kind;
	struct asker asker;
	int64_t account;
	struct secret *secret;
	bool is_holder; /* else `stored` tells whether the password is right */
	struct holder_row holder;
	char stored[STAFF_PASSWORD_BYTES];
	bool right;
	struct opening_row opening; /* the reason is owned */
	bool is_new, again;
	bool needs_two;
	struct sealed_read sealed;
	int64_t picture; /* whose original; 0: none */
	look_file on_file; /* the answer of a picture; NULL: asker is answered */
	void *file_data;
	struct frame *file; /* the original, opened */
	uint8_t *given; /* struct given, in bytes */
	size_t given_size;
	uint8_t asker_key[ESCROW_KEY_BYTES]; /* approving: to whom */
	size_t shown_count;
	size_t unread;
};

void look_end(struct look *look);
void look_refuse(struct look *look, enum wire_code code);
/* Beside the loop; refuses when the lane is full. */
void look_run(struct look *look, struct argon_lane *lane, void (*run)(struct argon_job *job),
	void (*done)(struct argon_job *job));

/* identity_show.c: opens what the look may see and answers with it; ends the look. */
void look_show(struct look *look);

#endif
