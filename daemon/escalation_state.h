/*
 * How a call for an adult goes on: raised, told, opened, taken, handed, closed. Pure: one table of
 * what each act makes of each stage, and what an act that is carried out changes.
 */
#ifndef HARK_DAEMON_ESCALATION_STATE_H
#define HARK_DAEMON_ESCALATION_STATE_H

#include "protocol/message.h"

#include <stdbool.h>
#include <stdint.h>

enum escalation_act {
	ESCALATION_TELL, /* the daemon has told somebody of a rung, or found nobody to tell */
	ESCALATION_OPEN, /* an adult reads */
	ESCALATION_TAKE, /* an adult has it */
	ESCALATION_HAND, /* who has it asks another to take it over */
	ESCALATION_CLOSE, /* who has it says that it is over */
	ESCALATION_LAPSE, /* who had it cannot have it any more */
	ESCALATION_END, /* the daemon: what it was raised for is over */
	ESCALATION_ACTS
};

enum escalation_verdict {
	ESCALATION_GO, /* it is in `next` then */
	ESCALATION_STAYS, /* it is so already: answered like the first time */
	ESCALATION_REFUSED, /* with `code` */
};

struct escalation_answer {
	enum escalation_verdict verdict;
	enum wire_stage next; /* GO */
	enum wire_code code; /* REFUSED */
};

struct escalation_state {
	enum wire_stage stage;
	unsigned steps; /* of the ladder made in this climb: the next one's number */
	unsigned climb; /* 0; one more each time it begins to climb again */
	int64_t since_ms; /* the newest step was made, or the climb began (UTC, as all here) */
	int64_t opened_by, opened_ms; /* account; 0: nobody */
	int64_t taken_by, taken_ms; /* stays while it is handed on */
	int64_t handed_to;
	int64_t closed_ms; /* 0: open */
	int outcome; /* enum wire_outcome; -1: none */
};

struct escalation_change {
	enum escalation_act act;
	int64_t at_ms;
	int64_t by; /* account; 0: the daemon */
	int64_t to; /* HAND: account */
	int outcome; /* CLOSE; -1 */
	bool reached; /* TELL: somebody was told */
	unsigned steps; /* HAND: where the climb begins */
};

/* How much of the calls a page was given. All-zero: nothing. */
struct escalation_cursor {
	uint64_t version; /* newest escalation::version */
	int64_t id; /* whose it was, to go on from it */
	uint64_t born; /* closed ones up to this version are none of its business */
};

/* Whether this account has it, or had it at its end: took it, or was handed it and nobody has taken
 * it since. */
bool escalation_is_held_by(const struct escalation_state *state, int64_t account);

/* What the act comes to in this stage; is_holder: of who acts. */
struct escalation_answer escalation_judge(
	enum wire_stage stage, enum escalation_act act, bool is_holder);

/* Carries out what was judged to GO. */
void escalation_apply(struct escalation_state *state, const struct escalation_change *change);

/* It goes on climbing: nobody has it. */
bool escalation_climbs(const struct escalation_state *state);

#endif
