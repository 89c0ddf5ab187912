/* The words of the oversight page: those of both staff pages, and its own. */

import { oversight } from "../i18n/oversight";
import { staff } from "../i18n/staff";
import { sayer } from "../lib/say";

export type Key = keyof typeof staff | keyof typeof oversight;

export const { t, count, Say } = sayer<Key>({ ...staff, ...oversight });
export { names } from "../lib/say";
