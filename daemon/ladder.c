/* The school's ladder. Pure. */
#include "daemon/ladder.h"

#include <stdbool.h>
#include <string.h>

enum {
	SECOND_MS = 1000,
	MINUTE_MS = 60 * SECOND_MS,
	REPEAT_MAX_MS = 60 * MINUTE_MS,
};

struct part {
	const char *bytes;
	size_t size;
};

static struct part trimmed(const char *bytes, size_t size)
{
	while (size > 0 && (*bytes == ' ' || *bytes == '\t')) {
		bytes++;
		size--;
	}
	while (size > 0 && strchr(" \t\r", bytes[size - 1]) != NULL) {
		size--;
	}
	return (struct part){bytes, size};
}

/* Takes what stands before `end`, or all of it, off the front. False: nothing is left. */
static bool take(struct part *rest, char end, struct part *part)
{
	if (rest->bytes == NULL) {
		return false;
	}
	const char *at = rest->size > 0 ? memchr(rest->bytes, end, rest->size) : NULL;
	if (at == NULL) {
		*part = trimmed(rest->bytes, rest->size);
		*rest = (struct part){NULL, 0};
		return true;
	}
	size_t size = (size_t)(at - rest->bytes);
	*part = trimmed(rest->bytes, size);
	rest->bytes = at + 1;
	rest->size -= size + 1;
	return true;
}

static bool is(struct part part, const char *word)
{
	return part.size == strlen(word) && memcmp(part.bytes, word, part.size) == 0;
}

static bool read_time(struct part part, int64_t *ms)
{
	int64_t unit = MINUTE_MS, number = 0;
	if (part.size > 1 &&
		(part.bytes[part.size - 1] == 's' || part.bytes[part.size - 1] == 'm')) {
		unit = part.bytes[part.size - 1] == 's' ? SECOND_MS : MINUTE_MS;
		part.size--;
	}
	if (part.size == 0 || part.size > 6) {
		return false;
	}
	for (size_t i = 0; i < part.size; i++) {
		if (part.bytes[i] < '0' || part.bytes[i] > '9') {
			return false;
		}
		number = number * 10 + (part.bytes[i] - '0');
	}
	*ms = number * unit;
	return *ms <= LADDER_AFTER_MAX_MS;
}

static bool read_who(struct part part, struct ladder_rung *rung)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
	static const char *const words[] = {"duty", "office", "everyone"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (is(part, words[i])) {
			rung->who = (enum ladder_who)i;
			return true;
		}
	}
	if (part.size == 0 || part.size >= sizeof(rung->login)) {
		return false;
	}
	memcpy(rung->login, part.bytes, part.size);
	rung->login[part.size] = '\0';
	rung->who = LADDER_LOGIN;
	return strspn(rung->login, letters) == part.size;
}

static bool read_channels(struct part list, struct ladder_rung *rung)
{
	struct part word;
	while (take(&list, ',', &word)) {
		enum wire_channel channel;
		if (!wire_channel_from_text(word.bytes, word.size, &channel)) {
			return false;
		}
		rung->channels |= 1u << (unsigned)channel;
	}
	return rung->channels != 0;
}

const char *ladder_read_rung(
	const char *line, size_t size, const struct ladder_rung *before, struct ladder_rung *rung)
{
	struct part rest = {line, size}, time, who, channels, more;
	*rung = (struct ladder_rung){0};
	if (!take(&rest, '|', &time) || !take(&rest, '|', &who) || !take(&rest, '|', &channels) ||
		take(&rest, '|', &more)) {
		return "write \"minutes | who | how\"";
	}
	if (!read_time(time, &rung->after_ms)) {
		return "the time is minutes like 2, or seconds like 30s, up to a day";
	}
	if (before != NULL && rung->after_ms < before->after_ms) {
		return "the time is before the line above's";
	}
	if (!read_who(who, rung)) {
		return "who is duty, office, everyone or a sign-in name";
	}
	if (!read_channels(channels, rung)) {
		return "how is a list of screen, mail, webhook, ntfy, slack, teams, program";
	}
	return NULL;
}

const struct ladder_rung *ladder_rung(const struct ladder *ladder, unsigned step)
{
	return &ladder->rungs[step < ladder->count ? step : ladder->count - 1];
}

int64_t ladder_gap_ms(const struct ladder *ladder, unsigned step)
{
	int64_t before = step > 0 ? ladder_rung(ladder, step - 1)->after_ms : 0;
	if (step < ladder->count) {
		return ladder->rungs[step].after_ms - before;
	}
	int64_t gap =
		ladder->count > 1 ? before - ladder->rungs[ladder->count - 2].after_ms : MINUTE_MS;
	gap = gap > 0 ? gap : MINUTE_MS;
	for (unsigned i = (unsigned)ladder->count; i < step && gap < REPEAT_MAX_MS; i++) {
		gap = gap * 2 < REPEAT_MAX_MS ? gap * 2 : REPEAT_MAX_MS;
	}
	return gap;
}

int64_t ladder_elapsed_ms(
	const struct ladder *ladder, unsigned step, int64_t since_ms, int64_t now_ms)
{
	int64_t gap = ladder_gap_ms(ladder, step);
	int64_t elapsed = now_ms > since_ms ? now_ms - since_ms : 0;
	return elapsed < gap ? elapsed : gap;
}

unsigned ladder_first_later(const struct ladder *ladder)
{
	unsigned step = 0;
	while (step < ladder->count && ladder->rungs[step].after_ms == 0) {
		step++;
	}
	return step;
}
