/*
 * The messages of hark.v1, as types.
 * Made from protocol/messages.def by protocol/generate.c: do not edit.
 */

/** The WebSocket subprotocol. */
export const PROTOCOL = "hark.v1";
/** What `hello` says the page was built with. */
export const SCHEMA_HASH = "98a8143c10ebd40e";

/** Bytes of one message to the server. */
export const FRAME_MAX_BYTES = 65536;
/** What one message may say; the page checks first. */
export const BODY_MAX_CODE_POINTS = 4000;
export const CHAT_SEND_BODY_MAX_CODE_POINTS = 4000;
export const CHAT_SEND_BODY_MAX_BYTES = 16000;
export const ROOM_START_TOPICS_MAX_ITEMS = 6;
export const ROOM_START_TOPICS_MAX_CODE_POINTS = 40;
export const ROOM_START_WISH_MAX_CODE_POINTS = 40;
export const ROOM_START_CODE_MAX_CODE_POINTS = 40;
export const ROOM_WAIT_CODE_MAX_CODE_POINTS = 40;
export const CODENAME_OPEN_WORDS_MIN_CODE_POINTS = 7;
export const CODENAME_OPEN_WORDS_MAX_CODE_POINTS = 80;
export const ESCALATION_RAISE_NOTE_MAX_CODE_POINTS = 500;
export const ESCALATION_RAISE_NOTE_MAX_BYTES = 2000;
export const IDENTITY_OFFER_NAME_MAX_CODE_POINTS = 80;
export const IDENTITY_OFFER_LOCATION_MAX_CODE_POINTS = 80;
export const ACCOUNT_REACH_LOGIN_MAX_CODE_POINTS = 40;
export const ACCOUNT_REACH_MAIL_MAX_CODE_POINTS = 200;
export const ACCOUNT_REACH_NTFY_MAX_CODE_POINTS = 200;
export const ROOM_BLOCK_REASON_MAX_CODE_POINTS = 200;
export const NOTE_SEND_BODY_MAX_CODE_POINTS = 1000;
export const NOTE_SEND_BODY_MAX_BYTES = 4000;
export const PHRASE_PUT_LANGUAGE_MIN_CODE_POINTS = 2;
export const PHRASE_PUT_LANGUAGE_MAX_CODE_POINTS = 8;
export const PHRASE_PUT_CATEGORY_MAX_CODE_POINTS = 40;
export const PHRASE_PUT_TEXT_MAX_CODE_POINTS = 80;
export const IDENTITY_ASK_REASON_MIN_CODE_POINTS = 10;
export const IDENTITY_ASK_REASON_MAX_CODE_POINTS = 2000;
export const IDENTITY_ASK_REASON_MAX_BYTES = 8000;
export const IDENTITY_ASK_PASSWORD_MAX_CODE_POINTS = 200;
export const IDENTITY_APPROVE_PASSWORD_MAX_CODE_POINTS = 200;
export const IDENTITY_OPEN_PASSWORD_MAX_CODE_POINTS = 200;
export const IDENTITY_PICTURE_PASSWORD_MAX_CODE_POINTS = 200;
export const IDENTITY_GRANT_PASSWORD_MAX_CODE_POINTS = 200;
export const CASE_OPEN_TITLE_MAX_CODE_POINTS = 80;
export const CASE_GET_PRINT_MAX_CODE_POINTS = 200;
export const CASE_CHANGE_TITLE_MAX_CODE_POINTS = 80;
export const CASE_CHANGE_OUTCOME_MAX_CODE_POINTS = 200;
export const CASE_STEP_TEXT_MAX_CODE_POINTS = 120;
export const CASE_STEP_REASON_MAX_CODE_POINTS = 500;
export const CASE_STEP_REASON_MAX_BYTES = 2000;
export const CASE_NOTE_BODY_MAX_CODE_POINTS = 4000;
export const CASE_NOTE_BODY_MAX_BYTES = 16000;
export const SEARCH_WORDS_MAX_CODE_POINTS = 200;
export const EXPORT_REASON_MIN_CODE_POINTS = 10;
export const EXPORT_REASON_MAX_CODE_POINTS = 500;
export const STAFF_PASSWORD_OLD_MAX_CODE_POINTS = 200;
export const STAFF_PASSWORD_NEW_MIN_CODE_POINTS = 10;
export const STAFF_PASSWORD_NEW_MAX_CODE_POINTS = 200;
export const SIGN_IN_LOGIN_MAX_CODE_POINTS = 40;
export const SIGN_IN_PASSWORD_MAX_CODE_POINTS = 200;
export const SIGN_ENROL_PASSWORD_MIN_CODE_POINTS = 10;
export const SIGN_ENROL_PASSWORD_MAX_CODE_POINTS = 200;
export const ACCOUNT_ADD_LOGIN_MAX_CODE_POINTS = 40;
export const ACCOUNT_ADD_ALIAS_MAX_CODE_POINTS = 40;
export const ACCOUNT_ADD_PASSWORD_MIN_CODE_POINTS = 10;
export const ACCOUNT_ADD_PASSWORD_MAX_CODE_POINTS = 200;
export const ACCOUNT_DISABLE_LOGIN_MAX_CODE_POINTS = 40;
export const ACCOUNT_RESET_LOGIN_MAX_CODE_POINTS = 40;
export const SHIFT_ADD_LOGIN_MAX_CODE_POINTS = 40;
export const SETTING_GET_KEY_MAX_CODE_POINTS = 60;
export const SETTING_SET_KEY_MAX_CODE_POINTS = 60;
export const SETTING_SET_VALUE_MAX_CODE_POINTS = 8000;
export const SETTING_SET_VALUE_MAX_BYTES = 16000;
export const CODE_PRINT_LABEL_MAX_CODE_POINTS = 40;
export const BACKUP_PATH_MAX_CODE_POINTS = 1000;
export const ESCROW_GRANT_LOGIN_MAX_CODE_POINTS = 40;
export const ESCROW_DRILL_LOGIN_MAX_CODE_POINTS = 40;
export const ESCROW_DRILL_PASSWORD_MAX_CODE_POINTS = 200;

/** Which page speaks. */
export type Page =
	| "visitor"
	| "console"
	| "oversight"
	| "control";

/** What the server takes the session for. */
export type Role =
	| "visitor"
	| "supporter"
	| "counselor"
	| "manager"
	| "operator";

/** Who did it, as the other side may know. */
export type Who =
	| "visitor"
	| "peer"
	| "counselor"
	| "system";

/** Where a room stands. */
export type Phase =
	| "waiting"
	| "live"
	| "mailbox"
	| "ended";

/** Who is to answer: a peer now, a peer later, or only a counselor. */
export type Audience =
	| "now"
	| "peer"
	| "counselor";

/** How the visitor says they feel. */
export type Mood =
	| "awful"
	| "low"
	| "okay"
	| "good"
	| "great";

/** Why a room went back to the queue. */
export type Requeue =
	| "silent"
	| "gone"
	| "released"
	| "shift_over";

/** Why counselors are called. */
export type Alarm =
	| "unanswered"
	| "lost_supporter"
	| "mailbox";

/** Why a request was refused. */
export type Code =
	| "bad_json"
	| "unknown_type"
	| "missing_field"
	| "extra_field"
	| "duplicate_field"
	| "wrong_type"
	| "out_of_range"
	| "bad_text"
	| "hello_first"
	| "hello_again"
	| "not_allowed"
	| "no_such_room"
	| "room_ended"
	| "taken"
	| "at_cap"
	| "off_shift"
	| "too_fast"
	| "too_many"
	| "draining"
	| "unavailable"
	| "stale_id"
	| "wrong_words"
	| "wrong_password"
	| "weak_password"
	| "codename_inside"
	| "exists"
	| "no_such"
	| "bad_setting"
	| "not_granted"
	| "needs_approval"
	| "too_large"
	| "bad_picture"
	| "work_needed"
	| "code_needed"
	| "code_wrong"
	| "blocked";

/** Who called for an adult. */
export type EscalationSource =
	| "visitor"
	| "supporter"
	| "counselor"
	| "flag"
	| "system";

/** Why: five plain reasons of a supporter, then the others'. */
export type EscalationReason =
	| "hurt"
	| "hurting"
	| "asked"
	| "worried"
	| "other"
	| "need"
	| "flagged"
	| "unanswered"
	| "lost_supporter"
	| "mailbox"
	| "testing"
	| "rude"
	| "threat";

/** What a supporter ends a chat for, with one tap: testing us (a joke, nonsense), rude (insults, sexual or hateful words), threat (wants to hurt somebody, or to meet alone). */
export type Report =
	| "testing"
	| "rude"
	| "threat";

/** How far the call for an adult has come. */
export type Stage =
	| "raised"
	| "told"
	| "opened"
	| "taken"
	| "handed"
	| "closed";

/** How it ended. */
export type Outcome =
	| "safe"
	| "plan"
	| "emergency"
	| "not_needed"
	| "unreachable";

/** What a visitor is told of the adult who was called. */
export type Help =
	| "asked"
	| "seen"
	| "taken";

/** How an adult is reached. */
export type Channel =
	| "screen"
	| "mail"
	| "webhook"
	| "ntfy"
	| "slack"
	| "teams"
	| "program";

/** How soon a counselor should look. */
export type Severity =
	| "low"
	| "medium"
	| "high";

/** What a watch phrase must stand as. */
export type Match =
	| "word"
	| "stem"
	| "anywhere";

/** Why sealed details are opened. */
export type Danger =
	| "self"
	| "harmed"
	| "others"
	| "medical";

/** How far the opening of sealed details has come. */
export type IdentityStep =
	| "asked"
	| "approved"
	| "declined"
	| "opened"
	| "closed";

/** What was sealed. */
export type SealedKind =
	| "address"
	| "agent"
	| "device"
	| "location"
	| "name"
	| "picture";

/** Where a case stands. */
export type CaseState =
	| "open"
	| "held"
	| "closed";

/** Where a step of a case stands. */
export type StepState =
	| "todo"
	| "done"
	| "held";

/** A kind of file. */
export type ExportFormat =
	| "csv"
	| "json";

/** What an entry of the audit says was done. */
export type AuditWhat =
	| "set_up"
	| "checkpoint"
	| "wall"
	| "room"
	| "case"
	| "search"
	| "review"
	| "export"
	| "print"
	| "step_in"
	| "identity_asked"
	| "identity_approved"
	| "identity_declined"
	| "identity_opened"
	| "identity_closed"
	| "holder_added"
	| "holder_removed"
	| "holder_granted"
	| "recovery_made"
	| "recovery_used"
	| "drill"
	| "account"
	| "shift"
	| "setting"
	| "phrase"
	| "backup"
	| "digest"
	| "escalation"
	| "block"
	| "code"
	| "restore"
	| "rekey";

/** One way to get help now, from the school's own list. */
export interface Contact {
	/** When it is for: "Someone is hurt, or could be soon". */
	when: string;
	/** What to do: "Call 911". */
	what: string;
	/** tel: or sms: or https: address; empty when there is none. */
	href: string;
	/** Shown first, in the colour of danger. */
	urgent: boolean;
}

/** One line of the opening hours. */
export interface Hours {
	/** "Wed to Fri". */
	day: string;
	/** "11:30 - 1:00". */
	times: string;
}

/** A room as a supporter's list shows it; no words of the visitor before it is taken. */
export interface DeskRoom {
	/** Room. */
	room: number;
	/** Made-up name. */
	name: string;
	/** Made-up picture: lantern, window, river, field, harbor, gate, bell or moss, then -a or -b. */
	picture: string;
	/** What the visitor said it is about. */
	topics: string[];
	/** Whom the visitor would rather talk to; empty when anyone. */
	wish: string;
	/** Where it stands. */
	phase: Phase;
	/** Waiting, or live, since (UTC). */
	since_ms: number;
	/** Newest event's number. */
	n: number;
	/** Up to which number this supporter has seen. */
	seen: number;
	/** The visitor's page is connected. */
	present: boolean;
	/** Offered to this supporter now, in turn. */
	offered: boolean;
	/** A visitor who has been here before. */
	returned: boolean;
}

/** A supporter or counselor as colleagues see them. */
export interface Person {
	/** Account. */
	account: number;
	/** Alias. */
	name: string;
	/** Picture; empty for adults. */
	picture: string;
	/** Connected now. */
	here: boolean;
	/** On shift, taking new chats and below the cap; of a counselor: on duty. */
	free: boolean;
	/** Rooms now. */
	load: number;
	/** Rooms at most. */
	cap: number;
}

/** A hand-over somebody asks this supporter to accept. */
export interface HandAsk {
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** The room's picture. */
	picture: string;
	/** Alias of the supporter who asks. */
	from: string;
}

/** An account, for the hark command and coordinators. */
export interface Account {
	/** Account. */
	account: number;
	/** Sign-in name. */
	login: string;
	/** Name others see. */
	alias: string;
	/** Role. */
	role: Role;
	/** Has set a password. */
	enrolled: boolean;
	/** May not sign in. */
	disabled: boolean;
}

/** One weekly shift. */
export interface Shift {
	/** Shift. */
	shift: number;
	/** Whose. */
	login: string;
	/** 0 is Sunday. */
	weekday: number;
	/** First minute of the day, in the school's time zone. */
	from_min: number;
	/** First minute after it. */
	until_min: number;
}

/** One setting of the school. */
export interface Setting {
	/** Name. */
	key: string;
	/** Value, as text. */
	value: string;
}

/** Who was told of a call for an adult, how and when. */
export interface Told {
	/** How. */
	channel: Channel;
	/** A name, "the front office" or "everyone". */
	who: string;
	/** When it was sent, or handed to the channel (UTC). */
	at_ms: number;
	/** The channel could not deliver it, or has not yet. */
	failed: boolean;
}

/** How a channel to adults does. */
export interface ChannelState {
	/** Which. */
	channel: Channel;
	/** Last success (UTC). */
	sent_ms?: number;
	/** Last failure (UTC). */
	failed_ms?: number;
	/** Why it failed, as a sentence; empty after a success. */
	problem: string;
	/** Messages still to be sent. */
	waiting: number;
	/** Messages given up in the last 7 days. */
	dead: number;
}

/** A watch phrase. */
export interface Phrase {
	/** Phrase. */
	phrase: number;
	/** "en". */
	language: string;
	/** How soon to look. */
	severity: Severity;
	/** "Safety at home". */
	category: string;
	/** The words. */
	text: string;
	/** What it must stand as. */
	match: Match;
}

/** Words of a message that matched a watch phrase. */
export interface Span {
	/** First code point. */
	from: number;
	/** Code points. */
	size: number;
	/** The phrase's. */
	severity: Severity;
	/** The phrase's. */
	category: string;
}

/** A flagged message of a room. */
export interface FlagMark {
	/** The message. */
	n: number;
	/** The highest of its words. */
	severity: Severity;
	/** Its words, by place. */
	spans: Span[];
}

/** A private note to the supporter of a room. */
export interface NoteMark {
	/** When (UTC). */
	at_ms: number;
	/** The counselor. */
	from: string;
	/** The supporter. */
	to: string;
	/** What it says. */
	body: string;
}

/** A call for an adult in a room's past. */
export interface CallMark {
	/** Escalation. */
	escalation: number;
	/** When (UTC). */
	at_ms: number;
	/** Who called. */
	source: EscalationSource;
	/** Why. */
	reason: EscalationReason;
	/** How far it has come. */
	stage: Stage;
	/** Alias of who called; empty for the visitor. */
	by: string;
	/** Who took it; empty: nobody. */
	taken_by: string;
}

/** Somebody who can open sealed details. */
export interface Holder {
	/** Account; 0: the recovery key. */
	account: number;
	/** Alias. */
	name: string;
	/** Sealed items not granted to this holder's key. */
	missing: number;
}

/** Sealed details asked for, or opened. */
export interface Opening {
	/** Opening. */
	opening: number;
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** How far it has come. */
	step: IdentityStep;
	/** Why. */
	why: Danger;
	/** In words, as written by who asked. */
	reason: string;
	/** Account that asked. */
	by: number;
	/** Alias. */
	by_name: string;
	/** Who agreed; empty: nobody, or nobody had to. */
	approved_by: string;
	/** Of the newest step (UTC). */
	at_ms: number;
	/** Closes by itself then (UTC). */
	until_ms?: number;
}

/** That something was sealed, not what. */
export interface Sealed {
	/** What. */
	kind: SealedKind;
	/** When (UTC). */
	at_ms: number;
}

/** A sealed detail, opened. */
export interface Unsealed {
	/** What. */
	kind: SealedKind;
	/** When it was sealed (UTC). */
	at_ms: number;
	/** What it says; of a picture its number. */
	value: string;
}

/** A case in a list. */
export interface CaseLine {
	/** Case. */
	case_id: number;
	/** "26-014". */
	number: string;
	/** "Safety at home". */
	title: string;
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** Where it stands. */
	state: CaseState;
	/** MTSS tier of the support given; 0: not decided. */
	tier: number;
	/** Steps done. */
	done: number;
	/** Steps. */
	steps: number;
	/** Whose. */
	owner: string;
	/** Opened (UTC). */
	opened_ms: number;
	/** To be looked at again by then (UTC). */
	follow_ms?: number;
}

/** A step of a case. */
export interface CaseStep {
	/** Its number in the case. */
	step: number;
	/** What is to be done. */
	text: string;
	/** Where it stands. */
	state: StepState;
	/** Why it is held back; empty otherwise. */
	reason: string;
	/** Who set it; empty: nobody yet. */
	by: string;
	/** When (UTC). */
	at_ms?: number;
}

/** A note in a case, for counselors only. */
export interface CaseNote {
	/** Its number, larger than an older one's. */
	note: number;
	/** When (UTC). */
	at_ms: number;
	/** Who. */
	by: string;
	/** What it says. */
	body: string;
}

/** An entry of the audit. */
export interface AuditLine {
	/** Its number. */
	entry: number;
	/** When (UTC). */
	at_ms: number;
	/** What was done. */
	what: AuditWhat;
	/** Whose; 0: the daemon, or the hark command. */
	account: number;
	/** The name; empty: the daemon. */
	by: string;
	/** Room; 0: none. */
	room: number;
	/** More, for people. */
	detail: string;
	/** The chain up to here. */
	hash: string;
	/** Of a checkpoint. */
	signature?: string;
}

/** A room in a list of the past. */
export interface RoomLine {
	/** Room. */
	room: number;
	/** Made-up name. */
	name: string;
	/** Made-up picture. */
	picture: string;
	/** Where it stands. */
	phase: Phase;
	/** What it is about. */
	topics: string[];
	/** Opened (UTC). */
	opened_ms: number;
	/** Newest event (UTC). */
	last_ms: number;
	/** Newest event's number. */
	n: number;
	/** The highest flag it ever had. */
	flag?: Severity;
}

/** A message found. */
export interface Hit {
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** The room's picture. */
	picture: string;
	/** The message in the whole school. */
	seq: number;
	/** The message in its room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Who said it. */
	who: Who;
	/** Alias; empty for the visitor. */
	by: string;
	/** What was said. */
	body: string;
}

/** Codes that were printed together. */
export interface CodeBatch {
	/** Batch. */
	batch: number;
	/** What it was called when it was printed; empty: nothing. */
	label: string;
	/** Printed (UTC). */
	made_ms: number;
	/** They open no chat from then on (UTC). */
	until_ms: number;
	/** Codes in it. */
	count: number;
	/** Of them ever used, rounded down to tens: which, and by whom, is not known. */
	used: number;
	/** They open no chat any more. */
	revoked: boolean;
}

/** The first message. A visitor sends the tab's token: the same token is the same visitor, so a hello may be repeated safely. Staff are known by their cookie. After a break `after` says up to where the page has everything: a visitor's room's n, or the oversight feed's seq. */
export interface HelloRequest {
	type: "hello";
	/** Given back in the answer. */
	ref?: number;
	/** Which page speaks. */
	page: Page;
	/** Hash of the schema the page was built with; another one is answered by `reload`. */
	schema: string;
	/** The visitor's secret, made by the page. */
	token?: string;
	/** The newest event the page has; absent for none. */
	after?: number;
}

/** Are you there? Answered by `ok`; a page without an answer for some seconds is offline. */
export interface PingRequest {
	type: "ping";
	/** Given back in the answer. */
	ref?: number;
}

/** Say something in a room; a counselor after `room.step_in`. Answered by `ok` when it is on disk. The same id again gets the first answer again: resending is always safe. Of a blocked visitor `blocked`, with `retry_ms`, unless an adult is in the room or the visitor's own call for one is open. */
export interface ChatSendRequest {
	type: "chat.send";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Made by the page, once a message. */
	id: string;
	/** What was written. */
	body: string;
	/** Sent before, without an answer. Only such an id can be too old: `stale_id`. */
	again?: boolean;
}

/** Typing, or not any more. Forgotten by itself after 6 s. */
export interface ChatTypingRequest {
	type: "chat.typing";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Typing now. */
	typing: boolean;
}

/** Everything up to n was on screen. Only ever moves forward. */
export interface ChatSeenRequest {
	type: "chat.seen";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Newest event seen. */
	n: number;
}

/** Send this room's events after n, then live ones. A visitor's own room is open from `hello` on. */
export interface RoomOpenRequest {
	type: "room.open";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** The newest event the page has. */
	after: number;
}

/** Stop sending this room's events. */
export interface RoomCloseRequest {
	type: "room.close";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Older events of a room: answered by a `batch` that carries the ref. */
export interface RoomHistoryRequest {
	type: "room.history";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Only events before this n. */
	before: number;
	/** How many at most. */
	limit: number;
}

/** Open this visitor's room, or come back to the open one: one token has one open room. Under pressure it is refused as `work_needed`, with a challenge: send it again with `work`. Where `state.school` says so a new room needs a code from the school (`code_needed`, `code_wrong`); one that exists does not, and nobody does who writes to a counselor alone. While the room is blocked: `blocked`, with `retry_ms`. */
export interface RoomStartRequest {
	type: "room.start";
	/** Given back in the answer. */
	ref?: number;
	/** What it is about; may be empty. */
	topics: string[];
	/** How they feel. */
	mood?: Mood;
	/** Whom they would rather talk to. */
	wish?: string;
	/** A peer now, a peer later, or only a counselor. */
	to: Audience;
	/** The school's code, as typed: letter case, blanks and dashes do not matter. */
	code?: string;
	/** The challenge (32 bytes) and 8 bytes found so that SHA-256 of all 40 begins with so many zero bits. */
	work?: string;
}

/** Stop waiting and leave the messages to be answered later. Not by a peer where `room.wait` would be refused as `code_needed`, `work_needed` or `blocked`: that comes first then. */
export interface RoomMailboxRequest {
	type: "room.mailbox";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** peer or counselor. */
	to: Audience;
}

/** Wait for a peer now, from a mailbox or after the end. A room that was opened for a counselor alone needs a code where the school asks for one; under pressure it costs the `work` of a room for peers (`work_needed`), and so does one that has ended, unless somebody has answered in it. While it is blocked: `blocked`. */
export interface RoomWaitRequest {
	type: "room.wait";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** As in `room.start`. */
	code?: string;
	/** As in `room.start`. */
	work?: string;
}

/** Make the words to come back with; new words replace the old. Answered by `codename`. */
export interface CodenameMakeRequest {
	type: "codename.make";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Come back with the words, on any device. The room is then this token's. Under pressure refused as `work_needed`, with a challenge: send it again with `work`. */
export interface CodenameOpenRequest {
	type: "codename.open";
	/** Given back in the answer. */
	ref?: number;
	/** The words, in any case, with any spaces between. */
	words: string;
	/** As in `room.start`. */
	work?: string;
}

/** Forget this tab: the token opens nothing any more. */
export interface TokenForgetRequest {
	type: "token.forget";
	/** Given back in the answer. */
	ref?: number;
}

/** End the chat. */
export interface RoomEndRequest {
	type: "room.end";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Taking new chats, or pausing. */
export interface DeskTakingRequest {
	type: "desk.taking";
	/** Given back in the answer. */
	ref?: number;
	/** Taking new chats. */
	taking: boolean;
}

/** Take a waiting room or an unanswered message. The first to take it has it. */
export interface RoomTakeRequest {
	type: "room.take";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Give a room back to the queue. */
export interface RoomReleaseRequest {
	type: "room.release";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Ask a colleague to take this room over. */
export interface RoomHandRequest {
	type: "room.hand";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** The colleague. */
	account: number;
}

/** Accept or decline a hand-over. */
export interface RoomHandAnswerRequest {
	type: "room.hand_answer";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Take it over. */
	accept: boolean;
}

/** End the chat and tell a counselor, with one tap. The call for an adult is written first, then the block, then the end, which `ok` stands for: whatever breaks in between, an adult is told. The visitor's key is blocked for the school's short time (setting report_block_minutes), and the supporter is offered nothing for three minutes. The same id again gets the first answer again. `not_allowed` while a counselor is in the room: it is theirs to end. Whose chat the visitor has ended may tell of it for a minute more, unless it is somebody else's by then. */
export interface RoomReportRequest {
	type: "room.report";
	/** Given back in the answer. */
	ref?: number;
	/** Room: the supporter's own, live, or just left by its visitor. */
	room: number;
	/** Made by the page, once a report. */
	id: string;
	/** Why. Of testing adults learn on screen alone. */
	what: Report;
}

/** Call an adult, in any state of the room, also before anybody answers. The same id again, and the same person's second call while the first is open, get the first answer again. No block holds it: of a blocked visitor whose chat has ended it opens the chat again, for counselors alone, and what is written there is taken until the call is closed. */
export interface EscalationRaiseRequest {
	type: "escalation.raise";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Made by the page, once a call. */
	id: string;
	/** A visitor's is need; a supporter's or counselor's one of the first five. */
	reason: EscalationReason;
	/** What counselors should know; never sent outside. */
	note?: string;
	/** The visitor may see that an adult was called; a visitor's own always shows. */
	tell?: boolean;
}

/** What the visitor chooses to say about who they are: sealed at once, shown to nobody. */
export interface IdentityOfferRequest {
	type: "identity.offer";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** A name, as typed. */
	name?: string;
	/** Latitude, longitude and accuracy, from the browser. */
	location?: string;
}

/** On duty, or not: who is called first. */
export interface DutySetRequest {
	type: "duty.set";
	/** Given back in the answer. */
	ref?: number;
	/** On duty. */
	on: boolean;
}

/** This counselor is reading; it goes on until somebody takes it. */
export interface EscalationOpenRequest {
	type: "escalation.open";
	/** Given back in the answer. */
	ref?: number;
	/** Escalation. */
	escalation: number;
}

/** This counselor has it. Refused as `taken` when somebody else has. */
export interface EscalationTakeRequest {
	type: "escalation.take";
	/** Given back in the answer. */
	ref?: number;
	/** Escalation. */
	escalation: number;
}

/** Hand it on; it climbs again unless that counselor takes it. */
export interface EscalationHandRequest {
	type: "escalation.hand";
	/** Given back in the answer. */
	ref?: number;
	/** Escalation. */
	escalation: number;
	/** The other counselor. */
	account: number;
}

/** It is over. Only who has it can say so. */
export interface EscalationCloseRequest {
	type: "escalation.close";
	/** Given back in the answer. */
	ref?: number;
	/** Escalation. */
	escalation: number;
	/** How it ended. */
	outcome: Outcome;
}

/** Send a test message over one channel, or all; without a word of anybody. Answered by `notify.told` when each has been delivered or has failed. */
export interface NotifyTestRequest {
	type: "notify.test";
	/** Given back in the answer. */
	ref?: number;
	/** Which; absent: all that are set up. */
	channel?: Channel;
}

/** How the channels that are set up do. Answered by `notify.told`. */
export interface NotifyStatusRequest {
	type: "notify.status";
	/** Given back in the answer. */
	ref?: number;
}

/** Where an adult is reached; a counselor only sets the own. */
export interface AccountReachRequest {
	type: "account.reach";
	/** Given back in the answer. */
	ref?: number;
	/** Whose; absent: the own. */
	login?: string;
	/** E-mail address; empty: none. */
	mail?: string;
	/** ntfy topic; empty: the school's. */
	ntfy?: string;
}

/** Join a room, seen by both sides as an adult. Answered by `ok`; `taken` when another counselor is in it and connected. */
export interface RoomStepInRequest {
	type: "room.step_in";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** The supporter rests: the room is the counselor's alone. */
	alone: boolean;
}

/** Leave it again; a room without a supporter goes back to the queue. */
export interface RoomStepOutRequest {
	type: "room.step_out";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Ask the supporters who could take a waiting room, or the one who has it, to look. */
export interface RoomNudgeRequest {
	type: "room.nudge";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Block a room's key for a time, in any phase: whoever holds it opens no chat and writes nothing until then, is told so, and can still call an adult. In the audit. A second one replaces the first. */
export interface RoomBlockRequest {
	type: "room.block";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Seconds from now, a week at most. */
	for_s: number;
	/** Why, for the audit. */
	reason: string;
}

/** Lift it. `ok` also when there is none any more. */
export interface RoomUnblockRequest {
	type: "room.unblock";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** A private note to the supporter of a room. The visitor never gets one. */
export interface NoteSendRequest {
	type: "note.send";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Made by the page, once a note. */
	id: string;
	/** What it says. */
	body: string;
}

/** What only counselors see beside a room: flags, notes, calls. Answered by `room.marked`. */
export interface RoomMarksRequest {
	type: "room.marks";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** A counselor has looked at the room's flags. */
export interface FlagClearRequest {
	type: "flag.clear";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** The watch phrases. Answered by `phrase.listed`, in pages. */
export interface PhraseListRequest {
	type: "phrase.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only phrases after this one. */
	after?: number;
}

/** Add a watch phrase, or change one; in force at once. */
export interface PhrasePutRequest {
	type: "phrase.put";
	/** Given back in the answer. */
	ref?: number;
	/** The one to change; absent: a new one. */
	phrase?: number;
	/** "en". */
	language: string;
	/** How soon to look. */
	severity: Severity;
	/** "Safety at home". */
	category: string;
	/** The words. */
	text: string;
	/** What it must stand as. */
	match: Match;
}

/** Remove a watch phrase. */
export interface PhraseRemoveRequest {
	type: "phrase.remove";
	/** Given back in the answer. */
	ref?: number;
	/** Phrase. */
	phrase: number;
}

/** What is sealed about a room's visitor, not what it says. Answered by `identity.told`. */
export interface IdentityStatusRequest {
	type: "identity.status";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Open sealed details, because somebody may be in danger; every holder is told at once. With one approval enough it is answered by `identity.shown`; with two by `ok`, and another holder must approve before `identity.open`. */
export interface IdentityAskRequest {
	type: "identity.ask";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** Why. */
	why: Danger;
	/** In words: what was read or heard. */
	reason: string;
	/** The asker's own, again. */
	password: string;
}

/** Agree to what another holder asked. */
export interface IdentityApproveRequest {
	type: "identity.approve";
	/** Given back in the answer. */
	ref?: number;
	/** Opening. */
	opening: number;
	/** The approver's own. */
	password: string;
}

/** Do not agree; who asked may ask again. */
export interface IdentityDeclineRequest {
	type: "identity.decline";
	/** Given back in the answer. */
	ref?: number;
	/** Opening. */
	opening: number;
}

/** Show what was approved, until its clock has run out. Answered by `identity.shown`. */
export interface IdentityOpenRequest {
	type: "identity.open";
	/** Given back in the answer. */
	ref?: number;
	/** Opening. */
	opening: number;
	/** The asker's own, again. */
	password: string;
}

/** POST /original, with the cookie. A picture as it was sent, with what was hidden in it, as a file; of the room of an own opening that is open, and in the audit. */
export interface IdentityPictureRequest {
	type: "identity.picture";
	/** Given back in the answer. */
	ref?: number;
	/** Opening. */
	opening: number;
	/** Its number, as identity.shown gave it. */
	picture: number;
	/** The own password, again. */
	password: string;
}

/** Close it before its time. */
export interface IdentityCloseRequest {
	type: "identity.close";
	/** Given back in the answer. */
	ref?: number;
	/** Opening. */
	opening: number;
}

/** Give another holder the items sealed before that holder's key. */
export interface IdentityGrantRequest {
	type: "identity.grant";
	/** Given back in the answer. */
	ref?: number;
	/** The other holder. */
	account: number;
	/** The granter's own. */
	password: string;
}

/** Open a case for a room, or find its open one. Answered by `case.told`. */
export interface CaseOpenRequest {
	type: "case.open";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** "Safety at home". */
	title?: string;
}

/** Cases, the newest first. Answered by `case.listed`. */
export interface CaseListRequest {
	type: "case.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only these. */
	state?: CaseState;
	/** Only cases before this one. */
	before?: number;
}

/** One case, whole; in the audit. Answered by `case.told`. */
export interface CaseGetRequest {
	type: "case.get";
	/** Given back in the answer. */
	ref?: number;
	/** Case. */
	case_id: number;
	/** It is printed, for this reason: a disclosure, recorded with its number. */
	print?: string;
	/** Only notes before this one: older ones. */
	before?: number;
}

/** Change a case; absent fields stay. */
export interface CaseChangeRequest {
	type: "case.change";
	/** Given back in the answer. */
	ref?: number;
	/** Case. */
	case_id: number;
	/** Title. */
	title?: string;
	/** Where it stands. */
	state?: CaseState;
	/** MTSS tier of the support given. */
	tier?: number;
	/** To be looked at again by then (UTC); 0: not. */
	follow_ms?: number;
	/** How it ended, in words. */
	outcome?: string;
}

/** Set a step, or add one. */
export interface CaseStepRequest {
	type: "case.step";
	/** Given back in the answer. */
	ref?: number;
	/** Case. */
	case_id: number;
	/** Which; absent: a new one. */
	step?: number;
	/** A new one's text. */
	text?: string;
	/** Where it stands. */
	state: StepState;
	/** Why it is held back: needed for held. */
	reason?: string;
}

/** Write a note in a case. */
export interface CaseNoteRequest {
	type: "case.note";
	/** Given back in the answer. */
	ref?: number;
	/** Case. */
	case_id: number;
	/** Made by the page, once a note. */
	id: string;
	/** What it says. */
	body: string;
}

/** Messages with these words; in the audit. Answered by `search.found`, the newest first. */
export interface SearchRequest {
	type: "search";
	/** Given back in the answer. */
	ref?: number;
	/** All of these words; one in quotes as it stands. Absent: any message the other fields admit. */
	words?: string;
	/** Only in this room. */
	room?: number;
	/** Only by this supporter or counselor; 0: by visitors. */
	account?: number;
	/** Not before (UTC). */
	from_ms?: number;
	/** Before (UTC). */
	until_ms?: number;
	/** Only flagged at least so. */
	flag?: Severity;
	/** Only messages before this seq: the next page. */
	before?: number;
	/** How many at most. */
	limit: number;
}

/** Rooms, ended ones too, the newest first; by supporter it is a review, in the audit. Answered by `room.listed`. */
export interface RoomListRequest {
	type: "room.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only rooms this supporter was in. */
	account?: number;
	/** With events not before (UTC). */
	from_ms?: number;
	/** Opened before (UTC). */
	until_ms?: number;
	/** The next page: only rooms after this one of the list. */
	before?: number;
	/** How many at most. */
	limit: number;
}

/** POST /export, with the cookie. Transcripts as a file; in the audit, told to the other counselors. */
export interface ExportRequest {
	type: "export";
	/** Given back in the answer. */
	ref?: number;
	/** Why; goes into the audit and the file. */
	reason: string;
	/** What kind of file. */
	format: ExportFormat;
	/** Only this room. */
	room?: number;
	/** Not before (UTC). */
	from_ms?: number;
	/** Before (UTC). */
	until_ms?: number;
}

/** Entries of the audit, the newest first. Answered by `audit.listed`. */
export interface AuditListRequest {
	type: "audit.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only about this room. */
	room?: number;
	/** Only entries before this one. */
	before?: number;
	/** How many at most. */
	limit: number;
}

/** A counselor takes note of a room's alarm; it stops sounding for everybody. */
export interface AlarmTakeRequest {
	type: "alarm.take";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Change the own password. All other sessions of the account are closed. */
export interface StaffPasswordRequest {
	type: "staff.password";
	/** Given back in the answer. */
	ref?: number;
	/** The password until now. */
	old: string;
	/** The new one. */
	new: string;
}

/** Sign out everywhere, here too. */
export interface StaffSignOutAllRequest {
	type: "staff.sign_out_all";
	/** Given back in the answer. */
	ref?: number;
}

/** POST /login. Answered by 204 and the cookie, or by `error`. */
export interface SignInRequest {
	type: "sign.in";
	/** Given back in the answer. */
	ref?: number;
	/** Sign-in name. */
	login: string;
	/** Password. */
	password: string;
}

/** POST /enrol. Sets the first password with a one-time link's secret, and signs in. */
export interface SignEnrolRequest {
	type: "sign.enrol";
	/** Given back in the answer. */
	ref?: number;
	/** From the link's fragment. */
	secret: string;
	/** The new password. */
	password: string;
}

/** Add an account. Answered by `account.link`, a one-time enrolment link. */
export interface AccountAddRequest {
	type: "account.add";
	/** Given back in the answer. */
	ref?: number;
	/** Sign-in name: a to z, 0 to 9, dot, dash, underscore. */
	login: string;
	/** Name others see. */
	alias: string;
	/** supporter, counselor or manager. */
	role: Role;
	/** A first password; answered by `ok` instead of a link. */
	password?: string;
}

/** All accounts. Answered by `account.listed`, in pages. */
export interface AccountListRequest {
	type: "account.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only accounts after this one. */
	after?: number;
}

/** Close an account, or open it again. Closing signs it out at once. */
export interface AccountDisableRequest {
	type: "account.disable";
	/** Given back in the answer. */
	ref?: number;
	/** Sign-in name. */
	login: string;
	/** Closed. */
	disabled: boolean;
}

/** A new enrolment link for somebody who lost the password. All counselors are told. */
export interface AccountResetRequest {
	type: "account.reset";
	/** Given back in the answer. */
	ref?: number;
	/** Sign-in name. */
	login: string;
}

/** Add a weekly shift. */
export interface ShiftAddRequest {
	type: "shift.add";
	/** Given back in the answer. */
	ref?: number;
	/** Whose. */
	login: string;
	/** 0 is Sunday. */
	weekday: number;
	/** First minute of the day, in the school's time zone. */
	from_min: number;
	/** First minute after it. */
	until_min: number;
}

/** All shifts. Answered by `shift.listed`, in pages. */
export interface ShiftListRequest {
	type: "shift.list";
	/** Given back in the answer. */
	ref?: number;
	/** Only shifts after this one. */
	after?: number;
}

/** Remove a weekly shift. */
export interface ShiftRemoveRequest {
	type: "shift.remove";
	/** Given back in the answer. */
	ref?: number;
	/** Shift. */
	shift: number;
}

/** One setting of the school, or all when key is absent. Answered by `setting.listed`. */
export interface SettingGetRequest {
	type: "setting.get";
	/** Given back in the answer. */
	ref?: number;
	/** Name. */
	key?: string;
}

/** Change a setting of the school; pages learn it at once. */
export interface SettingSetRequest {
	type: "setting.set";
	/** Given back in the answer. */
	ref?: number;
	/** Name. */
	key: string;
	/** Value, as text. */
	value: string;
}

/** Make codes that open a chat where the school asks for one. Answered by `code.printed`: once, kept nowhere in clear. More than 500: again, with the batch. */
export interface CodePrintRequest {
	type: "code.print";
	/** Given back in the answer. */
	ref?: number;
	/** How many. */
	count: number;
	/** They open no chat from then on (UTC); with `batch` the batch's holds. */
	until_ms: number;
	/** To know the batch by; with `batch` the batch's holds. */
	label?: string;
	/** Add to this one; absent: a new one. */
	batch?: number;
}

/** What was printed. Answered by `code.listed`, the newest 50 batches. */
export interface CodeListRequest {
	type: "code.list";
	/** Given back in the answer. */
	ref?: number;
}

/** No code of this batch opens a chat any more; chats that are open go on. */
export interface CodeRevokeRequest {
	type: "code.revoke";
	/** Given back in the answer. */
	ref?: number;
	/** Batch. */
	batch: number;
}

/** Write a copy of the encrypted file, while everything goes on. */
export interface BackupRequest {
	type: "backup";
	/** Given back in the answer. */
	ref?: number;
	/** Absolute path of the new file; must not exist. */
	path: string;
}

/** How the daemon is. Answered by `status.told`. */
export interface StatusRequest {
	type: "status";
	/** Given back in the answer. */
	ref?: number;
}

/** Open every page of the file and check every table, while everything goes on. Answered by `verify.told`. */
export interface VerifyRequest {
	type: "verify";
	/** Given back in the answer. */
	ref?: number;
}

/** Who can open sealed details, and what is wrong. Answered by `state.escrow`. */
export interface EscrowStatusRequest {
	type: "escrow.status";
	/** Given back in the answer. */
	ref?: number;
}

/** Make a recovery key, to be printed; an older one opens only what was sealed before. Answered by `escrow.key`. */
export interface EscrowRecoveryRequest {
	type: "escrow.recovery";
	/** Given back in the answer. */
	ref?: number;
}

/** Give a holder the items sealed before that holder's key, with the recovery key. */
export interface EscrowGrantRequest {
	type: "escrow.grant";
	/** Given back in the answer. */
	ref?: number;
	/** The holder. */
	login: string;
	/** The recovery key. */
	key: string;
}

/** Prove that a holder's password, or the recovery key, still opens: seals an item of its own and opens it. */
export interface EscrowDrillRequest {
	type: "escrow.drill";
	/** Given back in the answer. */
	ref?: number;
	/** The holder. */
	login?: string;
	/** The holder's password. */
	password?: string;
	/** Or the recovery key. */
	key?: string;
}

/** The request was carried out; what it changed is on disk. */
export interface OkEvent {
	type: "ok";
	/** The request's. */
	ref?: number;
	/** The room, where the request made or found one. */
	room?: number;
	/** The event's number in its room. */
	n?: number;
	/** When it was stored (UTC). */
	at_ms?: number;
}

/** The request was refused; nothing has changed. */
export interface ErrorEvent {
	type: "error";
	/** The request's, if it could be read. */
	ref?: number;
	/** Why. */
	code: Code;
	/** Why, as a sentence. */
	message: string;
	/** The field at fault. */
	field?: string;
	/** Worth trying again after this. */
	retry_ms?: number;
	/** work_needed: for this tab's token and this request, once, for two minutes. */
	challenge?: string;
	/** work_needed: leading zero bits asked for. */
	bits?: number;
}

/** Answer to `hello`. */
export interface WelcomeEvent {
	type: "welcome";
	/** The request's. */
	ref?: number;
	/** What the session is. */
	role: Role;
	/** The server's clock (UTC). */
	server_ms: number;
	/** A visitor's room. */
	room?: number;
	/** A staff member's account. */
	account?: number;
	/** Alias; for a visitor the room's made-up name. */
	name?: string;
	/** Picture. */
	picture?: string;
	/** When the staff session ends (UTC). */
	until_ms?: number;
}

/** The page is from another version: reload when nothing waits to be sent. */
export interface ReloadEvent {
	type: "reload";
}

/** The words to come back with, shown once. */
export interface CodenameEvent {
	type: "codename";
	/** The request's. */
	ref?: number;
	/** Room. */
	room: number;
	/** Four words with single spaces. */
	words: string;
}

/** Several events in one frame, in order. */
export interface BatchEvent {
	type: "batch";
	/** Of `room.history`. */
	ref?: number;
	/** There are older ones still. */
	more?: boolean;
	/** The events. */
	events: Event[];
}

/** A visitor came. */
export interface RoomOpenedEvent {
	type: "room.opened";
	/** Number in the whole school; overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** The room's made-up name. */
	name: string;
	/** The room's picture. */
	picture: string;
	/** What it is about. */
	topics: string[];
	/** How they feel. */
	mood?: Mood;
	/** Whom they would rather talk to. */
	wish?: string;
	/** Who is to answer. */
	to: Audience;
	/** Not live: sent again, or for the first time after a break. */
	replay?: boolean;
}

/** Somebody joined: a peer took the chat, or took it over. */
export interface RoomJoinedEvent {
	type: "room.joined";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** peer or counselor. */
	who: Who;
	/** Alias. */
	name: string;
	/** Picture; empty for adults. */
	picture: string;
	/** Took over from another peer. */
	handed: boolean;
	/** Not live. */
	replay?: boolean;
}

/** Something was said; it is on disk. */
export interface ChatPostedEvent {
	type: "chat.posted";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Who said it. */
	who: Who;
	/** Alias; empty for the visitor. */
	name: string;
	/** The sender's id. */
	id: string;
	/** What was said. */
	body: string;
	/** Not live. */
	replay?: boolean;
}

/** A picture was sent; it is on disk. */
export interface ChatPicturedEvent {
	type: "chat.pictured";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Who sent it. */
	who: Who;
	/** Alias; empty for the visitor. */
	name: string;
	/** The sender's id. */
	id: string;
	/** Picture: GET /picture/<it>, and /thumb behind it. */
	picture: number;
	/** Pixels. */
	width: number;
	/** Pixels. */
	height: number;
	/** Not live. */
	replay?: boolean;
}

/** A counselor who had stepped in left again. */
export interface RoomLeftEvent {
	type: "room.left";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Alias. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** The peer is gone; the room waits for another. */
export interface RoomRequeuedEvent {
	type: "room.requeued";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Why. */
	why: Requeue;
	/** Alias of the peer who was there. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** The messages are kept to be answered later. */
export interface RoomMailboxedEvent {
	type: "room.mailboxed";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** peer or counselor. */
	to: Audience;
	/** Not live. */
	replay?: boolean;
}

/** The visitor is back and waits for a peer. */
export interface RoomReturnedEvent {
	type: "room.returned";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Not live. */
	replay?: boolean;
}

/** The chat has ended. */
export interface RoomEndedEvent {
	type: "room.ended";
	/** Overseers only. */
	seq?: number;
	/** Room. */
	room: number;
	/** Number in the room. */
	n: number;
	/** When (UTC). */
	at_ms: number;
	/** Who ended it. */
	who: Who;
	/** Alias; empty for the visitor. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** Nobody has answered: a counselor is called. */
export interface AlarmRaisedEvent {
	type: "alarm.raised";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Why. */
	why: Alarm;
	/** Not live. */
	replay?: boolean;
}

/** A counselor took note of an alarm. */
export interface AlarmTakenEvent {
	type: "alarm.taken";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Who. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** An account got a new enrolment link from the shell. */
export interface AccountWasResetEvent {
	type: "account.was_reset";
	/** Number in the whole school. */
	seq: number;
	/** When (UTC). */
	at_ms: number;
	/** Whose alias. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** An adult was called. */
export interface EscalationRaisedEvent {
	type: "escalation.raised";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Escalation. */
	escalation: number;
	/** Who called. */
	source: EscalationSource;
	/** Why. */
	reason: EscalationReason;
	/** Alias; empty for the visitor and the daemon. */
	by: string;
	/** Not live. */
	replay?: boolean;
}

/** A call for an adult came further. */
export interface EscalationMovedEvent {
	type: "escalation.moved";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Escalation. */
	escalation: number;
	/** How far. */
	stage: Stage;
	/** Of the ladder, from 0; it grows while nobody takes it. */
	rung: number;
	/** Who was told, reads, took it, was handed it or closed it. */
	name: string;
	/** Closed: how it ended. */
	outcome?: Outcome;
	/** Not live. */
	replay?: boolean;
}

/** A message holds words to look at: a prompt, never a finding. */
export interface FlagRaisedEvent {
	type: "flag.raised";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** The message. */
	n: number;
	/** The highest. */
	severity: Severity;
	/** Where. */
	spans: Span[];
	/** Not live. */
	replay?: boolean;
}

/** A counselor has looked at a room's flags. */
export interface FlagClearedEvent {
	type: "flag.cleared";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Who. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** A private note was written; what it says is in `room.marked` and with its supporter. */
export interface NoteSentEvent {
	type: "note.sent";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** The counselor. */
	from: string;
	/** The supporter. */
	to: string;
	/** Not live. */
	replay?: boolean;
}

/** Sealed details were asked for, agreed to, opened or closed: every holder is told. */
export interface IdentityMovedEvent {
	type: "identity.moved";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Opening. */
	opening: number;
	/** How far. */
	step: IdentityStep;
	/** Why. */
	why: Danger;
	/** Who did it; empty: its clock ran out. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** A case was opened or changed. */
export interface CaseMovedEvent {
	type: "case.moved";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Case. */
	case_id: number;
	/** "26-014". */
	number: string;
	/** Where it stands. */
	state: CaseState;
	/** Who did it. */
	name: string;
	/** Not live. */
	replay?: boolean;
}

/** A room's key was blocked, or is not any more. */
export interface RoomBlockedEvent {
	type: "room.blocked";
	/** Number in the whole school. */
	seq: number;
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** Until then (UTC); 0: it was lifted. */
	until_ms: number;
	/** Who did it. */
	name: string;
	/** By a supporter's one tap, for this. */
	what?: Report;
	/** Not live. */
	replay?: boolean;
}

/** Transcripts were exported: every counselor is told. */
export interface ExportedEvent {
	type: "exported";
	/** Number in the whole school. */
	seq: number;
	/** When (UTC). */
	at_ms: number;
	/** Who. */
	name: string;
	/** Why, as written. */
	reason: string;
	/** Of this room alone. */
	room?: number;
	/** Not live. */
	replay?: boolean;
}

/** A private note to the supporter of a room. No visitor's session is ever given one. */
export interface NotePostedEvent {
	type: "note.posted";
	/** Room. */
	room: number;
	/** When (UTC). */
	at_ms: number;
	/** The counselor's id. */
	id: string;
	/** The counselor. */
	from: string;
	/** What it says. */
	body: string;
	/** Sent again after `room.open`. */
	replay?: boolean;
}

/** A counselor asks to look at a room. */
export interface DeskNudgedEvent {
	type: "desk.nudged";
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** The counselor. */
	from: string;
}

/** What every page shows of the school. */
export interface StateSchoolEvent {
	type: "state.school";
	/** Name. */
	school: string;
	/** What a supporter is called: "peer". */
	peer_word: string;
	/** Where Quick exit goes. */
	exit_url: string;
	/** Said when nobody is on shift. */
	away_text: string;
	/** Offered before the start. */
	topics: string[];
	/** Whom one may ask for. */
	wishes: string[];
	/** Ways to get help now. */
	contacts: Contact[];
	/** Opening hours. */
	hours: Hours[];
	/** A peer is on shift and here. */
	open: boolean;
	/** Peers here now. */
	peers: number;
	/** Usual wait, seconds. */
	wait_s?: number;
	/** Start of the next shift (UTC). */
	next_open_ms?: number;
	/** A counselor is connected now. */
	watched: boolean;
	/** Or can be called: a channel that works leads to one. */
	reachable: boolean;
	/** A tab's token is dropped after so long without a connection. */
	idle_forget_s: number;
	/** A new chat with a peer needs a code from the school; an adult can be called without. */
	code_needed: boolean;
}

/** How a room stands, for its members. */
export interface StateRoomEvent {
	type: "state.room";
	/** Room. */
	room: number;
	/** Where it stands. */
	phase: Phase;
	/** Who is to answer. */
	to: Audience;
	/** Newest event. */
	n: number;
	/** The room's made-up name. */
	name: string;
	/** The room's picture. */
	picture: string;
	/** The supporter's alias, when live. */
	peer_name?: string;
	/** The supporter's picture. */
	peer_picture?: string;
	/** The supporter is connected. */
	peer_here: boolean;
	/** The visitor is connected. */
	visitor_here: boolean;
	/** Up to where the supporter has seen. */
	peer_seen: number;
	/** Up to where the visitor has seen. */
	visitor_seen: number;
	/** The supporter types. */
	peer_typing: boolean;
	/** The visitor types. */
	visitor_typing: boolean;
	/** Words to come back exist. */
	has_codename: boolean;
	/** The supporter's shift ends then; shown near the end. */
	peer_until_ms?: number;
	/** A colleague is being asked to take over. */
	handing_to?: string;
	/** The counselor who stepped in. */
	adult_name?: string;
	/** That counselor is connected. */
	adult_here?: boolean;
	/** That counselor types. */
	adult_typing?: boolean;
	/** An adult was called, as far as this member may know. */
	help?: Help;
	/** The counselor who has it. */
	help_name?: string;
	/** Since when (UTC). */
	help_ms?: number;
	/** The visitor only: sealed details were opened (UTC). */
	revealed_ms?: number;
	/** The supporter only: counselors reading along now. */
	readers?: string[];
	/** The visitor writes nothing until then (UTC), but to an adult who was called. */
	blocked_until_ms?: number;
}

/** A supporter's lists. */
export interface StateDeskEvent {
	type: "state.desk";
	/** Rostered now. */
	on_shift: boolean;
	/** Taking new chats. */
	taking: boolean;
	/** Rooms at most. */
	cap: number;
	/** This shift, or the next one, starts (UTC). */
	shift_from_ms?: number;
	/** It ends (UTC). */
	shift_until_ms?: number;
	/** Waiting rooms, longest wait first. */
	waiting: DeskRoom[];
	/** Own rooms. */
	mine: DeskRoom[];
	/** Messages left, unanswered, oldest first. */
	left: DeskRoom[];
	/** Colleagues on shift. */
	peers: Person[];
	/** Counselors connected now. */
	adults: string[];
	/** Hand-overs to answer. */
	asks: HandAsk[];
}

/** How one room stands, for the oversight wall. */
export interface StateWallEvent {
	type: "state.wall";
	/** Room. */
	room: number;
	/** Made-up name. */
	name: string;
	/** Made-up picture. */
	picture: string;
	/** Where it stands. */
	phase: Phase;
	/** Who is to answer. */
	to: Audience;
	/** What it is about. */
	topics: string[];
	/** How they felt on coming. */
	mood?: Mood;
	/** Whom they would rather talk to. */
	wish?: string;
	/** In this phase since (UTC). */
	since_ms: number;
	/** Opened (UTC). */
	opened_ms: number;
	/** Newest event in the room. */
	n: number;
	/** The supporter's alias. */
	peer_name?: string;
	/** The visitor is connected. */
	visitor_here: boolean;
	/** The supporter is connected. */
	peer_here: boolean;
	/** The visitor types. */
	visitor_typing: boolean;
	/** The supporter types. */
	peer_typing: boolean;
	/** An alarm nobody has taken note of. */
	alarm?: Alarm;
	/** Since when (UTC). */
	alarm_ms?: number;
	/** The counselor who stepped in. */
	adult_name?: string;
	/** The highest flag nobody has looked at. */
	flag?: Severity;
	/** Since when (UTC). */
	flag_ms?: number;
	/** Of that flag. */
	category?: string;
	/** Its key is blocked until then (UTC). */
	blocked_until_ms?: number;
}

/** Who is there, for overseers. */
export interface StateStaffEvent {
	type: "state.staff";
	/** Supporters on shift or connected. */
	supporters: Person[];
	/** Counselors connected. */
	counselors: Person[];
}

/** How a call for an adult stands: for overseers, and for the supporter of its room. */
export interface StateEscalationEvent {
	type: "state.escalation";
	/** Escalation. */
	escalation: number;
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** The room's picture. */
	picture: string;
	/** Who called. */
	source: EscalationSource;
	/** Why. */
	reason: EscalationReason;
	/** Alias of who called; empty for the visitor and the daemon. */
	by: string;
	/** Raised (UTC). */
	at_ms: number;
	/** How far it has come. */
	stage: Stage;
	/** What the caller wrote. */
	note?: string;
	/** Of the ladder, from 0. */
	rung: number;
	/** It widens then (UTC). */
	next_ms?: number;
	/** To whom. */
	next_who?: string;
	/** Who was told, the newest 40. */
	told: Told[];
	/** Who reads. */
	opened_by?: string;
	/** Since when (UTC). */
	opened_ms?: number;
	/** Who has it. */
	taken_by?: string;
	/** Since when (UTC). */
	taken_ms?: number;
	/** That account. */
	taken_account?: number;
	/** Who was asked to take it over. */
	handed_to?: string;
	/** That account. */
	handed_account?: number;
	/** How it ended: the last snapshot of it. */
	outcome?: Outcome;
}

/** How the ways to adults do, for overseers. */
export interface StateChannelsEvent {
	type: "state.channels";
	/** Those that are set up. */
	channels: ChannelState[];
	/** Somebody is on duty. */
	duty: boolean;
}

/** Who can open sealed details, for overseers. */
export interface StateEscrowEvent {
	type: "state.escrow";
	/** Of `escrow.status`. */
	ref?: number;
	/** Holders it takes. */
	approvals: number;
	/** An opening closes by itself after so many seconds. */
	open_s: number;
	/** A recovery key was made. */
	recovery: boolean;
	/** Who holds a key. */
	holders: Holder[];
	/** Asked for, agreed to or open now. */
	openings: Opening[];
	/** What is wrong, as sentences. */
	warnings: string[];
}

/** How many cases, for overseers. */
export interface StateCasesEvent {
	type: "state.cases";
	/** Not closed. */
	open: number;
	/** To be looked at again by now. */
	due: number;
}

/** Everything up to here has been sent; what follows is live. */
export interface StateCaughtUpEvent {
	type: "state.caught_up";
	/** Oversight: the feed's newest. */
	seq?: number;
	/** A room that was opened. */
	room?: number;
	/** Its newest event. */
	n?: number;
}

/** What only counselors see beside a room. */
export interface RoomMarkedEvent {
	type: "room.marked";
	/** The request's. */
	ref?: number;
	/** Room. */
	room: number;
	/** The newest 200, by message. */
	flags: FlagMark[];
	/** The newest 100, by time. */
	notes: NoteMark[];
	/** The newest 50, by time. */
	calls: CallMark[];
	/** Its key is blocked until then (UTC). */
	blocked_until_ms?: number;
}

/** Watch phrases. */
export interface PhraseListedEvent {
	type: "phrase.listed";
	/** The request's. */
	ref?: number;
	/** In order. */
	phrases: Phrase[];
	/** Ask again after the last one. */
	more: boolean;
}

/** What is sealed about a room's visitor. */
export interface IdentityToldEvent {
	type: "identity.told";
	/** The request's. */
	ref?: number;
	/** Room. */
	room: number;
	/** The newest 40. */
	items: Sealed[];
	/** The newest 20. */
	openings: Opening[];
	/** The asker's key opens them. */
	granted: boolean;
}

/** Sealed details, opened: for one page, once. */
export interface IdentityShownEvent {
	type: "identity.shown";
	/** The request's. */
	ref?: number;
	/** Opening. */
	opening: number;
	/** Room. */
	room: number;
	/** To be put away then (UTC). */
	until_ms: number;
	/** The newest 40. */
	items: Unsealed[];
	/** Items that this holder's key does not open. */
	unread: number;
}

/** One case, whole. */
export interface CaseToldEvent {
	type: "case.told";
	/** The request's. */
	ref?: number;
	/** Case. */
	case_id: number;
	/** "26-014". */
	number: string;
	/** Title. */
	title: string;
	/** Room. */
	room: number;
	/** The room's made-up name. */
	name: string;
	/** Where it stands. */
	state: CaseState;
	/** MTSS tier; 0: not decided. */
	tier: number;
	/** Whose. */
	owner: string;
	/** Opened (UTC). */
	opened_ms: number;
	/** To be looked at again by then (UTC). */
	follow_ms?: number;
	/** How it ended; empty: not. */
	outcome: string;
	/** In order. */
	steps: CaseStep[];
	/** The newest that fit, at most 100; in order of time. */
	notes: CaseNote[];
	/** There are older notes: ask again before the first one. */
	more: boolean;
	/** Calls for an adult in its room. */
	calls: CallMark[];
	/** Of sealed details in its room. */
	openings: Opening[];
	/** Printed: the audit entry that says so. */
	disclosure?: number;
}

/** Cases. */
export interface CaseListedEvent {
	type: "case.listed";
	/** The request's. */
	ref?: number;
	/** The newest first. */
	cases: CaseLine[];
	/** Ask again before the last one. */
	more: boolean;
}

/** Messages found. */
export interface SearchFoundEvent {
	type: "search.found";
	/** The request's. */
	ref?: number;
	/** The newest first. */
	hits: Hit[];
	/** Messages up to here can be found by their words. */
	indexed_seq: number;
	/** Ask again before the last one. */
	more: boolean;
}

/** Rooms. */
export interface RoomListedEvent {
	type: "room.listed";
	/** The request's. */
	ref?: number;
	/** The newest first. */
	rooms: RoomLine[];
	/** Ask again before the last one. */
	more: boolean;
}

/** Entries of the audit. */
export interface AuditListedEvent {
	type: "audit.listed";
	/** The request's. */
	ref?: number;
	/** The newest first. */
	entries: AuditLine[];
	/** The newest entry's number. */
	head: number;
	/** And its hash: what is kept outside the box. */
	hash: string;
	/** Ask again before the last one. */
	more: boolean;
}

/** How a test of the channels went, or they do. */
export interface NotifyToldEvent {
	type: "notify.told";
	/** The request's. */
	ref?: number;
	/** Each that was tried, or is set up. */
	channels: ChannelState[];
}

/** A recovery key: shown once, kept nowhere. */
export interface EscrowKeyEvent {
	type: "escrow.key";
	/** The request's. */
	ref?: number;
	/** To be printed and locked away. */
	key: string;
}

/** A one-time enrolment link's secret. */
export interface AccountLinkEvent {
	type: "account.link";
	/** The request's. */
	ref?: number;
	/** Whose. */
	login: string;
	/** Stands in the link's fragment; works once, until expires_ms. */
	secret: string;
	/** UTC. */
	expires_ms: number;
}

/** Accounts. */
export interface AccountListedEvent {
	type: "account.listed";
	/** The request's. */
	ref?: number;
	/** In order. */
	accounts: Account[];
	/** Ask again after the last one. */
	more: boolean;
}

/** Shifts. */
export interface ShiftListedEvent {
	type: "shift.listed";
	/** The request's. */
	ref?: number;
	/** In order. */
	shifts: Shift[];
	/** Ask again after the last one. */
	more: boolean;
}

/** Settings. */
export interface SettingListedEvent {
	type: "setting.listed";
	/** The request's. */
	ref?: number;
	/** By name. */
	settings: Setting[];
}

/** Codes that were made: shown once. */
export interface CodePrintedEvent {
	type: "code.printed";
	/** The request's. */
	ref?: number;
	/** Batch. */
	batch: number;
	/** Ten characters, a dash between the fifth and the sixth. */
	codes: string[];
}

/** Batches of codes. */
export interface CodeListedEvent {
	type: "code.listed";
	/** The request's. */
	ref?: number;
	/** The newest first. */
	batches: CodeBatch[];
}

/** How the daemon is. */
export interface StatusToldEvent {
	type: "status.told";
	/** The request's. */
	ref?: number;
	/** Of the daemon. */
	version: string;
	/** Running for, seconds. */
	up_s: number;
	/** Open connections. */
	connections: number;
	/** Rooms in memory that have not ended. */
	rooms: number;
	/** Newest event. */
	seq: number;
	/** The file can be written. */
	writable: boolean;
	/** Longest the loop was ever late, milliseconds. */
	loop_block_max_ms: number;
}

/** Whether the file is as it was written. */
export interface VerifyToldEvent {
	type: "verify.told";
	/** The request's. */
	ref?: number;
	/** Pages of 4,096 bytes that were opened. */
	pages: number;
	/** All of them, and every table is whole. */
	sound: boolean;
	/** Else what is wrong, for people. */
	problem: string;
}

export type Request =
	| HelloRequest
	| PingRequest
	| ChatSendRequest
	| ChatTypingRequest
	| ChatSeenRequest
	| RoomOpenRequest
	| RoomCloseRequest
	| RoomHistoryRequest
	| RoomStartRequest
	| RoomMailboxRequest
	| RoomWaitRequest
	| CodenameMakeRequest
	| CodenameOpenRequest
	| TokenForgetRequest
	| RoomEndRequest
	| DeskTakingRequest
	| RoomTakeRequest
	| RoomReleaseRequest
	| RoomHandRequest
	| RoomHandAnswerRequest
	| RoomReportRequest
	| EscalationRaiseRequest
	| IdentityOfferRequest
	| DutySetRequest
	| EscalationOpenRequest
	| EscalationTakeRequest
	| EscalationHandRequest
	| EscalationCloseRequest
	| NotifyTestRequest
	| NotifyStatusRequest
	| AccountReachRequest
	| RoomStepInRequest
	| RoomStepOutRequest
	| RoomNudgeRequest
	| RoomBlockRequest
	| RoomUnblockRequest
	| NoteSendRequest
	| RoomMarksRequest
	| FlagClearRequest
	| PhraseListRequest
	| PhrasePutRequest
	| PhraseRemoveRequest
	| IdentityStatusRequest
	| IdentityAskRequest
	| IdentityApproveRequest
	| IdentityDeclineRequest
	| IdentityOpenRequest
	| IdentityPictureRequest
	| IdentityCloseRequest
	| IdentityGrantRequest
	| CaseOpenRequest
	| CaseListRequest
	| CaseGetRequest
	| CaseChangeRequest
	| CaseStepRequest
	| CaseNoteRequest
	| SearchRequest
	| RoomListRequest
	| ExportRequest
	| AuditListRequest
	| AlarmTakeRequest
	| StaffPasswordRequest
	| StaffSignOutAllRequest
	| SignInRequest
	| SignEnrolRequest
	| AccountAddRequest
	| AccountListRequest
	| AccountDisableRequest
	| AccountResetRequest
	| ShiftAddRequest
	| ShiftListRequest
	| ShiftRemoveRequest
	| SettingGetRequest
	| SettingSetRequest
	| CodePrintRequest
	| CodeListRequest
	| CodeRevokeRequest
	| BackupRequest
	| StatusRequest
	| VerifyRequest
	| EscrowStatusRequest
	| EscrowRecoveryRequest
	| EscrowGrantRequest
	| EscrowDrillRequest;

export type Event =
	| OkEvent
	| ErrorEvent
	| WelcomeEvent
	| ReloadEvent
	| CodenameEvent
	| BatchEvent
	| RoomOpenedEvent
	| RoomJoinedEvent
	| ChatPostedEvent
	| ChatPicturedEvent
	| RoomLeftEvent
	| RoomRequeuedEvent
	| RoomMailboxedEvent
	| RoomReturnedEvent
	| RoomEndedEvent
	| AlarmRaisedEvent
	| AlarmTakenEvent
	| AccountWasResetEvent
	| EscalationRaisedEvent
	| EscalationMovedEvent
	| FlagRaisedEvent
	| FlagClearedEvent
	| NoteSentEvent
	| IdentityMovedEvent
	| CaseMovedEvent
	| RoomBlockedEvent
	| ExportedEvent
	| NotePostedEvent
	| DeskNudgedEvent
	| StateSchoolEvent
	| StateRoomEvent
	| StateDeskEvent
	| StateWallEvent
	| StateStaffEvent
	| StateEscalationEvent
	| StateChannelsEvent
	| StateEscrowEvent
	| StateCasesEvent
	| StateCaughtUpEvent
	| RoomMarkedEvent
	| PhraseListedEvent
	| IdentityToldEvent
	| IdentityShownEvent
	| CaseToldEvent
	| CaseListedEvent
	| SearchFoundEvent
	| RoomListedEvent
	| AuditListedEvent
	| NotifyToldEvent
	| EscrowKeyEvent
	| AccountLinkEvent
	| AccountListedEvent
	| ShiftListedEvent
	| SettingListedEvent
	| CodePrintedEvent
	| CodeListedEvent
	| StatusToldEvent
	| VerifyToldEvent;

/** The request, or event, of one type. */
export type RequestOf<T extends Request["type"]> = Extract<Request, { type: T }>;
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
