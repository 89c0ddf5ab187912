/* Names for the generated wire types, without the clash with the browser's own Event and Request. */

import type { Event, EventOf, Request } from "./protocol";

export type WireEvent = Event;
export type WireRequest = Request;
export type { Audience, Code, Contact, Mood, Phase, Report, RequestOf, Who } from "./protocol";

export type Of<T extends WireEvent["type"]> = EventOf<T>;

/* An event that stands in a room's log: it has a number in its room. */
export type RoomEvent = Extract<WireEvent, { type: `room.${string}` | "chat.posted" | "chat.pictured"; n: number }>;

/* The same, for an overseer. */
export type LogEvent = RoomEvent;

/* An event that only overseers see: it has no number in a room. */
export type StaffEvent = Of<
	| "alarm.raised" | "alarm.taken" | "account.was_reset" | "escalation.raised" | "escalation.moved"
	| "flag.raised" | "flag.cleared" | "note.sent" | "identity.moved" | "case.moved" | "exported" | "room.blocked"
>;

/* An event of the oversight feed. */
export type FeedEvent = LogEvent | StaffEvent;

export type School = Of<"state.school">;
export type RoomState = Of<"state.room">;

/* What a page makes of each message type it cares about: the next state. */
export type Handlers<S> = {
	[T in WireEvent["type"]]?: (state: S, message: Of<T>, now: number) => S;
};

/* The state after this message; the same one when nobody cares about its type. */
export function dispatch<S>(handlers: Handlers<S>, state: S, message: WireEvent, now: number): S {
	const handler = handlers[message.type] as
		| ((state: S, message: WireEvent, now: number) => S)
		| undefined;
	return handler ? handler(state, message, now) : state;
}
