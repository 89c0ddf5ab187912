/* The parts of outbox.c, outbox_send.c and outbox_test.c that call each other. */
#ifndef HARK_DAEMON_OUTBOX_PARTS_H
#define HARK_DAEMON_OUTBOX_PARTS_H

#include "daemon/outbox.h"

#include <uv.h>

struct channels;
struct drop;
struct flight;
struct frame;
struct outbox_trial;
struct outbox_write;

/* One channel's messages under way: so many at once, so that none holds up another channel. */
struct lane {
	struct flight *flights; /* flight::next; also those whose result is being written */
	size_t count;
};

struct outbox {
	struct server *server;
	struct channels *channels; /* NULL: nothing is sent */
	bool started; /* outbox_start() was called, and outbox_stop() not */
	struct outbox_health health[OUTBOX_CHANNELS_MAX]; /* by enum wire_channel; on disk */
	uint64_t version; /* counts changes of it; begins at 1 */
	bool counting, count_again; /* rows are being counted; and have changed since */
	bool told_duty; /* as in `frame` */
	struct frame *frame; /* state.channels; NULL: to be made */

	struct lane lanes[OUTBOX_CHANNELS_MAX];
	uv_timer_t due; /* when the next row is */
	bool pulling, pull_again; /* rows are being read; and may have changed since */
	struct drop *drops; /* subjects whose rows are being dropped */
	struct outbox_write *unposted; /* messages the file has not taken; outbox.c's */

	struct outbox_trial *trials; /* tests somebody waits for */
	int64_t daily_day; /* of the newest daily test: local, as year and day; 0: none yet */
	int64_t swept_mono; /* old rows were emptied */
};

/* ---- outbox_send.c ---- */

void send_start(struct outbox *outbox);
void send_stop(struct outbox *outbox);
void send_finish(struct outbox *outbox);
void send_pull(struct outbox *outbox); /* what is due is read and tried */
void send_write_again(struct outbox *outbox); /* results the file has not taken */
void send_drop(struct outbox *outbox, int64_t subject);

/* ---- outbox.c ---- */

/* A try is on disk as row says. */
void outbox_noted(struct outbox *outbox, const struct outbox_row *row, int64_t at_ms);

void outbox_count(struct outbox *outbox); /* how many wait and were given up, soon */

/* ---- outbox_test.c ---- */

void trial_noted(struct outbox *outbox, const struct outbox_row *row, int64_t at_ms);
void trial_tick(struct outbox *outbox);
void trial_finish(struct outbox *outbox);

#endif
