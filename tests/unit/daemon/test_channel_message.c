/* Messages in the forms of the channels: whole, and whatever is in them, nothing but themselves. */
#include "daemon/channel_message.h"

#include <cjson/cJSON.h>

#include "tests/unit/daemon/random.h"
#include "tests/unit/tap.h"

static const struct channel_message plain = {
	.key = "esc-7-0.1-mail-a3",
	.kind = "escalation",
	.who = "Ms. R.",
	.address = "rivera@hill.example",
	.title = "Hark: a student asks for an adult",
	.text = "In the chat \"Paper Lantern\".\nSince 10:02.\n",
	.url = "https://hark.example/oversight",
	.since_ms = 1700000000000,
	.created_ms = 1700000005000,
	.urgent = true,
};

static void check_string(const cJSON *object, const char *name, const char *expected)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
	CHECK_STR(cJSON_GetStringValue(member), expected);
}

/* ---- JSON ---- */

static void test_hark(void)
{
	size_t size;
	char *body = body_of_hark(&plain, &size);
	CHECK_INT(strlen(body), size);
	cJSON *json = cJSON_Parse(body);
	REQUIRE(json != NULL);
	check_string(json, "key", "esc-7-0.1-mail-a3");
	check_string(json, "kind", "escalation");
	check_string(json, "to", "Ms. R.");
	check_string(json, "title", plain.title);
	check_string(json, "text", plain.text);
	check_string(json, "since", "2023-11-14T22:13:20Z");
	check_string(json, "url", plain.url);
	CHECK(cJSON_IsTrue(cJSON_GetObjectItem(json, "urgent")));
	cJSON_Delete(json);
	free(body);
	struct channel_message message = plain;
	message.url = "";
	message.urgent = false;
	body = body_of_hark(&message, &size);
	json = cJSON_Parse(body);
	REQUIRE(json != NULL);
	CHECK(cJSON_GetObjectItem(json, "url") == NULL);
	CHECK(cJSON_IsFalse(cJSON_GetObjectItem(json, "urgent")));
	cJSON_Delete(json);
	free(body);
}

static void test_escapes(void)
{
	struct channel_message message = plain;
	message.title = "a\"b\\c\x01\x7f</script>\xe2\x82\xac";
	message.text = "line\r\n\ttwo";
	size_t size;
	char *bodies[] = {body_of_hark(&message, &size), body_of_ntfy(&message, "t", &size),
		body_of_teams(&message, &size)};
	for (size_t i = 0; i < 3; i++) {
		cJSON *json = cJSON_Parse(bodies[i]);
		REQUIRE(json != NULL);
		if (i < 2) {
			check_string(json, "title", message.title);
			check_string(json, i == 0 ? "text" : "message", message.text);
		}
		cJSON_Delete(json);
		free(bodies[i]);
	}
}

static void test_ntfy(void)
{
	size_t size;
	char *body = body_of_ntfy(&plain, "hill-adults", &size);
	cJSON *json = cJSON_Parse(body);
	REQUIRE(json != NULL);
	check_string(json, "topic", "hill-adults");
	check_string(json, "message", plain.text);
	check_string(json, "click", plain.url);
	CHECK_INT(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "priority")), 5);
	CHECK(cJSON_IsArray(cJSON_GetObjectItem(json, "tags")));
	cJSON_Delete(json);
	free(body);
}

static void test_slack_calls_nobody(void)
{
	struct channel_message message = plain;
	message.title = "<!channel> & <http://x|y>";
	message.text = "text";
	size_t size;
	char *body = body_of_slack(&message, &size);
	cJSON *json = cJSON_Parse(body);
	REQUIRE(json != NULL);
	check_string(json, "text", "&lt;!channel&gt; &amp; &lt;http://x|y&gt;\ntext");
	cJSON_Delete(json);
	free(body);
}

static void test_teams(void)
{
	size_t size;
	char *body = body_of_teams(&plain, &size);
	cJSON *json = cJSON_Parse(body);
	REQUIRE(json != NULL);
	check_string(json, "type", "message");
	const cJSON *card = cJSON_GetObjectItem(
		cJSON_GetArrayItem(cJSON_GetObjectItem(json, "attachments"), 0), "content");
	check_string(card, "type", "AdaptiveCard");
	const cJSON *blocks = cJSON_GetObjectItem(card, "body");
	check_string(cJSON_GetArrayItem(blocks, 0), "text", plain.title);
	check_string(cJSON_GetArrayItem(blocks, 1), "text", plain.text);
	const cJSON *action = cJSON_GetArrayItem(cJSON_GetObjectItem(card, "actions"), 0);
	check_string(action, "url", plain.url);
	cJSON_Delete(json);
	free(body);
}

/* ---- the signature ---- */

static void test_signature(void)
{
	char signature[CHANNEL_SIGNATURE_BYTES];
	/* By another's hand: Python's hmac.new(b"Jefe", b"1700000000.{}", "sha256"). The second
	 * key is longer than SHA-256's block (RFC 2104 3). */
	channel_sign("Jefe", "1700000000", "{}", 2, signature);
	CHECK_STR(signature, "d3793e2b4103edfbd98cc19591832f5fad701d413db9fcae0ae7dab8184ed207");
	char long_secret[200];
	memset(long_secret, 'k', sizeof(long_secret) - 1);
	long_secret[sizeof(long_secret) - 1] = '\0';
	channel_sign(long_secret, "1", "body", 4, signature);
	CHECK_STR(signature, "8ef64f4a5bd6859b6ec63ec840f52de2c9ceeb4737e0013bb86f2eb2d513ce94");
}

/* ---- mail ---- */

static void test_mail(void)
{
	size_t size;
	char *mail = body_of_mail(&plain, "hark@hill.example", &size);
	CHECK_INT(strlen(mail), size);
	CHECK_STR(mail, "Date: Tue, 14 Nov 2023 22:13:25 +0000\r\n"
			"From: Hark <hark@hill.example>\r\n"
			"To: <rivera@hill.example>\r\n"
			"Message-ID: <esc-7-0=2E1-mail-a3@hill.example>\r\n"
			"X-Hark-Id: esc-7-0=2E1-mail-a3\r\n"
			"Subject: Hark: a student asks for an adult\r\n"
			"Importance: high\r\nX-Priority: 1\r\n"
			"Auto-Submitted: auto-generated\r\n"
			"MIME-Version: 1.0\r\n"
			"Content-Type: text/plain; charset=utf-8\r\n"
			"Content-Transfer-Encoding: quoted-printable\r\n"
			"\r\n"
			"In the chat \"Paper Lantern\".\r\n"
			"Since 10:02.\r\n");
	free(mail);
}

/* The value of a header with its folding taken out, in a static buffer; NULL: not there, or twice.
 */
static const char *header(const char *mail, const char *name)
{
	static char value[4000];
	const char *end = strstr(mail, "\r\n\r\n");
	const char *found = NULL;
	for (const char *line = mail; line != NULL && line < end + 2;
		line = strstr(line, "\r\n") + 2) {
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
			if (found != NULL) {
				return NULL;
			}
			found = line + strlen(name) + 2;
		}
	}
	size_t used = 0;
	for (const char *at = found; at != NULL; at++) {
		if (at[0] == '\r' && at[1] == '\n') {
			if (at[2] != ' ') {
				break;
			}
			at++;
			continue;
		}
		value[used++] = *at;
	}
	value[used] = '\0';
	return found != NULL ? value : NULL;
}

/* What a reader makes of encoded words (RFC 2047). */
static void decode_words(const char *value, char *out)
{
	while (*value != '\0') {
		if (strncmp(value, "=?UTF-8?Q?", 10) == 0) {
			value += 10;
			while (strncmp(value, "?=", 2) != 0) {
				unsigned byte = (unsigned char)*value++;
				if (byte == '=') {
					sscanf(value, "%2X", &byte);
					value += 2;
				}
				*out++ = (char)byte;
			}
			value += 2;
			if (strncmp(value, " =?", 3) == 0) {
				value++; /* between two encoded words blanks do not count */
			}
		} else {
			*out++ = *value++;
		}
	}
	*out = '\0';
}

static void decode_quoted(const char *body, char *out)
{
	while (*body != '\0') {
		unsigned byte = (unsigned char)*body++;
		if (byte == '=' && strncmp(body, "\r\n", 2) == 0) {
			body += 2;
			continue;
		}
		if (byte == '=') {
			sscanf(body, "%2X", &byte);
			body += 2;
		}
		*out++ = (char)byte;
	}
	*out = '\0';
}

static bool lines_are_short(const char *mail, size_t max)
{
	for (const char *line = mail; *line != '\0';) {
		const char *end = strstr(line, "\r\n");
		if (end == NULL || (size_t)(end - line) > max) {
			return false;
		}
		line = end + 2;
	}
	return true;
}

static void test_titles_make_no_header(void)
{
	static const char *const titles[] = {"x\r\nBcc: evil@evil.example", "x\n\nbody",
		"x\rBcc: y", "=?UTF-8?Q?x?=", " begins with a blank",
		"Caf\xc3\xa9 \xf0\x9f\x98\x80",
		"a title that is plain, and so long that no header's line may hold it whole"};
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		struct channel_message message = plain;
		message.title = titles[i];
		size_t size;
		char *mail = body_of_mail(&message, "hark@hill.example", &size);
		CHECK(header(mail, "Bcc") == NULL);
		CHECK(header(mail, "To") != NULL);
		CHECK(lines_are_short(mail, 76));
		const char *subject = header(mail, "Subject");
		REQUIRE(subject != NULL);
		char decoded[4000];
		decode_words(subject, decoded);
		for (size_t at = 0; titles[i][at] != '\0'; at++) {
			bool control = (unsigned char)titles[i][at] < ' ';
			CHECK_INT(decoded[at], control ? ' ' : titles[i][at]);
		}
		free(mail);
	}
}

/* Any text comes out of the mail as it went in, but for CRLF where there was LF. */
static void test_random_texts(void)
{
	static const char *const pieces[] = {"a", "=", " ", "\n", ".", "\xc3\xa9",
		"\xf0\x9f\x98\x80", "\t", "From ", "\r", "word", "\n.\n", "\x7f"};
	struct random random = {1};
	for (int round = 0; round < 2000; round++) {
		char text[800] = "", title[200] = "";
		while (strlen(text) < 700 && !random_chance(&random, 1)) {
			strcat(text, pieces[random_below(&random, 13)]);
		}
		while (strlen(title) < 150 && !random_chance(&random, 5)) {
			strcat(title, pieces[random_below(&random, 13)]);
		}
		strcat(text, "\n");
		struct channel_message message = plain;
		message.text = text;
		message.title = title;
		size_t size;
		char *mail = body_of_mail(&message, "hark@hill.example", &size);
		CHECK(lines_are_short(mail, 76));
		char decoded[4000], expected[4000], *at = expected;
		decode_quoted(strstr(mail, "\r\n\r\n") + 4, decoded);
		for (const char *c = text; *c != '\0'; c++) {
			if (*c == '\n') {
				*at++ = '\r';
			}
			*at++ = *c;
		}
		*at = '\0';
		CHECK_STR(decoded, expected);
		free(mail);
	}
}

int main(void)
{
	RUN(test_hark);
	RUN(test_escapes);
	RUN(test_ntfy);
	RUN(test_slack_calls_nobody);
	RUN(test_teams);
	RUN(test_signature);
	RUN(test_mail);
	RUN(test_titles_make_no_header);
	RUN(test_random_texts);
	return tap_done();
}
