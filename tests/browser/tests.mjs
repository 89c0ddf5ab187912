// The tests of all specs; the heaviest begin first.

export const tests = [];

export function test(name, body, weight = 0) {
	tests.push({ name, body, weight });
}
