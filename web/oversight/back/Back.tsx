/* The pages for looking back and for setting things up: fetched when one of them is first opened. */

import type { Page } from "../state";
import type { View } from "../views";
import { Audit } from "./Audit";
import { CasePage } from "./CasePage";
import { Cases } from "./Cases";
import { Past } from "./Past";
import { Phrases } from "./Phrases";
import { Search } from "./Search";
import { Settings } from "./Settings";

const pages: Record<Exclude<Page, "live">, (view: View) => preact.JSX.Element> = {
	cases: Cases, past: Past, search: Search, phrases: Phrases, audit: Audit, settings: Settings,
};

export function Back(view: View) {
	const { page, caseId } = view.state;
	if (page === "live") {
		return null;
	}
	if (page === "cases" && caseId > 0) {
		return <CasePage key={caseId} {...view} />;
	}
	const One = pages[page];
	return <One {...view} />;
}
