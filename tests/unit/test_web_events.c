/* The list of events: pages by key, filters, CSV. */
#include "tests/unit/webtest.h"

#include <errno.h>
#include <inttypes.h>

static struct webtest t;
static int64_t one, two; /* hosts */

static int make(void **state)
{
	(void)state;
	webtest_open(&t, "");
	webtest_add_users(&t);
	webtest_beat(&t, 0);
	one = webtest_add_host(&t, "rack-01", "unix:///run/a.sock");
	two = webtest_add_host(&t, "rack-02", "unix:///run/b.sock");
	webtest_sign_in(&t, "reader");
	return 0;
}

static int drop(void **state)
{
	(void)state;
	webtest_close(&t);
	return 0;
}

static int64_t add(int64_t host, const char *name, struct container c)
{
	c.host_id = host;
	c.name = name;
	return webtest_add_container(&t, c);
}

static void add_events(int64_t container, int count)
{
	int64_t now = clock_wall_ms() * 1000000;

	CHECK_OK(store_begin(t.collector, NULL));
	for (int i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "ev%03d", i);
		/* pairs share a moment, so that the key needs the id too */
		CHECK_OK(event_add(t.collector,
		             &(struct event){ .host_id = i % 5 ? one : two,
		                 .container_id = i % 2 ? container : 0,
		                 .at_ns = now - (int64_t)(count - i) / 2 * 1000000000,
		                 .kind = i % 3 ? "container" : "image",
		                 .action = "start",
		                 .actor_id = name,
		                 .actor_name = name }) < 0);
	}
	CHECK_OK(store_commit(t.collector, NULL));
}

/* Names of the events in order, joined by spaces. */
static const char *event_names(const char *path)
{
	static char text[65536];
	size_t len = 0;

	text[0] = '\0';
	assert_int_equal(webtest_get(&t, path), 200);
	for (const char *p = t.body; (p = strstr(p, "<tr id=\"e"));) {
		p = strstr(p, "ev");
		assert_non_null(p);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.5s", len ? " " : "", p);
	}
	return text;
}

static bool follow(const char *rel, char path_r[256])
{
	char mark[32];
	const char *end, *begin;

	snprintf(mark, sizeof(mark), "\" rel=\"%s\"", rel);
	end = strstr(t.body, mark);
	if (!end)
		return false;
	for (begin = end; begin[-1] != '"'; begin--)
		;
	snprintf(path_r, 256, "%.*s", (int)(end - begin), begin);
	for (char *amp; (amp = strstr(path_r, "&amp;"));)
		memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
	return true;
}

static void events_page_by_key(void **state)
{
	char newest[65536], second[65536], third[256], path[256] = "/events";
	int64_t id = add(one, "evc", (struct container){ .state = CONTAINER_RUNNING });
	int total = 0, pages = 0;

	(void)state;
	add_events(id, 250);
	snprintf(newest, sizeof(newest), "%s", event_names("/events"));
	assert_int_equal(strncmp(newest, "ev249 ev248 ev247", 17), 0);
	assert_int_equal(strlen(newest), 599);
	CHECK_HAS(&t, "data-stream=\"/stream?topic=events\"");
	assert_true(follow("next", path));
	snprintf(second, sizeof(second), "%s", event_names(path));
	assert_int_equal(strncmp(second, "ev149", 5), 0);
	CHECK_HAS_NOT(&t, "data-stream");
	assert_true(follow("next", third));
	assert_int_equal(strncmp(event_names(third), "ev049", 5), 0);
	assert_false(follow("next", path));
	assert_true(follow("prev", path));
	assert_string_equal(event_names(path), second); /* there and back */
	assert_true(follow("prev", path));
	assert_string_equal(event_names(path), newest);
	snprintf(path, sizeof(path), "/events?kind=container&q=EV");
	do {
		const char *found = event_names(path);

		total += (int)(strlen(found) + 1) / 6;
		pages++;
	} while (follow("next", path));
	assert_int_equal(total, 166);
	assert_int_equal(pages, 2);
}

static void events_filters(void **state)
{
	int64_t id = add(one, "evc", (struct container){ .state = CONTAINER_RUNNING });
	char path[128];

	(void)state;
	add_events(id, 40);
	snprintf(path, sizeof(path), "/events?container=%" PRId64, id);
	assert_int_equal(strlen(event_names(path)), 119);
	CHECK_HAS(&t, "only evc");
	snprintf(path, sizeof(path), "/events?host=%" PRId64, two);
	assert_int_equal(strlen(event_names(path)), 47);
	assert_string_equal(event_names("/events?q=ev01&kind=image"), "ev018 ev015 ev012");
	assert_string_equal(event_names("/events?q=no-such"), "");
	CHECK_HAS(&t, "No event like that");
	assert_int_equal(strlen(event_names("/events?range=1h")), 239);
	assert_string_equal(event_names("/events?to=2020-01-01"), "");
	assert_int_equal(strlen(event_names("/events?from=2020-01-01T10%3A00")), 239);
	CHECK_HAS(&t, "value=\"2020-01-01T10:00\"");
	assert_int_equal(webtest_get(&t, "/events?from=yesterday"), 400);
	CHECK_HAS(&t, "The time &quot;yesterday&quot; cannot be read.");
	static const char *const odd[] = { "before=abc", "after=-1", "before=1", "before=.", "before=1.x",
		"before=99999999999999999999.1", "range=99y", "container=x", "kind=%27", "host=9999999" };
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(path, sizeof(path), "/events?%s", odd[i]);
		assert_int_equal(webtest_get(&t, path), 200);
	}
}

static void events_as_csv(void **state)
{
	(void)state;
	CHECK_OK(event_add(t.collector,
	             &(struct event){ .host_id = one,
	                 .at_ns = 1764000000123000000LL,
	                 .kind = "container",
	                 .action = "die",
	                 .actor_id = "x",
	                 .actor_name = "=cmd|'/c calc'!A1",
	                 .attributes = "{\"exitCode\":\"137\",\"image\":\"a\\\"b\"}",
	                 .observed = true }) < 0);
	assert_int_equal(webtest_get(&t, "/events.csv?kind=container"), 200);
	assert_string_equal(webtest_header(&t, "Content-Type"), "text/csv; charset=utf-8");
	assert_non_null(strstr(webtest_header(&t, "Content-Disposition"), "attachment"));
	assert_string_equal(t.body,
	    "time,host,kind,action,name,what,detail,source\r\n"
	    "\"2025-11-24T16:00:00.123Z\",\"rack-01\",\"container\",\"die\",\"'=cmd|'/c calc'!A1\",\"exited "
	    "137\","
	    "\"killed by SIGKILL, image a\"\"b\",\"observed\"\r\n");
	webtest_get(&t, "/events?q=cmd&kind=container");
	CHECK_HAS(&t, "href=\"/events.csv?q=cmd&amp;kind=container\"");
	assert_int_equal(webtest_get(&t, "/events.csv?kind=image"), 200);
	assert_string_equal(t.body, "time,host,kind,action,name,what,detail,source\r\n");
}

static void a_long_csv_says_that_it_is_cut(void **state)
{
	char name[900], number[16];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK_OK(store_begin(t.collector, NULL));
	for (int i = 0; i < 10500; i++) {
		snprintf(number, sizeof(number), "%d", i);
		CHECK_OK(event_add(t.collector,
		             &(struct event){ .host_id = one,
		                 .at_ns = i + 1,
		                 .kind = "volume",
		                 .action = "create",
		                 .actor_id = number,
		                 .actor_name = name }) < 0);
	}
	CHECK_OK(store_commit(t.collector, NULL));
	assert_int_equal(webtest_get(&t, "/events.csv"), 200);
	assert_true(strlen(t.body) < RESPONSE_BODY_MAX);
	CHECK_HAS(&t, "older events were left out");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_page_by_key, make, drop),
		cmocka_unit_test_setup_teardown(events_filters, make, drop),
		cmocka_unit_test_setup_teardown(events_as_csv, make, drop),
		cmocka_unit_test_setup_teardown(a_long_csv_says_that_it_is_cut, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
