/*
 * The messages of hark.v1, as types.
 * Made from protocol/messages.def by protocol/generate.c: do not edit.
 */

/** The WebSocket subprotocol. */
export const PROTOCOL = "hark.v1";
/** What `hello` says the page was built with. */
export const SCHEMA_HASH = "541c3acfb56ebb8f";

/** Bytes of one message to the server. */
export const FRAME_MAX_BYTES = 65536;
/** What one message may say; the page checks first. */
export const BODY_MAX_CODE_POINTS = 4000;
export const CHAT_SEND_BODY_MAX_CODE_POINTS = 4000;
export const CHAT_SEND_BODY_MAX_BYTES = 16000;
export const ROOM_START_TOPICS_MAX_ITEMS = 6;
export const ROOM_START_TOPICS_MAX_CODE_POINTS = 40;
export const ROOM_START_WISH_MAX_CODE_POINTS = 40;
export const CODENAME_OPEN_WORDS_MIN_CODE_POINTS = 7;
export const CODENAME_OPEN_WORDS_MAX_CODE_POINTS = 80;
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
export const BACKUP_PATH_MAX_CODE_POINTS = 1000;

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
	| "bad_setting";

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
	/** On shift, taking new chats and below the cap. */
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

/** Say something in a room. Answered by `ok` when it is on disk. The same id again gets the first answer again: resending is always safe. */
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

/** Open this visitor's room, or come back to the open one: one token has one open room. */
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
}

/** Stop waiting and leave the messages to be answered later. */
export interface RoomMailboxRequest {
	type: "room.mailbox";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
	/** peer or counselor. */
	to: Audience;
}

/** Wait for a peer now, from a mailbox or after the end. */
export interface RoomWaitRequest {
	type: "room.wait";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Make the words to come back with; new words replace the old. Answered by `codename`. */
export interface CodenameMakeRequest {
	type: "codename.make";
	/** Given back in the answer. */
	ref?: number;
	/** Room. */
	room: number;
}

/** Come back with the words, on any device. The room is then this token's. */
export interface CodenameOpenRequest {
	type: "codename.open";
	/** Given back in the answer. */
	ref?: number;
	/** The words, in any case, with any spaces between. */
	words: string;
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
	/** A tab's token is dropped after so long without a connection. */
	idle_forget_s: number;
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
}

/** Who is there, for overseers. */
export interface StateStaffEvent {
	type: "state.staff";
	/** Supporters on shift or connected. */
	supporters: Person[];
	/** Counselors connected. */
	counselors: Person[];
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
	/** Rooms that are not ended. */
	rooms: number;
	/** Newest event. */
	seq: number;
	/** The file can be written. */
	writable: boolean;
	/** Longest the loop was ever late, milliseconds. */
	loop_block_max_ms: number;
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
	| BackupRequest
	| StatusRequest;

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
	| RoomRequeuedEvent
	| RoomMailboxedEvent
	| RoomReturnedEvent
	| RoomEndedEvent
	| AlarmRaisedEvent
	| AlarmTakenEvent
	| AccountWasResetEvent
	| StateSchoolEvent
	| StateRoomEvent
	| StateDeskEvent
	| StateWallEvent
	| StateStaffEvent
	| StateCaughtUpEvent
	| AccountLinkEvent
	| AccountListedEvent
	| ShiftListedEvent
	| SettingListedEvent
	| StatusToldEvent;

/** The request, or event, of one type. */
export type RequestOf<T extends Request["type"]> = Extract<Request, { type: T }>;
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
