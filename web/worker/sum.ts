/*
 * The small sum a page does when many come at once: eight bytes that, behind the server's challenge
 * of 32, give a SHA-256 (FIPS 180-4) with so many zero bits in front. Our own, because a browser has
 * none for a page that came by plain http. All 40 bytes and the padding are one block.
 */

const WORDS = 16;
const ROUNDS = 64;
const CHALLENGE_WORDS = 8;
const LENGTH_BITS = 40 * 8;

/* First 32 bits of the fraction of a prime's root; exact, for a double has 52. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;

function primes(count: number): number[] {
	const found: number[] = [];
	for (let n = 2; found.length < count; n++) {
		if (found.every((prime) => n % prime !== 0)) {
			found.push(n);
		}
	}
	return found;
}

const K = Int32Array.from(primes(ROUNDS), (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

/* The first word of the digest of one block, which is spread out in w. */
function firstWord(w: Int32Array): number {
	for (let i = WORDS; i < ROUNDS; i++) {
		const a = w[i - 15] as number;
		const b = w[i - 2] as number;
		const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
		const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
		w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
	}
	let [a, b, c, d, e, f, g, h] = START as unknown as [number, number, number, number, number, number, number, number];
	for (let i = 0; i < ROUNDS; i++) {
		const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
		const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
		const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
		const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		h = g;
		g = f;
		f = e;
		e = (d + t1) | 0;
		d = c;
		c = b;
		b = a;
		a = (t1 + t2) | 0;
	}
	return (a + (START[0] as number)) | 0;
}

/* All 40 bytes as hexadecimal; bits is 1 to 32. It always ends: 2^64 tries are more than enough. */
export function findWork(challenge: string, bits: number): string {
	const w = new Int32Array(ROUNDS);
	for (let i = 0; i < CHALLENGE_WORDS; i++) {
		w[i] = parseInt(challenge.slice(i * 8, i * 8 + 8), 16) | 0;
	}
	w[10] = 1 << 31; /* the bit behind the message */
	w[15] = LENGTH_BITS;
	for (let high = 0; ; high++) {
		w[8] = high;
		for (let low = 0; low < 2 ** 32; low++) {
			w[9] = low | 0;
			if (Math.clz32(firstWord(w)) >= bits) {
				return challenge + hex(high) + hex(low);
			}
		}
	}
}

const hex = (word: number): string => word.toString(16).padStart(8, "0");
