/* Move. Those that point in writing direction get the class i-flip: exit, back, next. */

export const iconExit =
	"M10.2 4.2H7a2.8 2.8 0 0 0-2.8 2.8v10A2.8 2.8 0 0 0 7 19.8h3.2M10.2 12h9.6M16 8l4 4-4 4";
export const iconBack =
	"M19.5 12h-15M10.6 5.9 4.5 12l6.1 6.1";
export const iconNext =
	"M9.5 5.5 16 12l-6.5 6.5";
export const iconDown =
	"M5.5 9.2 12 15.7l6.5-6.5";
