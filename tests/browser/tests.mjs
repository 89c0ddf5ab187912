// The tests of all specs, in the order in which they stand there.

export const tests = [];

export function test(name, body) {
	tests.push({ name, body });
}
