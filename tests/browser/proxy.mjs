// A network of our own between a browser and the daemon: it can swallow everything without a word,
// swallow the answers alone, or be cut.

import net from "node:net";

export class Network {
	#links = new Set();
	#server;
	#swallows = { up: false, down: false };
	#down = false;

	static async open(port) {
		const network = new Network();
		network.#server = net.createServer((near) => network.#link(near, port));
		await new Promise((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
		network.url = `http://127.0.0.1:${network.#server.address().port}`;
		return network;
	}

	#link(near, port) {
		if (this.#down) {
			near.destroy();
			return;
		}
		const far = net.connect(port, "127.0.0.1");
		const link = { near, far };
		this.#links.add(link);
		for (const [from, to, way] of [[near, far, "up"], [far, near, "down"]]) {
			from.on("data", (bytes) => {
				if (!this.#swallows[way]) {
					to.write(bytes);
				}
			});
			from.on("error", () => {});
			from.on("close", () => {
				this.#links.delete(link);
				to.destroy();
			});
		}
	}

	/* Everything is lost on the way, and nobody is told. */
	swallow() {
		this.#swallows = { up: true, down: true };
	}

	/* Only what the daemon says is lost. */
	swallowAnswers() {
		this.#swallows = { up: false, down: true };
	}

	/* All connections end, and none is made. */
	cut() {
		this.#down = true;
		for (const { near, far } of this.#links) {
			near.resetAndDestroy();
			far.destroy();
		}
	}

	/* New connections work; those that had losses are of no use to anybody and end. */
	mend() {
		for (const { near, far } of this.#swallows.down ? this.#links : []) {
			near.destroy();
			far.destroy();
		}
		this.#swallows = { up: false, down: false };
		this.#down = false;
	}

	close() {
		this.cut();
		this.#server.close();
	}
}
