/*
 * Sealed details, opened: beside the loop with the holder's secret, then for one page, once. What
 * was shown is wiped with the look; a picture's original with the last frame of it.
 */
#include "daemon/identity_inside.h"

#include "daemon/frame.h"
#include "daemon/server.h"
#include "daemon/session.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct given *find_given(const struct look *look, int64_t sealed)
{
	const struct given *given = (const struct given *)(const void *)look->given;
	for (size_t i = 0; i < look->given_size / sizeof(*given); i++) {
		if (given[i].sealed == sealed) {
			return &given[i];
		}
	}
	return NULL;
}

/* The master of one item. False: this holder's key, with what was given, is not enough. */
static bool open_master(
	const struct look *look, const struct share_row *share, uint8_t master[ESCROW_MASTER_BYTES])
{
	struct escrow_part own, other;
	const struct escrow_pair *pair = &look->secret->pair;
	const struct given *given = find_given(look, share->sealed);
	if (share->sealed == 0 || !escrow_share_open(share->box, pair, &own)) {
		return false;
	}
	bool has_other = given != NULL && escrow_share_open(given->share, pair, &other);
	bool opened = escrow_parts_join(&own, has_other ? &other : NULL, master);
	sodium_memzero(&own, sizeof(own));
	sodium_memzero(&other, sizeof(other));
	return opened;
}

static struct escrow_place place_of(const struct sealed_row *row)
{
	return (struct escrow_place){
		row->id, row->room, row->kind, row->subject, row->at_ms, row->approvals};
}

static bool open_item(const struct look *look, size_t at, struct shown *shown)
{
	const struct sealed_row *row = &look->sealed.rows[at];
	uint8_t master[ESCROW_MASTER_BYTES];
	if (!open_master(look, &look->sealed.shares[at], master)) {
		return false;
	}
	bool opened;
	if (row->kind == WIRE_SEALED_PICTURE) {
		opened = true; /* its number; LOOK_PICTURE shows the picture */
		shown->size = (size_t)snprintf(
			(char *)shown->bytes, PADDED_MAX, "%lld", (long long)row->subject);
	} else {
		const struct escrow_place place = place_of(row);
		opened = row->box != NULL && row->box_size <= PADDED_MAX &&
			 escrow_box_open(master, &place, row->mark, row->box, row->box_size,
				 shown->bytes, &shown->size) &&
			 shown->size <= VALUE_BYTES;
	}
	sodium_memzero(master, sizeof(master));
	return opened;
}

/* A picture as it was sent, into a frame that is wiped. */
static void open_original(struct look *look)
{
	uint8_t master[ESCROW_MASTER_BYTES];
	if (look->sealed.count == 0) {
		return;
	}
	const struct sealed_row *row = &look->sealed.rows[0];
	const struct escrow_place place = place_of(row);
	size_t size = 0;
	if (row->box == NULL || !open_master(look, &look->sealed.shares[0], master)) {
		return;
	}
	look->file = frame_create(row->box_size);
	look->file->secret = true;
	look->file->size = (uint32_t)row->box_size; /* of what is wiped */
	if (escrow_box_open(master, &place, row->mark, row->box, row->box_size,
		    (uint8_t *)look->file->bytes, &size)) {
		look->file->size = (uint32_t)size;
	} else {
		frame_unref(look->file);
		look->file = NULL;
	}
	sodium_memzero(master, sizeof(master));
}

static void on_open(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	struct secret *secret = look->secret;
	if (look->kind == LOOK_PICTURE) {
		open_original(look);
		return;
	}
	for (size_t i = 0; i < look->sealed.count; i++) {
		struct shown *shown = &secret->shown[look->shown_count];
		if (!open_item(look, i, shown)) {
			look->unread++;
			continue;
		}
		secret->items[look->shown_count++] = (struct item_unsealed){
			.kind = (enum wire_sealed_kind)look->sealed.rows[i].kind,
			.at_ms = look->sealed.rows[i].at_ms,
			.value = {(const char *)shown->bytes, shown->size},
		};
	}
}

/* By its first bytes; it was taken as one of these three. */
static const char *type_of(const struct frame *file)
{
	const uint8_t *bytes = (const uint8_t *)file->bytes;
	if (file->size > 1 && bytes[0] == 0xff && bytes[1] == 0xd8) {
		return "image/jpeg";
	}
	return file->size > 1 && bytes[0] == 0x89 && bytes[1] == 'P' ? "image/png" : "image/webp";
}

static void hand_over_original(struct look *look)
{
	struct frame *file = look->file;
	if (file == NULL) {
		look_refuse(look, WIRE_CODE_NOT_GRANTED);
		return;
	}
	look->file = NULL;
	look->on_file(look->file_data, file, type_of(file), WIRE_CODE_UNAVAILABLE);
	look_end(look);
}

static void on_opened(struct argon_job *job)
{
	struct look *look = (struct look *)job;
	if (look->kind == LOOK_PICTURE) {
		hand_over_original(look);
		return;
	}
	struct session *session = server_session(look->server, look->asker.session);
	if (session != NULL) {
		struct msg_identity_shown shown = {
			.has_ref = look->asker.has_ref,
			.ref = look->asker.ref,
			.opening = look->opening.id,
			.room = look->opening.room,
			.until_ms = look->opening.until_ms,
			.items = look->secret->items,
			.items_count = look->shown_count,
			.unread = (int64_t)look->unread,
		};
		session_send_secret(session, TYPE_IDENTITY_SHOWN, &shown);
	}
	look_end(look);
}

void look_show(struct look *look)
{
	look_run(look, &look->server->escrow->lane, on_open, on_opened);
}
