/* Do. Not on a visitor's first screen. iconEnter points in writing direction. */

export const iconEnter =
	"M13.8 4.2H17A2.8 2.8 0 0 1 19.8 7v10a2.8 2.8 0 0 1-2.8 2.8h-3.2M4 12h9.8M10 8l4 4-4 4";
export const iconUp =
	"M5.5 14.8 12 8.3l6.5 6.5";
export const iconClose =
	"M6.3 6.3l11.4 11.4M17.7 6.3 6.3 17.7";
export const iconPlus =
	"M12 5.2v13.6M5.2 12h13.6";
export const iconMinus =
	"M5.5 12h13";
export const iconMore =
	"M5.125 12a.475 .475 0 1 0 .95 0a.475 .475 0 1 0 -.95 0ZM11.525 12a.475 .475 0 1 0 .95 0a.475 .475 0 1 0 -.95 0ZM17.925 12a.475 .475 0 1 0 .95 0a.475 .475 0 1 0 -.95 0Z";
export const iconSearch =
	"M4.5 10.8a6.3 6.3 0 1 0 12.6 0a6.3 6.3 0 1 0 -12.6 0ZM15.5 15.5 20 20";
export const iconSwap =
	"M4 8.6h14.6M15 4.8l3.8 3.8-3.8 3.8M20 15.6H5.4M9 11.8l-3.8 3.8L9 19.4";
export const iconSliders =
	"M4 7.5h8.2M16.8 7.5H20M4 16.5h3.2M11.8 16.5H20M12.2 7.5a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0 -4.6 0ZM7.2 16.5a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0 -4.6 0Z";
export const iconRefresh =
	"M19.6 12a7.6 7.6 0 1 1-2.4-5.55L19.6 8.7M19.6 4.4v4.3h-4.3";
export const iconDownload =
	"M12 4.2v11M7.4 10.8 12 15.4l4.6-4.6M4.8 19.8h14.4";
export const iconCopy =
	"M11.4 8.8h5.8a2.6 2.6 0 0 1 2.6 2.6v5.8a2.6 2.6 0 0 1 -2.6 2.6h-5.8a2.6 2.6 0 0 1 -2.6 -2.6v-5.8a2.6 2.6 0 0 1 2.6 -2.6ZM15.2 8.8V6.8a2.6 2.6 0 0 0-2.6-2.6H6.8a2.6 2.6 0 0 0-2.6 2.6v5.8a2.6 2.6 0 0 0 2.6 2.6h2";
