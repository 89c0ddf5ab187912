/* The words of the pages behind the first one, with those of the oversight page. */

import { back } from "../../i18n/back";
import { oversight } from "../../i18n/oversight";
import { staff } from "../../i18n/staff";
import { sayer } from "../../lib/say";

export type Key = keyof typeof staff | keyof typeof oversight | keyof typeof back;

export const { t, count, Say } = sayer<Key>({ ...staff, ...oversight, ...back });
export { names } from "../../lib/say";
