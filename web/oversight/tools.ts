/* What is fetched behind the first picture: the dialogs, and what stands beside a room. */

export { Dialogs } from "./Dialogs";
export { Side } from "./Side";
