/* libcurl's multi interface on the loop, its easy interface on libuv's threads. */
#include "daemon/channel_curl.h"

#include "daemon/version.h"
#include "daemon/xalloc.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	ANSWER_MAX = 64 * 1024, /* bytes of an answer that are read, to be thrown away */
};

struct transfers {
	uv_loop_t *loop;
	CURLM *multi;
	uv_timer_t timer; /* libcurl's */
};

struct transfer {
	struct transfers *transfers;
	CURL *easy;
	struct curl_slist *list; /* headers, or the one recipient */
	char *body;
	size_t size, at; /* bytes of body, and how many a mail has read */
	size_t answered; /* bytes of the answer so far */
	transfer_done *done; /* NULL: cancelled */
	void *data;
	bool is_mail;
	uv_work_t work; /* a mail's */
	CURLcode code; /* a mail's, from its thread */
	atomic_bool stop; /* its thread looks at it */
};

/* A socket of libcurl's that the loop watches. */
struct watch {
	uv_poll_t poll;
	struct transfers *transfers;
	curl_socket_t socket;
};

/* ---- what libcurl asks for, of any transfer ---- */

static size_t on_answer(char *bytes, size_t one, size_t size, void *data)
{
	(void)bytes;
	(void)one; /* always 1 */
	struct transfer *transfer = data;
	transfer->answered += size;
	return transfer->answered <= ANSWER_MAX ? size : 0;
}

static size_t on_read(char *bytes, size_t one, size_t count, void *data)
{
	struct transfer *transfer = data;
	size_t size = one * count;
	size_t left = transfer->size - transfer->at;
	size = size < left ? size : left;
	memcpy(bytes, transfer->body + transfer->at, size);
	transfer->at += size;
	return size;
}

static int on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return atomic_load(&((struct transfer *)data)->stop);
}

/* The school's program must inherit none. */
static curl_socket_t on_open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)data;
	(void)purpose;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- making one ---- */

static void set_common(struct transfer *transfer, const struct transfer_request *request)
{
	CURL *easy = transfer->easy;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	/* Or a name server that hangs would be waited for on the loop. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (request->ca_file[0] != '\0') {
		/* The system's directory of certificates (CURLOPT_CAPATH) stays. */
		curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
	}
}

static void set_web(struct transfer *transfer, const struct transfer_request *request)
{
	CURL *easy = transfer->easy;
	for (const char *const *header = request->headers; *header != NULL; header++) {
		transfer->list = curl_slist_append(transfer->list, *header);
	}
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "Hark/" HARK_VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->list);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->size);
}

static void set_mail(struct transfer *transfer, const struct transfer_request *request)
{
	CURL *easy = transfer->easy;
	transfer->list = curl_slist_append(NULL, request->mail_to);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_USE_SSL,
		(long)(request->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, request->mail_from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->list);
	if (request->user[0] != '\0') {
		curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
	}
	/* Of one answer, that to QUIT too; in whole seconds. */
	curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
		(long)(request->timeout_ms / 1000 > 0 ? request->timeout_ms / 1000 : 1));
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)transfer->size);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, transfer);
}

static void destroy_transfer(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->list);
	free(transfer->body);
	free(transfer);
}

/* ---- how it went ---- */

static void finish(struct transfer *transfer, CURLcode code)
{
	char problem[TRANSFER_PROBLEM_BYTES] = "";
	long answer = 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &answer);
	/* An answer that goes on too long is broken off: what counts is how it began. */
	bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && !transfer->is_mail);
	if (transfer->is_mail && !answered && answer >= 400) {
		snprintf(problem, sizeof(problem), "The mail server answered %ld.", answer);
	} else if (!answered) {
		snprintf(problem, sizeof(problem), "%s.", curl_easy_strerror(code));
	} else if (!transfer->is_mail && (answer < 200 || answer > 299)) {
		snprintf(problem, sizeof(problem), "The server answered %ld.", answer);
	}
	transfer_done *done = transfer->done;
	void *data = transfer->data;
	destroy_transfer(transfer);
	if (done != NULL) {
		done(data, problem[0] != '\0' ? problem : NULL);
	}
}

/* ---- web requests, on the loop ---- */

static void finish_those_done(struct transfers *transfers)
{
	int left;
	for (CURLMsg *message; (message = curl_multi_info_read(transfers->multi, &left)) != NULL;) {
		if (message->msg != CURLMSG_DONE) {
			continue;
		}
		CURLcode code = message->data.result;
		CURL *easy = message->easy_handle;
		struct transfer *transfer;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
		curl_multi_remove_handle(transfers->multi, easy);
		finish(transfer, code);
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct transfers *transfers = timer->data;
	int running;
	curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_those_done(transfers);
}

static void on_socket_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	struct transfers *transfers = watch->transfers; /* the watch may go in between */
	int flags = (status < 0 ? CURL_CSELECT_ERR : 0) |
		    ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
		    ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);
	int running;
	curl_multi_socket_action(transfers->multi, watch->socket, flags, &running);
	finish_those_done(transfers);
}

/* CURLMOPT_TIMERFUNCTION: must not call libcurl itself. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *data)
{
	(void)multi;
	struct transfers *transfers = data;
	if (timeout_ms < 0) {
		uv_timer_stop(&transfers->timer);
	} else {
		uv_timer_start(&transfers->timer, on_timer, (uint64_t)timeout_ms, 0);
	}
	return 0;
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static struct watch *watch_create(struct transfers *transfers, curl_socket_t socket)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));
	watch->transfers = transfers;
	watch->socket = socket;
	watch->poll.data = watch;
	uv_poll_init_socket(transfers->loop, &watch->poll, socket);
	curl_multi_assign(transfers->multi, socket, watch);
	return watch;
}

/* CURLMOPT_SOCKETFUNCTION. */
static int on_socket_wanted(CURL *easy, curl_socket_t socket, int what, void *data, void *assigned)
{
	(void)easy;
	struct watch *watch = assigned;
	if (what == CURL_POLL_REMOVE) {
		if (watch != NULL) {
			uv_poll_stop(&watch->poll);
			uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
		}
		return 0;
	}
	if (watch == NULL) {
		watch = watch_create(data, socket);
	}
	int events = ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) |
		     ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
	uv_poll_start(&watch->poll, events, on_socket_ready);
	return 0;
}

/* ---- mails, on a thread each ---- */

static void on_work(uv_work_t *work)
{
	struct transfer *transfer = work->data;
	transfer->code = curl_easy_perform(transfer->easy);
}

static void on_worked(uv_work_t *work, int status)
{
	struct transfer *transfer = work->data;
	finish(transfer, status == 0 ? transfer->code : CURLE_ABORTED_BY_CALLBACK);
}

/* ---- from outside ---- */

static struct transfers *create(uv_loop_t *loop)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return NULL;
	}
	struct transfers *transfers = xcalloc(1, sizeof(*transfers));
	transfers->loop = loop;
	transfers->multi = curl_multi_init();
	if (transfers->multi == NULL) {
		free(transfers);
		curl_global_cleanup();
		return NULL;
	}
	uv_timer_init(loop, &transfers->timer);
	transfers->timer.data = transfers;
	curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
	curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
	curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, transfers);
	return transfers;
}

static void stop(struct transfers *transfers)
{
	curl_multi_cleanup(transfers->multi);
	transfers->multi = NULL;
	uv_close((uv_handle_t *)&transfers->timer, NULL);
}

static void destroy(struct transfers *transfers)
{
	assert(transfers->multi == NULL);
	free(transfers);
	curl_global_cleanup();
}

static struct transfer *start(struct transfers *transfers, const struct transfer_request *request,
	transfer_done *done, void *data)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	*transfer = (struct transfer){
		.transfers = transfers,
		.easy = curl_easy_init(),
		.body = request->body,
		.size = request->size,
		.done = done,
		.data = data,
		.is_mail = request->mail_to != NULL,
	};
	if (transfer->easy == NULL) {
		xalloc_failed();
	}
	set_common(transfer, request);
	if (transfer->is_mail) {
		set_mail(transfer, request);
		transfer->work.data = transfer;
		int failed = uv_queue_work(transfers->loop, &transfer->work, on_work, on_worked);
		assert(failed == 0); /* it takes any work that has a function */
		(void)failed;
	} else {
		set_web(transfer, request);
		curl_multi_add_handle(transfers->multi, transfer->easy);
	}
	return transfer;
}

static void cancel(struct transfer *transfer)
{
	transfer->done = NULL;
	if (transfer->is_mail) {
		atomic_store(&transfer->stop, true);
		uv_cancel((uv_req_t *)&transfer->work); /* if it has not begun yet */
		return;
	}
	curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
	destroy_transfer(transfer);
}

const struct transfer_functions hark_transfers = {
	.create = create,
	.stop = stop,
	.destroy = destroy,
	.start = start,
	.cancel = cancel,
};
