/* An id that no other element of the page has. Preact's own useId counts from each render() of the
   root anew, and these pages render whenever something was said: its ids come twice. */

import { useState } from "preact/hooks";

let given = 0;

export function useUnique(): string {
	return useState(() => `u${++given}`)[0];
}
