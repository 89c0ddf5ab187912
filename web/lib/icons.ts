/*
 * The icons, all drawn for Hark: a 24 grid, strokes of 1.75 with round ends. Each is the `d` of one
 * path, so that a page carries only those it names; in files by meaning, so that a part of a page
 * does. Drawn by Icon.tsx.
 */

export * from "./icons/talk";
export * from "./icons/move";
export * from "./icons/act";
export * from "./icons/safety";
export * from "./icons/care";
export * from "./icons/state";
export * from "./icons/things";
export * from "./icons/feeling";
