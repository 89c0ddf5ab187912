// Origins that are not the page's own, each a little like it: one table for all doors.

/* Of a daemon on http://host:port. One of them is no header at all, as it holds a NUL: the
 * connection ends without an answer. */
export function lookAlikes(host, port) {
	const own = `${host}:${port}`;
	return ["null", `http://${host}`, `http://${host}:1`, `https://${own}`, `http://${own}.`, `http://${host}.:${port}`,
		"http://evil.example", `http://${own}.evil.example`, `http://evil${own}`, `http://evil.${own}`, `http://x@${own}`,
		`http://x:y@${own}`, `http://${host.toUpperCase()}:${port}`, `HTTP://${own}`, `http://${own}/`, `http://${own}?`,
		`http://${own}#`, ` http://${own} x`, `http:/${own}`, `//${own}`, own, `ws://${own}`, "file://",
		`http://${own}, http://${own}`, `http://${own}0`, `http://${host}\u0000:${port}`];
}
