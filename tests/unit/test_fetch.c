/* Requests to a server in the same loop that answers as each row of a table says. */
#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>
#include <uv.h>

#include "collector/fetch/fetch.h"
#include "lib/base/die.h"
#include "lib/base/sb.h"

enum after { AFTER_KEEP, AFTER_CLOSE };

static const struct answer {
	const char *bytes; /* NULL: nothing is said */
	enum after after;
	int result;
	const char *says; /* in the sentence, or the body */
} answers[] = {
	{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", AFTER_KEEP, 0, "hello" },
	{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", AFTER_KEEP,
	    0, "abcde" },
	{ "HTTP/1.1 204 No Content\r\n\r\n", AFTER_KEEP, 0, "" },
	{ "HTTP/1.1 404 Not Found\r\nContent-Length: 27\r\n\r\n{\"message\":\"No such thing\"}\n", AFTER_KEEP,
	    -ENOENT, "answered 404 to GET /3: No such thing." },
	{ "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", AFTER_KEEP, -EPROTO, "answered 500 to GET /4." },
	{ "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 17\r\n\r\n<html>no!</html>\n", AFTER_KEEP, -EPROTO,
	    "a web page" },
	{ "HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", AFTER_KEEP,
	    -EPROTO, "301" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", AFTER_CLOSE, -ECONNRESET, "in the middle" },
	{ "", AFTER_CLOSE, -ECONNRESET, "without an answer" },
	{ "SSH-2.0-OpenSSH_9.2\r\n\r\n", AFTER_CLOSE, -EBADMSG, "does not speak HTTP" },
	{ NULL, AFTER_KEEP, -ETIMEDOUT, "did not answer within 0.05 s" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", AFTER_KEEP, -ETIMEDOUT, "did not end it" },
	{ "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n1234567890123456789012345678901234567890", AFTER_KEEP,
	    -EFBIG, "which is the limit" },
};

struct peer {
	uv_pipe_t pipe;
	char request[1024];
	size_t len;
};

static uv_loop_t loop;
static uv_pipe_t listener;
static uv_timer_t waker; /* UV_RUN_ONCE waits for I/O even if a timer of its turn did all there was to do */
static struct fetcher *fetcher;
static struct lane *lane;
static char dir[64], url[128];
static size_t connections, requests;

static void on_peer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void close_peer(struct peer *peer)
{
	if (!uv_is_closing((uv_handle_t *)&peer->pipe))
		uv_close((uv_handle_t *)&peer->pipe, on_peer_closed);
}

static void on_written(uv_write_t *write, int status)
{
	struct peer *peer = write->handle->data;
	bool last = write->data;

	(void)status;
	free(write);
	if (last)
		close_peer(peer);
}

static void say(struct peer *peer, const char *bytes, size_t len, bool last)
{
	uv_write_t *write = xcalloc(1, sizeof(*write));
	uv_buf_t buffer = uv_buf_init((char *)bytes, (unsigned)len);

	write->data = last ? peer : NULL;
	assert_int_equal(uv_write(write, (uv_stream_t *)&peer->pipe, &buffer, 1, on_written), 0);
}

/* GET /N is answered by row N; GET /stream by a stream; /silent never. */
static void answer(struct peer *peer)
{
	static const char stream[] =
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n";
	unsigned row = ARRAY_LEN(answers);

	requests++;
	if (!strncmp(peer->request, "GET /stream", 11)) {
		say(peer, stream, sizeof(stream) - 1, false);
		return;
	}
	if (sscanf(peer->request, "GET /%u", &row) != 1 || row >= ARRAY_LEN(answers) || !answers[row].bytes)
		return;
	if (!*answers[row].bytes)
		close_peer(peer);
	else
		say(peer, answers[row].bytes, strlen(answers[row].bytes), answers[row].after == AFTER_CLOSE);
}

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct peer *peer = handle->data;

	(void)wanted;
	*buffer = uv_buf_init(peer->request + peer->len, (unsigned)(sizeof(peer->request) - 1 - peer->len));
}

static void on_request(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct peer *peer = stream->data;

	(void)buffer;
	if (got < 0) {
		close_peer(peer);
		return;
	}
	peer->len += (size_t)got;
	peer->request[peer->len] = '\0';
	if (!strstr(peer->request, "\r\n\r\n"))
		return;
	peer->len = 0;
	answer(peer);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct peer *peer = xcalloc(1, sizeof(*peer));

	assert_int_equal(status, 0);
	connections++;
	uv_pipe_init(&loop, &peer->pipe, 0);
	peer->pipe.data = peer;
	assert_int_equal(uv_accept(server, (uv_stream_t *)&peer->pipe), 0);
	uv_read_start((uv_stream_t *)&peer->pipe, give_room, on_request);
}

static void wake(uv_timer_t *timer)
{
	(void)timer;
}

static int begin(void **state)
{
	char path[96];

	(void)state;
	dir_make(dir);
	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(url, sizeof(url), "unix://%s", path);
	connections = requests = 0;
	uv_loop_init(&loop);
	uv_timer_init(&loop, &waker);
	uv_timer_start(&waker, wake, 5, 5);
	uv_pipe_init(&loop, &listener, 0);
	assert_int_equal(uv_pipe_bind(&listener, path), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&listener, 128, on_connection), 0);
	fetcher = fetcher_create(&loop);
	CHECK_OK(lane_create(fetcher, url, &lane, NULL));
	return 0;
}

static int end(void **state)
{
	struct fetch_figures figures;

	(void)state;
	lane_free(&lane);
	fetcher_figures(fetcher, &figures);
	assert_int_equal(figures.in_flight, 0);
	assert_int_equal(figures.queued, 0);
	assert_int_equal(figures.body_bytes, 0);
	fetcher_close(&fetcher);
	uv_close((uv_handle_t *)&listener, NULL);
	uv_close((uv_handle_t *)&waker, NULL);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	dir_remove(dir);
	return 0;
}

struct outcome {
	int calls, result;
	char text[512], body[512];
	struct fetch *fetch;
};

static void on_done(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct outcome *outcome = arg;

	outcome->calls++;
	outcome->result = result;
	outcome->fetch = NULL;
	snprintf(outcome->text, sizeof(outcome->text), "%s", err->text);
	snprintf(outcome->body, sizeof(outcome->body), "%s", reply->body);
}

static void start(const char *path, enum fetch_kind kind, struct outcome *outcome)
{
	struct fetch_request request = { .path = path,
		.kind = kind,
		.deadline_ms = 50,
		.max_bytes = 32,
		.done = on_done,
		.arg = outcome };

	CHECK_OK(fetch_start(lane, &request, &outcome->fetch));
	assert_int_equal(outcome->calls, 0); /* never within fetch_start */
}

static void run_until(const int *flag)
{
	while (!*flag)
		uv_run(&loop, UV_RUN_ONCE);
}

static void answers_and_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct outcome outcome = { 0 };
		char path[32];

		snprintf(path, sizeof(path), "/%zu", i);
		start(path, FETCH_PROMPT, &outcome);
		run_until(&outcome.calls);
		if (outcome.result != answers[i].result)
			fail_msg("row %zu: %d, %s", i, outcome.result, outcome.text);
		if (answers[i].result &&
		    (!strstr(outcome.text, answers[i].says) || !strstr(outcome.text, url)))
			fail_msg("row %zu: %s", i, outcome.text);
		if (!answers[i].result)
			assert_string_equal(outcome.body, answers[i].says);
	}
}

static void nobody_listens(void **state)
{
	static const struct {
		const char *url;
		int result;
		const char *says;
	} table[] = {
		{ "unix:///nonexistent/docker.sock", -ECONNREFUSED,
		    "There is no socket unix:///nonexistent/docker.sock" },
		{ "tcp://127.0.0.1:1", -ECONNREFUSED, "Nothing listens on tcp://127.0.0.1:1" },
		{ "unix:///etc/passwd", -ECONNREFUSED, "Nothing listens on unix:///etc/passwd" },
	};
	struct lane *ours = lane;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct outcome outcome = { 0 };

		CHECK_OK(lane_create(fetcher, table[i].url, &lane, NULL));
		start("/_ping", FETCH_PROMPT, &outcome);
		run_until(&outcome.calls);
		assert_int_equal(outcome.result, table[i].result);
		if (!strstr(outcome.text, table[i].says))
			fail_msg("%s", outcome.text);
		lane_free(&lane);
	}
	lane = ours;
}

static void addresses_are_checked(void **state)
{
	static const char *const bad[] = { "", "docker.sock", "http://a", "unix://relative", "tcp://",
		"tcp://a/b", "tcp://a@b" };
	struct lane *none = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(lane_create(fetcher, bad[i], &none, &err), -EINVAL);
	assert_null(none);
}

/* A server that says nothing holds LANE_PLACES requests; samples leave some to others. */
static void places_are_bounded(void **state)
{
	struct outcome samples[20] = { 0 }, prompt[20] = { 0 };
	struct fetch_figures figures;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		start("/silent", FETCH_BACKGROUND, &samples[i]);
	fetcher_figures(fetcher, &figures);
	assert_int_equal(figures.in_flight, LANE_PLACES - LANE_SPARE_PLACES);
	for (size_t i = 0; i < ARRAY_LEN(prompt); i++)
		start("/silent", FETCH_PROMPT, &prompt[i]);
	fetcher_figures(fetcher, &figures);
	assert_int_equal(figures.in_flight, LANE_PLACES);
	assert_int_equal(figures.queued, 40 - LANE_PLACES);
	fetch_cancel(&prompt[0].fetch);   /* in flight: the next one takes its place */
	fetch_cancel(&samples[19].fetch); /* waiting */
	fetcher_figures(fetcher, &figures);
	assert_int_equal(figures.in_flight, LANE_PLACES);
	assert_int_equal(figures.queued, 38 - LANE_PLACES);
	for (size_t i = 0; i < ARRAY_LEN(prompt); i++)
		while (!prompt[i].calls && prompt[i].fetch)
			uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(prompt[0].calls, 0);
	assert_int_equal(prompt[19].result, -ETIMEDOUT);
}

static void the_queue_is_bounded(void **state)
{
	static struct outcome outcomes[LANE_QUEUE_MAX + LANE_PLACES + 1];
	struct fetch_request request = {
		.path = "/silent", .kind = FETCH_PROMPT, .deadline_ms = 1000, .done = on_done
	};
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		request.arg = &outcomes[i];
		taken += fetch_start(lane, &request, &outcomes[i].fetch) == 0;
	}
	assert_int_equal(taken, LANE_QUEUE_MAX + LANE_PLACES);
	lane_free(&lane); /* none of them is told */
	uv_run(&loop, UV_RUN_NOWAIT);
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		assert_int_equal(outcomes[i].calls, 0);
}

static void connections_are_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct outcome outcome = { 0 };

		start("/0", FETCH_PROMPT, &outcome);
		run_until(&outcome.calls);
		assert_int_equal(outcome.result, 0);
	}
	assert_int_equal(requests, 10);
	assert_int_equal(connections, 1);
}

struct listening {
	struct fetch *fetch;
	struct outcome *inner;
	int opened, heard, cancel_at;
	char text[64];
};

static void on_stream_end(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct listening *l = arg;

	(void)result;
	(void)reply;
	(void)err;
	l->fetch = NULL;
	l->heard = -1;
}

/* Within the stream's callback: starts another request, cancels that, cancels itself. */
static void on_stream(const char *bytes, size_t len, void *arg)
{
	struct listening *l = arg;
	size_t used = strlen(l->text);

	if (!len) {
		l->opened++;
		return;
	}
	snprintf(l->text + used, sizeof(l->text) - used, "%.*s", (int)len, bytes);
	l->heard++;
	if (l->inner) {
		start("/0", FETCH_PROMPT, l->inner);
		if (l->cancel_at == 2)
			fetch_cancel(&l->inner->fetch);
		l->inner = NULL;
	}
	if (l->cancel_at)
		fetch_cancel(&l->fetch);
}

static void listen_to(const char *path, struct listening *l)
{
	struct fetch_request request = { .path = path,
		.kind = FETCH_STREAM,
		.max_bytes = 64,
		.done = on_stream_end,
		.data = on_stream,
		.arg = l };

	CHECK_OK(fetch_start(lane, &request, &l->fetch));
	while (!l->heard)
		uv_run(&loop, UV_RUN_ONCE);
}

static void streams_are_heard_and_cancelled_within(void **state)
{
	struct outcome inner = { 0 }, cancelled = { 0 };
	struct listening plain = { 0 }, once = { .inner = &inner, .cancel_at = 1 },
	                 twice = { .inner = &cancelled, .cancel_at = 2 };
	struct listening refused = { 0 };

	(void)state;
	listen_to("/stream", &plain);
	while (strcmp(plain.text, "one\ntwo\n"))
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(plain.opened, 1);
	fetch_cancel(&plain.fetch);
	listen_to("/stream", &once);
	assert_null(once.fetch);
	run_until(&inner.calls);
	assert_string_equal(inner.body, "hello");
	listen_to("/stream", &twice);
	listen_to("/3", &refused); /* 404: not a stream */
	assert_int_equal(refused.opened, 0);
	assert_int_equal(refused.heard, -1);
	assert_int_equal(cancelled.calls, 0);
	assert_true(once.heard == 1 && twice.heard == 1);
}

static void on_free_lane(const char *bytes, size_t len, void *arg)
{
	int *called = arg;

	(void)bytes;
	(void)len;
	(*called)++;
	lane_free(&lane);
}

static void a_lane_may_go_within_its_own_callback(void **state)
{
	struct outcome waiting = { 0 };
	int called = 0;
	struct fetch_request request = { .path = "/stream",
		.kind = FETCH_STREAM,
		.max_bytes = 64,
		.done = on_stream_end,
		.data = on_free_lane,
		.arg = &called };

	(void)state;
	start("/silent", FETCH_PROMPT, &waiting);
	CHECK_OK(fetch_start(lane, &request, NULL));
	run_until(&called);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(called, 1);
	assert_int_equal(waiting.calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_and_sentences, begin, end),
		cmocka_unit_test_setup_teardown(nobody_listens, begin, end),
		cmocka_unit_test_setup_teardown(addresses_are_checked, begin, end),
		cmocka_unit_test_setup_teardown(places_are_bounded, begin, end),
		cmocka_unit_test_setup_teardown(the_queue_is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(connections_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(streams_are_heard_and_cancelled_within, begin, end),
		cmocka_unit_test_setup_teardown(a_lane_may_go_within_its_own_callback, begin, end),
	};

	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
