/*
 * The two sounds of the staff pages, made here: no file is loaded. A browser lets a page sound
 * only after its reader touched it; until then `ready` is false and the page shows a button.
 * The alarm is one looped buffer: no timer that a browser would slow down in a hidden tab.
 */

type Note = { at: number; hz: number; long: number; loud: number };	/* seconds, 0 to 1 */

const SOFT: Note[] = [
	{ at: 0, hz: 523.25, long: 0.5, loud: 0.09 },
	{ at: 0.16, hz: 659.25, long: 0.7, loud: 0.07 },
];

const ALARM: Note[] = [
	{ at: 0, hz: 587.33, long: 0.34, loud: 0.3 },
	{ at: 0.3, hz: 783.99, long: 0.34, loud: 0.3 },
	{ at: 0.6, hz: 587.33, long: 0.34, loud: 0.3 },
	{ at: 0.9, hz: 783.99, long: 0.6, loud: 0.3 },
];
const ALARM_S = 2.6;

/* Sine with a soft second partial, fading in over 12 ms and out over the note. */
function paint(into: Float32Array, rate: number, notes: Note[]): void {
	for (const { at, hz, long, loud } of notes) {
		const first = Math.floor(at * rate);
		const count = Math.min(Math.floor(long * rate), into.length - first);
		for (let i = 0; i < count; i++) {
			const t = i / rate;
			const swell = Math.min(1, t / 0.012) * (1 - i / count) ** 2;
			const wave = Math.sin(2 * Math.PI * hz * t) + 0.25 * Math.sin(4 * Math.PI * hz * t);
			into[first + i]! += wave * swell * loud;
		}
	}
}

export class Sound {
	private context: AudioContext | null = null;
	private alarm: AudioBufferSourceNode | null = null;
	private readonly changed: () => void;

	/* changed: called when `ready` may be another one. */
	constructor(changed: () => void) {
		this.changed = changed;
	}

	/* May this page sound now? */
	get ready(): boolean {
		return this.context?.state === "running";
	}

	/* Asks the browser; works for certain only inside a click or a key press. */
	async wake(): Promise<void> {
		if (!("AudioContext" in window)) {
			return;
		}
		if (!this.context) {
			this.context = new AudioContext();
			this.context.onstatechange = this.changed;
		}
		try {
			await this.context.resume();
		} catch {
			/* Refused: `ready` stays false and the button stays. */
		}
		this.changed();
	}

	private play(notes: Note[], seconds: number, loop: boolean): AudioBufferSourceNode | null {
		const context = this.context;
		if (!context) {
			return null;
		}
		const buffer = context.createBuffer(1, Math.ceil(seconds * context.sampleRate),
			context.sampleRate);
		paint(buffer.getChannelData(0), context.sampleRate, notes);
		const source = context.createBufferSource();
		source.buffer = buffer;
		source.loop = loop;
		source.connect(context.destination);
		source.start();
		return source;
	}

	/* Once, softly: somebody waits. */
	soft(): void {
		if (this.ready) {
			this.play(SOFT, 1, false);
		}
	}

	/* The alarm once, to hear how loud it is. */
	once(): void {
		if (this.ready) {
			this.play(ALARM, ALARM_S, false);
		}
	}

	/* Starts or stops the repeating alarm. Started while not ready, it sounds once allowed to. */
	ring(on: boolean): void {
		if (on && !this.alarm) {
			this.alarm = this.play(ALARM, ALARM_S, true);
		} else if (!on && this.alarm) {
			this.alarm.stop();
			this.alarm = null;
		}
	}
}
