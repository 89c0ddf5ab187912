/* The own password once more, which everything about somebody's sealed details asks for. */

import { Line } from "../staff/Field";
import { t } from "./say";

export interface PasswordLineProps {
	value: string;
	set: (value: string) => void;
	required?: boolean;
}

export function PasswordLine({ value, set, required = true }: PasswordLineProps) {
	return (
		<Line
			label={t("find.password")}
			type="password"
			autocomplete="current-password"
			value={value}
			set={set}
			required={required}
		/>
	);
}
