/* The listener for real: requests over its unix socket, in the test's own loop. */
#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "collector/live/hub.h"
#include "collector/live/hub_serve.h"
#include "collector/live/listener.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/json.h"

#define PATIENCE_MS 10000

static char dir[64], path[100];
static uv_loop_t loop;
static struct hub *hub;
static struct listener *listener;
static struct grant_key key = { "0123456789abcdef0123456789abcde" };

static struct container_now values(int64_t id, double cpu_percent)
{
	struct container_now now = {
		.container_id = id, .cpu_percent = cpu_percent, .memory_bytes = 1e6, .memory_limit = 2e6
	};

	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	for (int i = 0; i < SPARK_LEN; i++)
		spark_push(&now.cpu, i);
	return now;
}

static void set(int64_t id, double cpu_percent)
{
	struct container_now now = values(id, cpu_percent);

	hub_container_now(hub, &now);
}

static int make(void **state)
{
	struct err err = ERR_INIT;
	int fd;

	(void)state;
	dir_make(dir);
	snprintf(path, sizeof(path), "%s/collector.sock", dir);
	assert_int_equal(uv_loop_init(&loop), 0);
	hub = hub_create();
	for (int64_t id = 1; id <= 200; id++) {
		hub_container(hub, id, 1 + id % 2, "web", "alpha", true);
		set(id, 1);
	}
	hub_flush(hub);
	if (listener_bind(path, &fd, &err) || listener_start(&loop, fd, &key, hub, &listener, &err))
		fail_msg("%s", err.text);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	listener_stop(&listener);
	while (uv_run(&loop, UV_RUN_DEFAULT))
		;
	assert_int_equal(uv_loop_close(&loop), 0);
	hub_free(&hub);
	dir_remove(dir);
	return 0;
}

static int dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static int ask(const char *method, const char *target, const char *headers)
{
	AUTO_SB text = SB_INIT(100000);
	int fd = dial();

	sb_addf(&text, "%s %s HTTP/1.1\r\nHost: collector\r\n%s\r\n", method, target, headers);
	assert_int_equal(send(fd, text.data, text.len, MSG_NOSIGNAL), (ssize_t)text.len);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static int ask_signed(const char *url, const char *params, const char *headers)
{
	AUTO_SB target = SB_INIT(4096);

	sb_addf(&target, "%s?", url);
	grant_sign(&key, params, clock_wall_ms(), &target);
	return ask("GET", target.data, headers);
}

/* Runs the loop and reads until the text holds `part` (NULL: until the end). False: not in time, or ended. */
static bool read_until(int fd, const char *part, struct sb *text)
{
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
	char piece[8192];

	while (clock_mono_ms() < until_ms) {
		ssize_t got;

		if (part && strstr(text->data, part))
			return true;
		uv_run(&loop, UV_RUN_NOWAIT);
		got = recv(fd, piece, sizeof(piece), 0);
		if (got > 0)
			sb_add_mem(text, piece, (size_t)got);
		else if (got == 0 || errno != EAGAIN)
			return !part;
		else
			usleep(200);
	}
	return false;
}

static bool has_all(const char *text, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count && parts[i]; i++) {
		if (!strstr(text, parts[i]))
			return false;
	}
	return true;
}

static void expect(int fd, const char *a, const char *b)
{
	const char *const parts[] = { a, b };
	AUTO_SB text = SB_INIT(1000000);

	read_until(fd, NULL, &text);
	close(fd);
	if (!has_all(text.data, parts, 2))
		fail_msg("wanted \"%s\" and \"%s\" in:\n%s", a, b ? b : "", text.data);
}

#define CLOSE "Connection: close\r\n"

static void routes_and_methods(void **state)
{
	(void)state;
	expect(ask("GET", "/-/ping", CLOSE), "HTTP/1.1 200 OK\r\n", "\r\n\r\nok\n");
	expect(ask("GET", "/", CLOSE), "HTTP/1.1 404 ", NULL);
	expect(ask("GET", "/-/streams", CLOSE), "HTTP/1.1 404 ", NULL);
	expect(ask("GET", "/-/stream/", CLOSE), "HTTP/1.1 404 ", NULL);
	expect(ask("POST", "/-/ping", CLOSE "Content-Length: 0\r\n"), "HTTP/1.1 405 ", "Allow: GET\r\n");
	expect(ask("DELETE", "/-/stream", CLOSE), "HTTP/1.1 405 ", NULL);
	expect(ask("HEAD", "/-/ping", CLOSE), "HTTP/1.1 405 ", NULL);
}

static void nothing_opens_without_a_grant(void **state)
{
	static const char *const urls[] = { "/-/stream", "/-/live" };
	struct grant_key other = { "another key, another key, anoth" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		AUTO_SB good = SB_INIT(4096), late = SB_INIT(4096), foreign = SB_INIT(4096);

		sb_addf(&good, "%s?", urls[i]);
		sb_addf(&late, "%s?", urls[i]);
		sb_addf(&foreign, "%s?", urls[i]);
		grant_sign(&key, "topic=hosts", clock_wall_ms(), &good);
		grant_sign(
		    &key, "until=99999999999999&topic=hosts", clock_wall_ms() - GRANT_LIFE_MS - 1000, &late);
		grant_sign(&other, "topic=hosts", clock_wall_ms(), &foreign);
		expect(ask("GET", urls[i], CLOSE), "HTTP/1.1 403 ", "carries no grant");
		expect(ask("GET", late.data, CLOSE), "HTTP/1.1 403 ", "has ended");
		expect(ask("GET", foreign.data, CLOSE), "HTTP/1.1 403 ", "not signed");
		good.data[strlen(urls[i]) + 7]++; /* "topic=iosts" */
		expect(ask("GET", good.data, CLOSE), "HTTP/1.1 403 ", "not signed");
	}
	assert_false(hub_watched(hub, 1, 0));
}

static void what_is_granted_is_checked_again(void **state)
{
	static const char *const bad[] = { "topic=", "topic=host", "topic=host:0", "topic=host:-1",
		"topic=container:x", "topic=live", "topic=containers:1",
		"topic=container:99999999999999999999", "x=1" };
	static const char *const bad_pages[] = { "sort=name", "sort=cpu&base=%22%3E%3Cscript%3E",
		"sort=cpu&base=//evil.example", "sort=cpu&base=dockmon", "sort=cpu&theme=blue",
		"sort=cpu&v=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(ask_signed("/-/stream", bad[i], CLOSE), "HTTP/1.1 400 ", NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad_pages); i++)
		expect(ask_signed("/-/live", bad_pages[i], CLOSE), "HTTP/1.1 400 ", NULL);
}

/* The body of a chunked answer. */
static void unchunk(const char *text, struct sb *body)
{
	const char *at = strstr(text, "\r\n\r\n");

	assert_non_null(at);
	at += 4;
	while (*at) {
		char *end;
		size_t len = strtoul(at, &end, 16);

		if (!len || strncmp(end, "\r\n", 2) || strlen(end + 2) < len)
			return;
		sb_add_mem(body, end + 2, len);
		at = end + 2 + len + 2;
	}
}

static void a_long_snapshot_arrives_whole(void **state)
{
	AUTO_SB text = SB_INIT(1000000), body = SB_INIT(1000000);
	AUTO_JSON *json = NULL;
	struct err err = ERR_INIT;
	int fd = ask_signed("/-/stream", "topic=containers", "");
	const char *data;

	(void)state;
	assert_true(read_until(fd, "}\n\n", &text));
	assert_non_null(strstr(text.data, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(text.data, "Content-Type: text/event-stream"));
	assert_non_null(strstr(text.data, "Cache-Control: no-store\r\n"));
	assert_non_null(strstr(text.data, "X-Accel-Buffering: no\r\n"));
	unchunk(text.data, &body);
	assert_true(body.len > 40000);
	data = strstr(body.data, "\ndata: ");
	assert_non_null(data);
	data += 7;
	if (json_parse(data, strcspn(data, "\n"), &json, &err))
		fail_msg("%s", err.text);
	assert_string_equal(json_str(json, "c200.cpu", ""), "1.0 %");
	assert_string_equal(json_str(json, "c1.mem", ""), "1.00 MB");
	close(fd);
}

static void values_and_changes_reach_a_browser(void **state)
{
	AUTO_SB text = SB_INIT(1000000);
	int fd = ask_signed("/-/stream", "topic=container:7", "");
	int64_t begin_ms;

	(void)state;
	assert_true(read_until(fd, "}\n\n", &text));
	assert_true(hub_watched_closely(hub, 2, 7));
	sb_reset(&text);
	begin_ms = clock_mono_ms();
	hub_change(hub, 2, 7);
	assert_true(read_until(fd, "event: change\ndata: {}\n\n", &text));
	assert_true(clock_mono_ms() - begin_ms < 1000);
	sb_reset(&text);
	hub_change(hub, 2, 7); /* kept back a little, then sent by itself */
	assert_true(read_until(fd, "event: change\ndata: {}\n\n", &text));
	sb_reset(&text);
	for (int i = 10; i < 60; i++) {
		char want[64];

		set(7, i);
		hub_flush(hub);
		snprintf(want, sizeof(want), "data: {\"c7.cpu\":\"%d.0 %%\"}\n\n", i);
		assert_true(read_until(fd, want, &text));
	}
	close(fd);
}

static void a_browser_resumes_by_its_header(void **state)
{
	AUTO_SB text = SB_INIT(1000000);
	char header[128];
	const char *id;
	int fd = ask_signed("/-/stream", "topic=events", "");

	(void)state;
	assert_true(read_until(fd, "}\n\n", &text));
	id = strstr(text.data, "\nid: ");
	assert_non_null(id);
	snprintf(header, sizeof(header), "Last-Event-ID: %.*s\r\n", (int)strcspn(id + 5, "\n"), id + 5);
	close(fd);
	hub_events(hub, 1, 2);
	fd = ask_signed("/-/stream", "topic=events", header);
	sb_reset(&text);
	assert_true(read_until(fd, "event: change", &text));
	close(fd);
	fd = ask_signed("/-/stream", "topic=events", "Last-Event-ID: other-1\r\n");
	sb_reset(&text);
	assert_true(read_until(fd, "event: change", &text));
	close(fd);
}

static void who_leaves_is_forgotten(void **state)
{
	AUTO_SB text = SB_INIT(1000000);
	int fd = ask_signed("/-/stream", "topic=container:7", "");
	int64_t until_ms = clock_mono_ms() + PATIENCE_MS;

	(void)state;
	assert_true(read_until(fd, "}\n\n", &text));
	assert_int_equal(listener_clients(listener), 1);
	close(fd);
	for (int i = 0; listener_clients(listener) && clock_mono_ms() < until_ms; i++) {
		set(7, i % 100);
		hub_flush(hub);
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(listener_clients(listener), 0);
	assert_false(hub_watched(hub, 2, 7));
}

/* It takes nothing: values are dropped, the other browser is served meanwhile, and later it has all. */
static void a_browser_that_does_not_read_harms_nobody(void **state)
{
	AUTO_SB slow_text = SB_INIT(32000000), text = SB_INIT(32000000);
	int slow = ask_signed("/-/stream", "topic=containers", ""),
	    fast = ask_signed("/-/stream", "topic=containers", "");

	(void)state;
	assert_true(read_until(fast, "}\n\n", &text));
	for (int i = 0; i < 500; i++) {
		for (int64_t id = 1; id <= 200; id++)
			set(id, 1 + (i + id) % 90);
		hub_flush(hub);
		sb_reset(&text);
		assert_true(read_until(fast, "}\n\n", &text));
	}
	set(200, 99);
	hub_flush(hub);
	assert_true(read_until(slow, "\"c200.cpu\":\"99.0 %\"", &slow_text));
	assert_true(slow_text.len < 2000000); /* 500 times 4 kB were not kept for it */
	close(slow);
	close(fast);
}

static void the_live_document_streams(void **state)
{
	AUTO_SB text = SB_INIT(1000000);
	int fd = ask_signed("/-/live", "sort=cpu&base=/d&theme=light&v=7", "");
	const char *nonce;
	char want[128];

	(void)state;
	assert_true(read_until(fd, "</style>", &text));
	nonce = strstr(text.data, "'nonce-");
	assert_non_null(nonce);
	nonce += 7;
	assert_int_equal(strcspn(nonce, "'"), 22);
	snprintf(want, sizeof(want), "<style nonce=\"%.22s\">", nonce);
	assert_non_null(strstr(text.data, want));
	assert_non_null(
	    strstr(text.data, "Content-Security-Policy: default-src 'none'; style-src 'self' 'nonce-"));
	assert_non_null(strstr(text.data, "Content-Type: text/html; charset=utf-8"));
	assert_non_null(strstr(text.data, "href=\"/d/static/dockmon.css?v=7\""));
	sb_reset(&text);
	set(7, 42);
	hub_flush(hub);
	assert_true(read_until(fd, "#c7{--c:\"42.0 %\";--w:42%;order:-420}\n</style>\n", &text));
	assert_non_null(strstr(text.data, want));
	close(fd);
	expect(ask_signed("/-/live", "sort=mem&once=1&base=&theme=auto&v=7", ""), "</table></body></html>\n",
	    "\r\n0\r\n");
}

static void stopping_ends_every_stream(void **state)
{
	AUTO_SB text = SB_INIT(1000000);
	struct listener *ours = listener;
	int fd = ask_signed("/-/stream", "topic=events", ""), idle = dial();

	(void)state;
	assert_true(read_until(fd, "}\n\n", &text));
	listener = NULL;
	listener_stop(&ours);
	assert_null(ours);
	assert_true(read_until(fd, NULL, &text));
	assert_string_equal(
	    text.data + text.len - 5, "0\r\n\r\n"); /* a clean end, so that nginx does not complain */
	close(fd);
	close(idle);
}

static void requests_that_are_too_long_or_broken_are_refused(void **state)
{
	AUTO_SB target = SB_INIT(100000), text = SB_INIT(10000);
	int fd;

	(void)state;
	sb_add(&target, "/-/stream?topic=");
	for (int i = 0; i < 60000; i++)
		sb_add_char(&target, 'a');
	expect(ask("GET", target.data, CLOSE), "HTTP/1.1 414 ", NULL);
	fd = dial();
	assert_int_equal(send(fd, "\x16\x03\x01\r\n\r\n\r\n", 9, MSG_NOSIGNAL), 9);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	assert_true(read_until(fd, NULL, &text));
	close(fd);
	assert_int_equal(listener_clients(listener), 0);
	expect(ask("GET", "/-/ping", CLOSE), "HTTP/1.1 200 OK\r\n", NULL);
}

static void the_socket_is_private_and_not_taken_twice(void **state)
{
	char other[128];
	struct err err = ERR_INIT;
	struct stat st;
	int fd = -1;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(listener_bind(path, &fd, &err), -EADDRINUSE);
	assert_non_null(strstr(err.text, "another collector"));
	snprintf(other, sizeof(other), "%s/stale.sock", dir);
	CHECK_OK(listener_bind(other, &fd, &err));
	close(fd); /* as if it had been killed */
	CHECK_OK(listener_bind(other, &fd, &err));
	close(fd);
	snprintf(other, sizeof(other), "%s/none/x.sock", dir);
	assert_int_equal(listener_bind(other, &fd, &err), -ENOENT);
	assert_non_null(strstr(err.text, "dockmonctl init"));
	assert_int_equal(listener_bind("relative.sock", &fd, &err), -EINVAL);
	memset(other, 'x', sizeof(other) - 1);
	other[0] = '/';
	other[sizeof(other) - 1] = '\0';
	assert_int_equal(listener_bind(other, &fd, &err), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(routes_and_methods, make, drop),
		cmocka_unit_test_setup_teardown(nothing_opens_without_a_grant, make, drop),
		cmocka_unit_test_setup_teardown(what_is_granted_is_checked_again, make, drop),
		cmocka_unit_test_setup_teardown(a_long_snapshot_arrives_whole, make, drop),
		cmocka_unit_test_setup_teardown(values_and_changes_reach_a_browser, make, drop),
		cmocka_unit_test_setup_teardown(a_browser_resumes_by_its_header, make, drop),
		cmocka_unit_test_setup_teardown(who_leaves_is_forgotten, make, drop),
		cmocka_unit_test_setup_teardown(a_browser_that_does_not_read_harms_nobody, make, drop),
		cmocka_unit_test_setup_teardown(the_live_document_streams, make, drop),
		cmocka_unit_test_setup_teardown(stopping_ends_every_stream, make, drop),
		cmocka_unit_test_setup_teardown(requests_that_are_too_long_or_broken_are_refused, make, drop),
		cmocka_unit_test_setup_teardown(the_socket_is_private_and_not_taken_twice, make, drop),
	};

	return cmocka_run_group_tests_name("live_listener", tests, NULL, NULL);
}
