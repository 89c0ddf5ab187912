/* Who is on shift, until when, and whose shift has just ended. */
#include "daemon/staff.h"

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/server.h"

/*
 * When a shift ended within the grace, or 0. Whoever served until then still has the grace when the
 * daemon is started within it, and has seen nobody's shift end.
 */
static int64_t ended_lately(const struct server *server, const struct account *account, int64_t now)
{
	const struct staff *staff = server->staff;
	int64_t since = now - server->config->shift_grace_ms;
	struct roster_span span;
	bool served = roster_now(staff->shifts, staff->shifts_count, account->row.id, since, &span);
	if (!served) {
		served = roster_next(
			staff->shifts, staff->shifts_count, account->row.id, since, &span);
	}
	return served && span.until_ms <= now && !account->row.disabled ? span.until_ms : 0;
}

bool staff_roster_is_due(const struct server *server)
{
	int64_t now = clock_wall_ms();
	return now >= server->shift_change_ms || now < server->rostered_ms;
}

void staff_refresh_roster(struct server *server)
{
	struct staff *staff = server->staff;
	int64_t now = clock_wall_ms();
	for (struct account *a = staff->accounts; a != NULL; a = a->next) {
		struct roster_span span = {0};
		bool was = a->rostered;
		a->rostered = !a->row.disabled &&
			      roster_now(staff->shifts, staff->shifts_count, a->row.id, now, &span);
		if (was && !a->rostered) {
			a->span_ended_ms = a->span.until_ms < now ? a->span.until_ms : now;
		} else if (a->rostered) {
			a->span_ended_ms = 0;
		} else if (a->span_ended_ms == 0 || a->span_ended_ms > now) {
			a->span_ended_ms = ended_lately(server, a, now);
		}
		if (!a->rostered &&
			!roster_next(staff->shifts, staff->shifts_count, a->row.id, now, &span)) {
			span = (struct roster_span){0};
		}
		a->span = span;
	}
	server->rostered_ms = now;
	server->shift_change_ms = roster_next_change(staff->shifts, staff->shifts_count, now);
}
