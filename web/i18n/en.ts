/*
 * What the student's page says, in English: grade 6 words, short sentences, no exclamation marks.
 * {peer}, {peers}, {Peer}, {Peers} are the school's own word. These are the first screen's strings;
 * en.rooms.ts has those of the screens behind it. The keys of both are the keys of every language.
 */

import type { enRooms } from "./en.rooms";

export const en = {
	/* frame */
	quickExit: "Quick exit",
	fold: "Make the chat small",
	back: "Back",
	helpNow: "Get help now",
	canRead: "Counselors can read",
	canReadChat: "Counselors can read this chat",
	offline: "No connection.",
	offlineSafe: "Your messages are safe here.",
	offlineRetry: "Trying again in {s} s.",
	offlineTrying: "Trying again now.",
	tryNow: "Try now",
	online: "You're connected again.",
	noStorage: "This browser keeps nothing for us. If you refresh this page, you need your four words to come back.",

	/* said by the status region */
	typing: "{name} is typing",

	/* welcome */
	name: "{Peer} chat",
	welcome: "Want to talk?",
	welcomeLede: "Big, small, or hard to put into words. It all counts.",
	trustPeers: "Trained {peers} answer.",
	trustRead: "School counselors can read every conversation.",
	trustName: "Nobody sees your name.",
	trustDanger: "A counselor may try to find out who you are only if someone may be in danger. You would be told.",
	chatNow: "Chat now",
	peerHere: "1 {peer} here.",
	peersHere: "{n} {peers} here.",
	aboutMinutes: "About {minutes}",
	leaveMessage: "Leave a message",
	leaveHint: "Read when a {peer} is free",
	need: "I need an adult",
	needWho: "A school counselor is told",
	getHelp: "Get help right now",
	getHelpHint: "Call or text, day or night",
	beenHere: "Been here before?",
	language: "Language",
	exitTruth: "Quick exit, or Shift three times, leaves this page fast. It can't erase your history, and a school device may be watched.",

	/* away */
	away: "{Peers} are away right now",
	awayBack: "Someone is back {when}. You can still leave a message.",
	awayPlain: "You can still leave a message.",
	whenAt: "{day} at {time}",
	leaveHintAway: "Read when someone is back",
	readAnswer: "Read an answer",
	readAnswerHint: "Use your four words",
	hours: "When {peers} are here",

	/* help */
	helpHint: "You can call or text",
	helpSure: "You won't get in trouble for asking. If you're not sure it's serious, ask anyway.",
	backToChat: "Back to the chat",
	otherLanguages: "Other languages",

	/* opening */
	opening: "Opening your chat",
	openingHint: "One moment",
} as const;

export type Key = keyof typeof en | keyof typeof enRooms;
