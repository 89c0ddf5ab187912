// A chat server as many write it: Socket.IO for the people, better-sqlite3 for the messages, each
// stored before its sender is answered and the other side has it.
//
//	node tests/bench/peers/chat.mjs PORT FILE FULL|NORMAL

import { createServer } from "node:http";
import Database from "better-sqlite3";
import { Server } from "socket.io";

const [port, file, synchronous] = process.argv.slice(2);
const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma(`synchronous = ${synchronous === "FULL" ? "FULL" : "NORMAL"}`);
database.exec("CREATE TABLE message (number INTEGER PRIMARY KEY, room INTEGER, at INTEGER, id TEXT, body TEXT)");
database.exec("CREATE INDEX message_of_room ON message (room, number)");
const insert = database.prepare("INSERT INTO message (room, at, id, body) VALUES (?, ?, ?, ?)");

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
	socket.on("join", (room, done) => {
		socket.join(`room ${room}`);
		done();
	});
	socket.on("feed", (done) => {
		socket.join("feed");
		done();
	});
	socket.on("say", ({ room, id, body }, done) => {
		insert.run(room, Date.now(), id, body);
		done();
		socket.to(`room ${room}`).to("feed").emit("said", { room, id, body });
	});
});

http.listen(Number(port), "127.0.0.1", () => console.log("ready"));
