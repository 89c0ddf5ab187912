/*
 * MQTT 3.1.1 over WebSocket (OASIS, 2014), QoS 1 both ways and sessions that the broker keeps. A
 * room is two topics, one for what each side hears, so that nobody is sent what he said himself.
 */
#include "tests/bench/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	CONNECT = 0x10,
	CONNACK = 0x20,
	PUBLISH = 0x30,
	PUBACK = 0x40,
	SUBSCRIBE = 0x82, /* with the flags that it must have */
	SUBACK = 0x90,
	QOS_1 = 0x02,
	IDS = 65535, /* packet ids are 1 to this */
	PACKET_MAX = 1024,
};

static int64_t number_of_id[IDS + 1];

struct packet {
	unsigned char bytes[PACKET_MAX]; /* without the fixed header */
	size_t size;
};

static void put_u16(struct packet *packet, unsigned value)
{
	packet->bytes[packet->size++] = (unsigned char)(value >> 8);
	packet->bytes[packet->size++] = (unsigned char)value;
}

static void put_text(struct packet *packet, const char *text)
{
	size_t size = strlen(text);
	put_u16(packet, (unsigned)size);
	memcpy(packet->bytes + packet->size, text, size);
	packet->size += size;
}

static void put_bytes(struct packet *packet, const void *bytes, size_t size)
{
	memcpy(packet->bytes + packet->size, bytes, size);
	packet->size += size;
}

/* MQTT 2.2.3: the length in 7-bit groups. */
static void send_packet(struct ws *ws, int type, const struct packet *packet)
{
	char whole[PACKET_MAX + 5];
	size_t size = 0, left = packet->size;
	whole[size++] = (char)type;
	do {
		whole[size++] = (char)(left % 128 | (left >= 128 ? 128 : 0));
		left /= 128;
	} while (left > 0);
	memcpy(whole + size, packet->bytes, packet->size);
	ws_send(ws, whole, size + packet->size);
}

static void subscribe(struct ws *ws, const char *topic)
{
	struct packet packet = {0};
	put_u16(&packet, 1);
	put_text(&packet, topic);
	packet.bytes[packet.size++] = 1; /* QoS */
	send_packet(ws, SUBSCRIBE, &packet);
}

static void connect_as(struct ws *ws, int index, const char *client, const char *topic)
{
	ws_connect(ws, index, "mqtt", NULL);
	struct packet packet = {0};
	put_text(&packet, "MQTT");
	packet.bytes[packet.size++] = 4; /* 3.1.1 */
	packet.bytes[packet.size++] = 0; /* no clean session: the broker keeps it */
	put_u16(&packet, 0); /* no keep-alive */
	put_text(&packet, client);
	send_packet(ws, CONNECT, &packet);
	subscribe(ws, topic);
	load.waiting_for++;
}

static void greet(struct ws *ws, int index)
{
	char client[64], topic[64];
	snprintf(client, sizeof(client), "idle%d", index);
	snprintf(topic, sizeof(topic), "r/%d/v", index);
	connect_as(ws, index, client, topic);
}

static void open_rooms(void)
{
	char client[64], topic[64];
	for (int i = 0; i < load.pairs_count; i++) {
		struct pair *pair = &load.pairs[i];
		pair->peer = &pair->other;
		pair->room = i;
		for (int side = 0; side < 2; side++) {
			snprintf(client, sizeof(client), "c%d%c", i, "vs"[side]);
			snprintf(topic, sizeof(topic), "r/%d/%c", i, "vs"[side]);
			connect_as(side == 0 ? &pair->visitor : pair->peer, i, client, topic);
		}
		if (i % OPEN_AT_ONCE == 0) {
			load_settle("subscriptions");
		}
	}
	for (int i = 0; i < load.feeds_count; i++) {
		snprintf(client, sizeof(client), "feed%d", i);
		connect_as(&load.feeds[i], FEED, client, "r/#");
	}
	load_settle("subscriptions");
}

static void say(const struct pair *pair, struct ws *from, int64_t number)
{
	struct packet packet = {0};
	char topic[64], head[32];
	unsigned id = (unsigned)(number % IDS) + 1;
	number_of_id[id] = number;
	snprintf(topic, sizeof(topic), "r/%" PRId64 "/%c", pair->room,
		from == &pair->visitor ? 's' : 'v');
	int head_size = snprintf(head, sizeof(head), "%016" PRIx64, (uint64_t)number);
	put_text(&packet, topic);
	put_u16(&packet, id);
	put_bytes(&packet, head, (size_t)head_size);
	put_bytes(&packet, load.body, BODY_BYTES);
	send_packet(from, PUBLISH | QOS_1, &packet);
}

static void on_publish(struct ws *ws, unsigned flags, const unsigned char *bytes, size_t size)
{
	size_t topic = (size_t)bytes[0] << 8 | bytes[1];
	size_t at = 2 + topic;
	if ((flags & 0x06) == QOS_1) {
		struct packet answer = {0};
		put_bytes(&answer, bytes + at, 2);
		send_packet(ws, PUBACK, &answer);
		at += 2;
	}
	if (size < at + 16) {
		die("a message without its number");
	}
	if (ws->index == FEED) {
		load.fed++;
	} else {
		load_delivered(text_number((const char *)bytes + at, 16, "", 16));
	}
}

static void on_packet(struct ws *ws, unsigned first, const unsigned char *bytes, size_t size)
{
	switch (first & 0xf0) {
	case PUBLISH:
		on_publish(ws, first, bytes, size);
		break;
	case PUBACK:
		load_answered(number_of_id[(unsigned)bytes[0] << 8 | bytes[1]]);
		break;
	case SUBACK:
		load_ready(ws);
		break;
	case CONNACK:
		if (size < 2 || bytes[1] != 0) {
			die("the broker refuses");
		}
		break;
	default:
		die("a packet of type %u", first >> 4);
	}
}

/* A WebSocket message holds whole packets, one or more. */
static void on_message(struct ws *ws, const char *text, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t at = 0;
	while (at + 2 <= size) {
		unsigned first = bytes[at++];
		size_t length = 0;
		for (unsigned shift = 0; at < size && shift < 28; shift += 7) {
			length |= (size_t)(bytes[at] & 0x7f) << shift;
			if ((bytes[at++] & 0x80) == 0) {
				break;
			}
		}
		if (length < 2 || at + length > size) {
			die("half a packet");
		}
		on_packet(ws, first, bytes + at, length);
		at += length;
	}
}

const struct wire wire_mqtt = {
	.name = "mqtt",
	.path = "/mqtt",
	.binary = true,
	.open = open_rooms,
	.say = say,
	.greet = greet,
	.on_message = on_message,
};
