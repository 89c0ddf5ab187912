/*
 * <hark-chat>: the button in the corner of a school's page, and the frame it opens.
 *
 *   <script src="https://chat.school.example/launcher.js" defer></script>
 *   <hark-chat label="Talk to a peer" hint="No name needed" exit="/lunch"></hark-chat>
 *
 * No library, no style from or for the page around it, and no message of the chat ever leaves the
 * frame. What the frame says is believed only from the script's own origin and that very frame.
 */

const home = new URL((document.currentScript as HTMLScriptElement).src).origin;

const sheet = `:host{all:initial;position:fixed;z-index:2147483000;inset:auto 24px 24px auto;inset-inline:auto 24px;font:400 16px/1.25 system-ui,sans-serif}
@media print{:host{display:none}}
button{all:unset;box-sizing:border-box;cursor:pointer;position:relative;display:flex;gap:12px;align-items:center;min-height:60px;min-width:60px;padding:9px;padding-inline:12px 24px;border-radius:99px;background:#1c5c45;color:#fafdfc;box-shadow:0 0 0 1px #fafdfc66,0 18px 44px -10px #262e2699}
button:hover{background:#104c37}
button:focus-visible{outline:3px solid #1762b6;outline-offset:3px;box-shadow:0 0 0 3px #fff}
b{font-weight:600;display:block}small{font-size:13px}
svg{width:36px;height:36px;flex:none}
.new::after{content:"";position:absolute;top:2px;inset-inline-end:2px;width:12px;height:12px;border-radius:50%;background:#f1ae67;border:3px solid #fff}
iframe{border:0;width:400px;height:min(720px,100vh - 48px);border-radius:24px;box-shadow:0 0 0 1px #262e2614,0 18px 44px -10px #262e2666;background:#fefefc;color-scheme:normal}
[hidden]{display:none}
@media(max-width:640px){iframe{position:fixed;inset:0;width:100%;height:100%;border-radius:0}}
@media(forced-colors:active){button{border:2px solid}}`;

class HarkChat extends HTMLElement {
	#button = document.createElement("button");
	#frame: HTMLIFrameElement | undefined;

	connectedCallback(): void {
		const root = this.attachShadow({ mode: "closed" });
		const style = new CSSStyleSheet();
		style.replaceSync(sheet);
		root.adoptedStyleSheets = [style];

		const words = document.createElement("span");
		const label = document.createElement("b");
		const hint = document.createElement("small");
		label.textContent = this.#says("label", "Talk to a peer");
		hint.textContent = this.#says("hint", "No name needed");
		words.append(label, hint);
		this.#button.append(mark(), words);
		this.#button.setAttribute("aria-haspopup", "dialog");
		this.#button.onclick = () => this.#show(root);
		root.append(this.#button);

		addEventListener("message", (event) => this.#hear(event));
		addEventListener("keydown", this.#keys, true);
	}

	#says(name: string, otherwise: string): string {
		return this.getAttribute(name) ?? otherwise;
	}

	#loaded = false; /* before that, the frame is a page of the site around us */

	#tell(hark: string): void {
		if (this.#loaded) {
			this.#frame?.contentWindow?.postMessage({ hark }, home);
		}
	}

	#show(root: ShadowRoot): void {
		if (!this.#frame) {
			this.#frame = document.createElement("iframe");
			this.#frame.title = this.#says("label", "Talk to a peer");
			this.#frame.src = `${home}/`;
			this.#frame.allow = "clipboard-write; geolocation";
			this.#frame.onload = () => {
				this.#loaded = true;
				this.#tell(this.#frame?.hidden ? "folded" : "shown");
			};
			root.append(this.#frame);
		}
		this.#frame.hidden = false;
		this.#button.hidden = true;
		this.#button.classList.remove("new");
		this.#button.removeAttribute("aria-description");
		this.#tell("shown");
		this.#frame.focus();
	}

	/* Out of sight; the chat goes on. */
	#fold(): void {
		if (this.#frame) {
			this.#frame.hidden = true;
			this.#tell("folded");
		}
		this.#button.hidden = false;
		this.#button.focus();
	}

	#hear({ origin: from, source, data }: MessageEvent): void {
		if (from !== home || !this.#frame || source !== this.#frame.contentWindow) {
			return;
		}
		if (data.hark === "fold") {
			this.#fold();
		} else if (data.hark === "new" && this.#frame.hidden) {
			this.#button.classList.add("new");
			this.#button.setAttribute("aria-description", this.#says("new", "something new"));
		} else if (data.hark === "exit") {
			leave(this.#says("exit", data.url));
		}
	}

	#presses = 0;
	#pressed = 0;

	/* While a chat is open, Shift three times works on the page around it too. */
	#keys = ({ key, repeat, timeStamp }: KeyboardEvent): void => {
		if (repeat || !this.#frame) {
			return;
		}
		this.#presses = key === "Shift" ? (timeStamp - this.#pressed < 1000 ? this.#presses + 1 : 1) : 0;
		this.#pressed = timeStamp;
		if (this.#presses === 3) {
			this.#tell("exit");
			const exit = this.getAttribute("exit");
			if (exit) {
				setTimeout(() => leave(exit), 200);
			}
		} else if (key === "Escape" && !this.#frame.hidden) {
			this.#fold();
		}
	};
}

/* Blank first, then gone from the tab's history. Only to a web address. */
function leave(url: string): void {
	const address = new URL(url, location.href);
	document.title = "";
	document.documentElement.style.visibility = "hidden";
	location.replace(/^https?:$/.test(address.protocol) ? address.href : "about:blank");
}

function mark(): SVGSVGElement {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	svg.setAttribute("viewBox", "0 0 32 32");
	svg.setAttribute("aria-hidden", "true");
	const draw = (d: string, fill: string, stroke: string): void => {
		const path = document.createElementNS(svg.namespaceURI, "path");
		Object.entries({ d, fill, stroke, "stroke-width": "2.5", "stroke-linecap": "round" }).forEach(([name, value]) =>
			path.setAttribute(name, value),
		);
		svg.append(path);
	};
	draw("M16 2.5c7.8 0 13 4.9 13 12.3s-5.2 12.4-13 12.4c-1 0-2-.1-2.9-.25-1.9 1.6-4.3 2.5-7.3 2.55.9-1.2 1.5-2.7 1.6-4.3C4.6 22.9 3 19.3 3 14.8 3 7.4 8.2 2.5 16 2.5Z", "#fafdfc", "none");
	draw("M11.6 8.2v13M11.6 15.6c0-2.5 1.9-4.3 4.4-4.3s4.4 1.8 4.4 4.3v5.6", "none", "#1c5c45");
	draw("M16 19h.01", "none", "#b4652a");
	return svg;
}

customElements.define("hark-chat", HarkChat);
