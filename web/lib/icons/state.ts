/* State. */

export const iconCheck =
	"M4.8 12.6l4.7 4.7L19.2 7.4";
export const iconChecks =
	"M2.4 12.9l4.1 4.1 8.3-9M11.4 16.2l.9.8 9.3-9.6";
export const iconClock =
	"M3.4 12a8.6 8.6 0 1 0 17.2 0a8.6 8.6 0 1 0 -17.2 0ZM12 7.2V12l3.1 2.2";
export const iconTimer =
	"M4.7 13.4a7.3 7.3 0 1 0 14.6 0a7.3 7.3 0 1 0 -14.6 0ZM12 9.6v3.8M9.6 3.2h4.8M18 6.4l1.2 1.2";
export const iconOffline =
	"M8.4 8.1a11.6 11.6 0 0 0-4.6 2.6M20.2 10.7A11.7 11.7 0 0 0 12.4 7.5M11.2 12.1a7.3 7.3 0 0 0-4.2 2M17 14.1a7.2 7.2 0 0 0-1.7-1.2M4 4l16 16M11.625 17.9a.375 .375 0 1 0 .75 0a.375 .375 0 1 0 -.75 0Z";
export const iconPause =
	"M9 5.8v12.4M15 5.8v12.4";
export const iconPulse =
	"M3 12.2h4.1l2.5-6.7 4.6 13 2.5-6.3H21";
