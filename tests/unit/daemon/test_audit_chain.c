/*
 * Whatever is done to 10,000 entries of an audit is found: each column changed, entries removed,
 * put in, swapped, the end cut off, checkpoints signed by others or moved, keys put back.
 */
#include "daemon/audit_chain.h"
#include "protocol/message.h"
#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENTRIES = 10000,
	CHECKPOINT_EVERY = 1000,
	DETAIL = 80,
	KEYS_MAX = ENTRIES / CHECKPOINT_EVERY + 2,
	TIMES = 12, /* of each edit, at random places */
};

struct chain {
	struct audit_row rows[ENTRIES + 1];
	char details[ENTRIES + 1][DETAIL];
	size_t count;
	struct audit_key_row keys[KEYS_MAX];
	size_t keys_count;
};

static struct chain written, edited;
static uint8_t seeds[KEYS_MAX][AUDIT_ROW_KEY_BYTES]; /* what was wiped */
static struct random random_state = {.state = 11};

static void put(struct chain *chain, int64_t what, const char *detail)
{
	size_t at = chain->count++;
	struct audit_row *row = &chain->rows[at];
	uint8_t before[AUDIT_ROW_HASH_BYTES];
	audit_chain_begin(before);
	snprintf(chain->details[at], DETAIL, "%s", detail);
	*row = (struct audit_row){
		.entry = (int64_t)at + 1,
		.at_ms = 1790000000000 + (int64_t)at * 977,
		.what = what,
		.account = random_below(&random_state, 40),
		.room = random_below(&random_state, 900),
		.detail = chain->details[at],
		.detail_size = strlen(detail),
	};
	audit_chain_hash(row, at > 0 ? chain->rows[at - 1].hash : before);
}

static void put_key(struct chain *chain)
{
	struct audit_key_row *key = &chain->keys[chain->keys_count];
	*key = (struct audit_key_row){.epoch = (int64_t)chain->keys_count + 1, .has_secret = true};
	audit_chain_make_key(key->public_key, key->secret);
	memcpy(seeds[chain->keys_count], key->secret, sizeof(key->secret));
	if (chain->keys_count > 0) {
		chain->keys[chain->keys_count - 1].has_secret = false;
	}
	chain->keys_count++;
}

/* As audit.c writes it: set-up, entries, a checkpoint every thousand. */
static void write_chain(struct chain *chain)
{
	char detail[AUDIT_KEY_DETAIL_BYTES];
	put_key(chain);
	chain->keys[0].first_entry = 1;
	audit_chain_key_detail(chain->keys[0].public_key, detail);
	put(chain, WIRE_AUDIT_SET_UP, detail);
	while (chain->count < ENTRIES) {
		if (chain->count % CHECKPOINT_EVERY != CHECKPOINT_EVERY - 1) {
			put(chain, WIRE_AUDIT_ROOM, "The whole transcript.");
			continue;
		}
		size_t signer = chain->keys_count - 1;
		put_key(chain);
		struct audit_key_row *next = &chain->keys[chain->keys_count - 1];
		audit_chain_key_detail(next->public_key, detail);
		put(chain, WIRE_AUDIT_CHECKPOINT, detail);
		next->first_entry = (int64_t)chain->count + 1;
		audit_chain_sign(&chain->rows[chain->count - 1], seeds[signer], next->public_key);
	}
	/* Some way into the newest epoch. */
	chain->count -= 500;
	chain->keys_count--;
	chain->keys[chain->keys_count - 1].has_secret = true;
}

static void copy_chain(void)
{
	edited = written;
	for (size_t i = 0; i < edited.count; i++) {
		edited.rows[i].detail = edited.details[i];
	}
}

static enum audit_fault check_with(const struct chain *chain, struct audit_check *check, bool keys)
{
	for (size_t i = 0; i < chain->count; i++) {
		if (!audit_check_entry(check, &chain->rows[i])) {
			break;
		}
	}
	for (size_t i = 0; keys && i < chain->keys_count; i++) {
		if (!audit_check_key(check, &chain->keys[i])) {
			break;
		}
	}
	enum audit_fault fault = audit_check_end(check, keys);
	audit_check_finish(check);
	return fault;
}

/* With all that is known: the first key, and yesterday's head, `back` entries before the end. */
static enum audit_fault check(const struct chain *chain, size_t back, bool keys, int64_t *where)
{
	struct audit_check state = {.has_first_key = true};
	const struct audit_row *kept = &written.rows[written.count - 1 - back];
	memcpy(state.first_key, written.keys[0].public_key, sizeof(state.first_key));
	state.kept_entry = kept->entry;
	memcpy(state.kept_hash, kept->hash, sizeof(state.kept_hash));
	enum audit_fault fault = check_with(chain, &state, keys);
	if (where != NULL) {
		*where = state.fault_entry;
	}
	return fault;
}

static size_t anywhere(void)
{
	return (size_t)random_below(&random_state, (int64_t)written.count);
}

/* ---- what may be done ---- */

static void edit_number(int64_t *number)
{
	switch (random_below(&random_state, 3)) {
	case 0:
		*number += 1;
		break;
	case 1:
		*number ^= INT64_C(1) << random_below(&random_state, 63);
		break;
	default:
		*number = random_below(&random_state, INT64_MAX);
		break;
	}
}

enum column {
	COLUMN_ENTRY,
	COLUMN_AT,
	COLUMN_WHAT,
	COLUMN_ACCOUNT,
	COLUMN_ROOM,
	COLUMN_DETAIL,
	COLUMN_DETAIL_SIZE,
	COLUMN_HASH,
	COLUMN_SIGNATURE,
	COLUMNS,
};

static void edit_column(struct audit_row *row, char *detail, enum column column)
{
	switch (column) {
	case COLUMN_ENTRY:
		edit_number(&row->entry);
		break;
	case COLUMN_AT:
		edit_number(&row->at_ms);
		break;
	case COLUMN_WHAT:
		edit_number(&row->what);
		break;
	case COLUMN_ACCOUNT:
		edit_number(&row->account);
		break;
	case COLUMN_ROOM:
		edit_number(&row->room);
		break;
	case COLUMN_DETAIL:
		detail[random_below(&random_state, (int64_t)row->detail_size)] ^= 1;
		break;
	case COLUMN_DETAIL_SIZE:
		row->detail_size--;
		break;
	case COLUMN_HASH:
		row->hash[random_below(&random_state, AUDIT_ROW_HASH_BYTES)] ^= 4;
		break;
	default:
		row->has_signature = true;
		row->signature[random_below(&random_state, AUDIT_ROW_SIGNATURE_BYTES)] ^= 4;
		break;
	}
}

/* What somebody does who can compute: everything behind it hashed anew, as if nothing were. */
static void hash_anew(struct chain *chain, size_t from)
{
	uint8_t before[AUDIT_ROW_HASH_BYTES];
	audit_chain_begin(before);
	for (size_t i = from; i < chain->count; i++) {
		chain->rows[i].entry = (int64_t)i + 1;
		audit_chain_hash(&chain->rows[i], i > 0 ? chain->rows[i - 1].hash : before);
	}
}

static void remove_row(struct chain *chain, size_t at)
{
	chain->count--;
	for (size_t i = at; i < chain->count; i++) {
		chain->rows[i] = chain->rows[i + 1];
	}
}

static void insert_row(struct chain *chain, size_t at)
{
	for (size_t i = chain->count; i > at; i--) {
		chain->rows[i] = chain->rows[i - 1];
	}
	chain->count++;
	chain->rows[at].room = 7;
}

/* ---- and is found ---- */

static void test_sound(void)
{
	int64_t where;
	CHECK_INT(check(&written, 0, true, &where), AUDIT_SOUND);
	CHECK_INT(check(&written, 300, true, &where), AUDIT_SOUND);
	struct audit_check alone = {0};
	CHECK_INT(check_with(&written, &alone, true), AUDIT_SOUND);
	CHECK(memcmp(alone.first_key, written.keys[0].public_key, sizeof(alone.first_key)) == 0);
	CHECK_INT(alone.checkpoints, ENTRIES / CHECKPOINT_EVERY - 1);
	CHECK_INT(alone.entry, (int64_t)written.count);
	CHECK_INT(alone.signed_entry, ENTRIES - CHECKPOINT_EVERY);
	struct audit_check none = {0};
	CHECK_INT(audit_check_end(&none, false), AUDIT_EMPTY);
}

static void test_every_column(void)
{
	for (int column = 0; column < COLUMNS; column++) {
		for (int i = 0; i < TIMES; i++) {
			size_t at = anywhere();
			int64_t where;
			copy_chain();
			edit_column(&edited.rows[at], edited.details[at], (enum column)column);
			CHECK(check(&edited, 0, true, &where) != AUDIT_SOUND);
			CHECK(where == (int64_t)at + 1 || column == COLUMN_ENTRY);
		}
	}
}

static void test_checkpoints_columns(void)
{
	for (int column = 0; column < COLUMNS; column++) {
		size_t at = CHECKPOINT_EVERY * (size_t)(1 + random_below(&random_state, 8)) - 1;
		copy_chain();
		CHECK(edited.rows[at].has_signature);
		edit_column(&edited.rows[at], edited.details[at], (enum column)column);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
	}
	copy_chain();
	edited.rows[CHECKPOINT_EVERY - 1].has_signature = false;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_BAD_CHECKPOINT);
}

static void test_moved(void)
{
	for (int i = 0; i < TIMES; i++) {
		size_t at = anywhere(), other = anywhere();
		if (at == other) {
			continue;
		}
		copy_chain();
		struct audit_row row = edited.rows[at];
		edited.rows[at] = edited.rows[other];
		edited.rows[other] = row;
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
		copy_chain();
		remove_row(&edited, at);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
		copy_chain();
		insert_row(&edited, at);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
	}
}

/* The same by somebody who hashes all that follows anew. */
static void test_hashed_anew(void)
{
	for (int i = 0; i < TIMES; i++) {
		size_t at = anywhere();
		bool is_signed = at < ENTRIES - CHECKPOINT_EVERY;
		int64_t where;
		copy_chain();
		edited.rows[at].account++;
		hash_anew(&edited, at);
		enum audit_fault fault = check(&edited, 0, true, &where);
		CHECK_INT(fault, is_signed ? AUDIT_BAD_SIGNATURE : AUDIT_OTHER_HEAD);
		CHECK_INT(where, is_signed ? ((int64_t)at / CHECKPOINT_EVERY + 1) * CHECKPOINT_EVERY
					   : (int64_t)written.count);
		copy_chain();
		remove_row(&edited, at);
		hash_anew(&edited, at);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
		copy_chain();
		insert_row(&edited, at);
		hash_anew(&edited, at);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
	}
}

/* Whoever breaks in has the newest secret, and the entries since the newest checkpoint; no more. */
static void test_break_in(void)
{
	size_t at = ENTRIES - CHECKPOINT_EVERY + 3;
	copy_chain();
	edited.rows[at].account++;
	hash_anew(&edited, at);
	struct audit_check without_head = {0};
	CHECK_INT(check_with(&edited, &without_head, true), AUDIT_SOUND); /* why heads are kept */
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_OTHER_HEAD);
	/* With the newest secret an older checkpoint cannot be signed. */
	size_t checkpoint = 4 * CHECKPOINT_EVERY - 1;
	copy_chain();
	edited.rows[checkpoint - 5].account++;
	hash_anew(&edited, checkpoint - 5);
	uint8_t next[AUDIT_ROW_KEY_BYTES];
	memcpy(next, edited.keys[4].public_key, sizeof(next));
	audit_chain_sign(&edited.rows[checkpoint], seeds[written.keys_count - 1], next);
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_BAD_SIGNATURE);
}

static void test_cut(void)
{
	for (int i = 0; i < TIMES; i++) {
		copy_chain();
		edited.count = 1 + anywhere();
		enum audit_fault fault = check(&edited, 0, true, NULL);
		CHECK(fault != AUDIT_SOUND || edited.count == written.count);
		/* Without a head: as far as the newest secret tells. */
		struct audit_check without_head = {0};
		fault = check_with(&edited, &without_head, true);
		CHECK_INT(fault,
			edited.count >= ENTRIES - CHECKPOINT_EVERY ? AUDIT_SOUND : AUDIT_KEY_LOST);
	}
	/* With the keys cut as well: the secret of that time is wiped. */
	copy_chain();
	edited.count = 5 * CHECKPOINT_EVERY + 17;
	edited.keys_count = 6;
	struct audit_check cut = {0};
	CHECK_INT(check_with(&edited, &cut, true), AUDIT_KEY_LOST);
	edited.keys[5].has_secret = true;
	memcpy(edited.keys[5].secret, seeds[written.keys_count - 1], AUDIT_ROW_KEY_BYTES);
	struct audit_check other = {0};
	CHECK_INT(check_with(&edited, &other, true), AUDIT_KEY_LOST);
	/* Cut only up to yesterday's head: what came after it is not promised. */
	copy_chain();
	edited.count = written.count - 300;
	CHECK_INT(check(&edited, 300, true, NULL), AUDIT_SOUND);
	edited.count--;
	CHECK_INT(check(&edited, 300, true, NULL), AUDIT_CUT);
}

static void test_swapped_checkpoints(void)
{
	for (int i = 0; i < TIMES; i++) {
		size_t first = (size_t)(1 + random_below(&random_state, 8)) * CHECKPOINT_EVERY - 1;
		size_t second = (size_t)(1 + random_below(&random_state, 8)) * CHECKPOINT_EVERY - 1;
		if (first == second) {
			continue;
		}
		copy_chain();
		memcpy(edited.rows[first].signature, written.rows[second].signature,
			AUDIT_ROW_SIGNATURE_BYTES);
		CHECK_INT(check(&edited, 0, true, NULL), AUDIT_BAD_SIGNATURE);
		copy_chain();
		struct audit_row row = edited.rows[first];
		edited.rows[first] = edited.rows[second];
		edited.rows[first].entry = row.entry;
		edited.rows[second] = row;
		edited.rows[second].entry = written.rows[second].entry;
		hash_anew(&edited, 0);
		CHECK(check(&edited, 0, true, NULL) != AUDIT_SOUND);
	}
}

static void test_written_anew(void)
{
	static struct chain other;
	write_chain(&other);
	struct audit_check check_other = {.has_first_key = true};
	memcpy(check_other.first_key, written.keys[0].public_key, AUDIT_ROW_KEY_BYTES);
	CHECK_INT(check_with(&other, &check_other, true), AUDIT_OTHER_KEY);
	CHECK_INT(check_other.fault_entry, 1);
	/* The beginning removed, and the rest numbered anew. */
	copy_chain();
	remove_row(&edited, 0);
	hash_anew(&edited, 0);
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_NO_SET_UP);
}

static void test_keys(void)
{
	copy_chain();
	edited.keys[3].public_key[0] ^= 1;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEYS_DIFFER);
	copy_chain();
	edited.keys[3].first_entry++;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEYS_DIFFER);
	copy_chain();
	edited.keys[3].epoch++;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEYS_DIFFER);
	copy_chain();
	edited.keys[3].has_secret = true; /* put back, or never wiped */
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEYS_DIFFER);
	copy_chain();
	edited.keys[edited.keys_count - 1].has_secret = false;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEY_LOST);
	copy_chain();
	edited.keys[edited.keys_count - 1].secret[5] ^= 1;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEY_LOST);
	copy_chain();
	edited.keys_count--;
	CHECK_INT(check(&edited, 0, true, NULL), AUDIT_KEY_LOST);
}

int main(void)
{
	if (sodium_init() < 0) {
		return EXIT_FAILURE;
	}
	write_chain(&written);
	RUN(test_sound);
	RUN(test_every_column);
	RUN(test_checkpoints_columns);
	RUN(test_moved);
	RUN(test_hashed_anew);
	RUN(test_break_in);
	RUN(test_cut);
	RUN(test_swapped_checkpoints);
	RUN(test_keys);
	RUN(test_written_anew);
	return tap_done();
}
