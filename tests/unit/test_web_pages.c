/* What the pages show: filters, order, pages, what is stale, hostile names. */
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

/* Names of the container rows in order, joined by spaces. */
static const char *names(const char *path)
{
	static char text[16384];
	size_t len = 0;

	text[0] = '\0';
	assert_int_equal(webtest_get(&t, path), 200);
	for (const char *p = t.body; (p = strstr(p, "<tr id=\"c"));) {
		const char *link = strstr(p, "<a href=\"/containers/");

		assert_non_null(link);
		link = strchr(link, '>') + 1;
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "%s%.*s", len ? " " : "", (int)strcspn(link, "<"), link);
		p = link;
	}
	return text;
}

static void fill_list(void)
{
	int64_t a = add(one, "alpha",
	    (struct container){ .state = CONTAINER_RUNNING,
	        .image = "nginx:1",
	        .ports = "8080→80, 443",
	        .health = HEALTH_HEALTHY,
	        .labels_json = "{\"team\":\"Blue-Whale\"}",
	        .compose_project = "shop",
	        .addresses = "10.1.2.3" });
	int64_t b = add(two, "Beta",
	    (struct container){ .state = CONTAINER_RUNNING,
	        .image = "redis:7",
	        .ports = "127.0.0.1:90→90",
	        .health = HEALTH_UNHEALTHY,
	        .health_note = "connection refused",
	        .started_ms = clock_wall_ms() - 60000 });
	add(one, "gamma",
	    (struct container){ .state = CONTAINER_EXITED,
	        .exit_code = 3,
	        .finished_ms = clock_wall_ms() - 5000,
	        .image = "app:2",
	        .compose_project = "shop" });
	add(two, "delta", (struct container){ .state = CONTAINER_CREATED, .image = "app:1" });
	add(one, "omega",
	    (struct container){ .state = CONTAINER_PAUSED,
	        .image = "zzz:1",
	        .ports = "53/udp",
	        .started_ms = clock_wall_ms() - 3700000 });

	webtest_measure(&t, a, 5, 100e6, 0);
	webtest_measure(&t, b, 50, 10e6, 0);
}

static void order_by_every_column(void **state)
{
	static const struct {
		const char *query, *names;
	} table[] = {
		{ "", "alpha Beta delta gamma omega" },
		{ "?sort=name&dir=desc", "omega gamma delta Beta alpha" },
		{ "?sort=state", "gamma Beta alpha omega delta" },
		{ "?sort=host", "alpha gamma omega Beta delta" },
		{ "?sort=image", "delta gamma alpha Beta omega" },
		{ "?sort=ports", "omega Beta alpha delta gamma" },
		{ "?sort=cpu", "Beta alpha delta gamma omega" },
		{ "?sort=cpu&dir=asc", "delta gamma omega alpha Beta" },
		{ "?sort=mem", "alpha Beta delta gamma omega" },
		{ "?sort=net", "alpha Beta delta gamma omega" },
		{ "?sort=up", "gamma Beta alpha omega delta" },
		{ "?sort=nonsense&dir=sideways", "alpha Beta delta gamma omega" },
	};

	(void)state;
	fill_list();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/containers%s", table[i].query);
		if (strcmp(names(path), table[i].names) != 0)
			fail_msg("%s gives %s, not %s", path, names(path), table[i].names);
	}
	names("/containers?sort=cpu&q=a");
	CHECK_HAS(&t, "aria-sort=\"descending\"><a href=\"/containers?q=a&amp;sort=cpu&amp;dir=asc\">");
	CHECK_HAS(&t, "aria-sort=\"none\"><a href=\"/containers?q=a\">");
	CHECK_HAS(&t, "<input type=\"hidden\" name=\"sort\" value=\"cpu\">");
}

static void filters_and_search(void **state)
{
	static const struct {
		const char *query, *names;
	} table[] = {
		{ "?state=running", "alpha Beta" },
		{ "?state=stopped", "delta gamma" },
		{ "?state=attention", "Beta gamma" },
		{ "?state=exited", "gamma" },
		{ "?state=nonsense", "" },
		{ "?health=unhealthy", "Beta" },
		{ "?health=none", "delta gamma omega" },
		{ "?project=shop", "alpha gamma" },
		{ "?q=blue-whale", "alpha" },
		{ "?q=BETA", "Beta" },
		{ "?q=app%3A", "delta gamma" },
		{ "?q=8080", "alpha" },
		{ "?q=10.1.2.3", "alpha" },
		{ "?q=rack-02", "Beta delta" },
		{ "?q=rack-02+app", "delta" },
		{ "?q=%20%20", "alpha Beta delta gamma omega" },
		{ "?q=%25", "" },
		{ "?q='", "" },
		{ "?q=shop&state=running", "alpha" },
		{ "?host=999", "" },
		{ "?host=abc", "alpha Beta delta gamma omega" },
	};
	char path[64];

	(void)state;
	fill_list();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		snprintf(path, sizeof(path), "/containers%s", table[i].query);
		if (strcmp(names(path), table[i].names) != 0)
			fail_msg("%s gives \"%s\", not \"%s\"", path, names(path), table[i].names);
	}
	snprintf(path, sizeof(path), "/containers?host=%" PRId64, two);
	assert_string_equal(names(path), "Beta delta");
	CHECK_HAS(&t, "2 of 5 containers");
	CHECK_HAS(&t, " selected>rack-02</option>");
	CHECK_HAS(&t, "<a href=\"/containers\">Clear</a>");
	names("/containers?q=nothing-like-it");
	CHECK_HAS(&t, "No container like that");
	CHECK_HAS(&t, "0 of 5 containers");
	names("/containers?q=%22%3E%3Cb%3E");
	CHECK_HAS(&t, "value=\"&quot;&gt;&lt;b&gt;\"");
}

static void pages_of_a_hundred(void **state)
{
	char name[16], first[16384];

	(void)state;
	for (int i = 0; i < 250; i++) {
		snprintf(name, sizeof(name), "c%03d", i);
		add(one, name, (struct container){ .state = CONTAINER_RUNNING });
	}
	snprintf(first, sizeof(first), "%s", names("/containers"));
	assert_int_equal(strncmp(first, "c000 c001", 9), 0);
	assert_int_equal(strlen(first), 499);
	CHECK_HAS(&t, "1–100 of 250");
	CHECK_HAS(&t, "href=\"/containers?page=2\" rel=\"next\"");
	CHECK_HAS(&t, "href=\"/containers?per=all\"");
	assert_int_equal(strncmp(names("/containers?page=3&sort=name&dir=desc"), "c049", 4), 0);
	CHECK_HAS(&t, "201–250 of 250");
	CHECK_HAS(&t, "href=\"/containers?sort=name&amp;dir=desc&amp;page=2\" rel=\"prev\"");
	assert_int_equal(strlen(names("/containers?per=all")), 1249);
	CHECK_HAS_NOT(&t, "class=\"pager\"");
	assert_int_equal(strncmp(names("/containers?page=99999999999999999999"), "c000", 4), 0);
	assert_int_equal(strncmp(names("/containers?page=77"), "c200", 4), 0);
	assert_int_equal(strncmp(names("/containers?page=-7"), "c000", 4), 0);
	CHECK_HAS(&t, "<b>250</b>");
}

static void figures_that_are_not_current(void **state)
{
	int64_t id = add(one, "web", (struct container){ .state = CONTAINER_RUNNING });
	char row[16], value[64];

	(void)state;
	snprintf(row, sizeof(row), "id=\"c%" PRId64 "\"", id);
	snprintf(value, sizeof(value), "data-v=\"c%" PRId64 ".cpu\">12.5<u>%%</u>", id);
	webtest_measure(&t, id, 12.5, 64e6, 0);
	webtest_get(&t, "/containers");
	CHECK_HAS(&t, value);
	CHECK_HAS_NOT(&t, "class=\"stale\"");
	CHECK_HAS(&t, "<polyline data-p=");
	webtest_measure(&t, id, 12.5, 64e6, 31000); /* too old */
	webtest_get(&t, "/containers");
	CHECK_HAS_NOT(&t, value);
	webtest_measure(&t, id, 12.5, 64e6, 0);
	CHECK_OK(host_set_state(
	    t.collector, one, HOST_OFFLINE, "Connection refused at /run/a.sock.", clock_wall_ms() - 360000));
	webtest_get(&t, "/containers");
	CHECK_HAS(&t, row);
	CHECK_HAS(&t, "class=\"stale\"");
	CHECK_HAS_NOT(&t, value);
	webtest_get(&t, "/");
	CHECK_HAS(&t, "is offline: Connection refused at /run/a.sock.");
	CHECK_HAS(&t, "6 min");
	CHECK_OK(host_set_state(t.collector, one, HOST_ONLINE, "", clock_wall_ms()));
	webtest_beat(&t, 40000);
	webtest_get(&t, "/containers");
	CHECK_HAS(&t, "The collector has not written for 40 s.");
	CHECK_HAS(&t, "class=\"stale\"");
	CHECK_HAS_NOT(&t, value);
	webtest_get(&t, "/");
	CHECK_HAS(&t, "nothing here is current");
}

static void the_dashboard_tells_what_matters(void **state)
{
	(void)state;
	webtest_get(&t, "/");
	CHECK_HAS(&t, "<b>2</b> hosts");
	CHECK_HAS_NOT(&t, "Needs attention");
	add(one, "fine", (struct container){ .state = CONTAINER_RUNNING });
	webtest_get(&t, "/");
	CHECK_HAS(&t, "The 1 container on 2 hosts is as it should be.");
	add(one, "done", (struct container){ .state = CONTAINER_EXITED, .finished_ms = clock_wall_ms() });
	webtest_get(&t, "/");
	CHECK_HAS(&t, "All 2 containers on 2 hosts are as they should be.");
	add(one, "oom",
	    (struct container){ .state = CONTAINER_EXITED,
	        .exit_code = 137,
	        .oom_killed = true,
	        .finished_ms = clock_wall_ms() - 240000 });
	add(two, "loop",
	    (struct container){ .state = CONTAINER_RESTARTING,
	        .exit_code = 1,
	        .restart_count = 4,
	        .finished_ms = clock_wall_ms() });
	add(two, "sick",
	    (struct container){ .state = CONTAINER_RUNNING,
	        .health = HEALTH_UNHEALTHY,
	        .health_note = "refused",
	        .health_since_ms = clock_wall_ms() - 60000 });
	webtest_get(&t, "/");
	const char *sick = strstr(t.body, "is unhealthy: refused"),
	           *loop = strstr(t.body, "keeps restarting, 4 times so far"),
	           *oom = strstr(t.body, "was killed: out of memory");
	assert_non_null(sick);
	assert_true(sick < loop && loop < oom);
	CHECK_HAS(&t, "4 min ago");
	CHECK_HAS(&t, "<b>1</b> unhealthy");
	CHECK_HAS(&t, "href=\"/containers?state=running&amp;health=unhealthy\"");
	CHECK_HAS(&t, ", needing attention: </span>3</b>");
	for (int i = 0; i < 15; i++) {
		char name[16];

		snprintf(name, sizeof(name), "bad%02d", i);
		add(one, name,
		    (struct container){
		        .state = CONTAINER_EXITED, .exit_code = 1, .finished_ms = clock_wall_ms() });
	}
	webtest_get(&t, "/");
	CHECK_HAS(&t, "href=\"/containers?state=attention\">6 more</a>");
	CHECK_HAS(&t, "12 more");
}

static void without_hosts_it_says_what_was_tried(void **state)
{
	static const char *const pages[] = { "/", "/hosts", "/containers", "/events", "/live" };

	(void)state;
	CHECK_OK(host_drop(t.collector, one));
	CHECK_OK(host_drop(t.collector, two));
	snprintf(t.web.settings.docker_host, sizeof(t.web.settings.docker_host),
	    "unix:///tmp/no-such-engine.sock");
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		assert_int_equal(webtest_get(&t, pages[i]), 200);
		CHECK_HAS(&t, "No engine found yet");
		CHECK_HAS(&t, "/tmp/no-such-engine.sock: No such file or directory");
		CHECK_HAS(&t, "/var/run/docker.sock");
	}
}

static void hostile_names_stay_text(void **state)
{
	static char long_name[301], script[] = "<script>alert('1')</script>\"&";
	int64_t id;
	char path[64];

	(void)state;
	for (int i = 0; i < 100; i++)
		memcpy(long_name + 3 * i, "\xe6\xbc\xa2", 3);
	add(one, long_name, (struct container){ .state = CONTAINER_RUNNING });
	id = add(one, script,
	    (struct container){ .state = CONTAINER_EXITED,
	        .exit_code = 1,
	        .image = script,
	        .command = script,
	        .error = script,
	        .ports = "8080→80",
	        .health_note = script,
	        .health = HEALTH_UNHEALTHY,
	        .compose_project = script,
	        .compose_service = script,
	        .ports_json = "[{\"ip\":\"<script>\",\"public\":1,\"private\":2,\"protocol\":\"<script>\"}]",
	        .networks_json = "[{\"name\":\"<script>\",\"ip\":\"<script>\",\"aliases\":[\"<script>\"]}]",
	        .mounts_json =
	            "[{\"type\":\"<script>\",\"source\":\"<script>\",\"destination\":\"<script>\"}]",
	        .labels_json = "{\"<script>alert\":\"<script>\"}" });
	CHECK_OK(event_add(t.collector,
	             &(struct event){ .host_id = one,
	                 .container_id = id,
	                 .at_ns = clock_wall_ms() * 1000000,
	                 .kind = "container",
	                 .action = "<script>alert",
	                 .actor_id = "x",
	                 .actor_name = script,
	                 .attributes = "{\"image\":\"<script>\"}" }) < 0);
	CHECK_OK(host_set_state(t.collector, two, HOST_OFFLINE, script, clock_wall_ms()));
	static const char *const pages[] = { "/", "/containers", "/events", "/hosts", "/about",
		"/containers?q=<script>", "/events?q=<script>",
		"/containers?host=<script>&state=<script>&sort=<script>",
		"/events?kind=<script>&range=<script>&container=<script>", "/<script>" };
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		webtest_get(&t, pages[i]);
		CHECK_HAS_NOT(&t, "<script>");
	}
	snprintf(path, sizeof(path), "/containers/%" PRId64, id);
	assert_int_equal(webtest_get(&t, path), 200);
	CHECK_HAS(&t, "<h1>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;</h1>");
	CHECK_HAS_NOT(&t, "<script>");
	CHECK_HAS(&t, "project=%3Cscript%3E");
	webtest_get(&t, "/containers");
	CHECK_HAS(&t, long_name);
}

static void broken_json_in_the_store_is_no_error(void **state)
{
	int64_t id = add(one, "odd",
	    (struct container){ .state = CONTAINER_RUNNING,
	        .ports_json = "{",
	        .networks_json = "[1,null,\"x\"]",
	        .mounts_json = "{\"a\":1}",
	        .labels_json = "[]" });
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/containers/%" PRId64, id);
	assert_int_equal(webtest_get(&t, path), 200);
	CHECK_HAS(&t, "</html>");
}

static void a_container_in_full(void **state)
{
	int64_t id = add(one, "db",
	    (struct container){ .state = CONTAINER_RUNNING,
	        .image = "postgres:16",
	        .restart_policy = "on-failure",
	        .restart_max = 5,
	        .restart_count = 2,
	        .command = "postgres -c x=1",
	        .compose_project = "shop",
	        .compose_service = "db",
	        .compose_number = 3,
	        .ports = "5432→5432, 80, 81, 82, 83",
	        .ports_json = "[{\"ip\":\"\",\"public\":0,\"private\":53,\"protocol\":\"udp\"},"
	                      "{\"ip\":\"0.0.0.0\",\"public\":5432,\"private\":5432,\"protocol\":\"tcp\"},{"
	                      "\"ip\":\"::\",\"public\":5432,\"private\":5432,\"protocol\":\"tcp\"}]",
	        .networks_json = "[{\"name\":\"back\",\"ip\":\"172.18.0.4\",\"gateway\":\"172.18.0.1\","
	                         "\"mac\":\"02:42\",\"aliases\":[\"db\",\"pg\"]}]",
	        .mounts_json =
	            "[{\"type\":\"volume\",\"source\":\"data\",\"destination\":\"/data\",\"rw\":true}]",
	        .labels_json = "{\"b\":\"2\",\"a\":\"1\"}" });
	char path[64], text[128];

	(void)state;
	webtest_measure(&t, id, 200, 1e9, 0);
	snprintf(path, sizeof(path), "/containers/%" PRId64, id);
	assert_int_equal(webtest_get(&t, path), 200);
	CHECK_HAS(&t, "on-failure, at most 5 times");
	CHECK_HAS(&t, "0.0.0.0:5432, [::]:5432");
	CHECK_HAS(&t, "53/udp");
	CHECK_HAS(&t, "not published");
	CHECK_HAS(&t, "db, pg");
	CHECK_HAS(&t, "read-write");
	CHECK_HAS(&t, "2 labels");
	CHECK_HAS(&t, "service db, number 3");
	CHECK_HAS(&t, "50.0<u>%</u> of the host"); /* 200 % of one of 4 CPUs */
	CHECK_HAS(&t, "no limit");
	CHECK_HAS(&t, "aria-label=\"CPU, last 5 minutes: 100 % to 200 %\"");
	assert_true(strstr(t.body, "<code>a</code>") < strstr(t.body, "<code>b</code>"));
	snprintf(text, sizeof(text), "data-v=\"c%" PRId64 ".pids\">3<u></u>", id);
	CHECK_HAS(&t, text);
	webtest_get(&t, "/containers");
	CHECK_HAS(&t, "<span>+2</span>");
	CHECK_OK(store_begin(t.collector, NULL));
	CHECK_OK(container_gone(t.collector, id, clock_wall_ms()));
	CHECK_OK(store_commit(t.collector, NULL));
	assert_int_equal(webtest_get(&t, path), 200);
	CHECK_HAS(&t, "This container was removed from the engine");
	snprintf(text, sizeof(text), "data-v=\"c%" PRId64 ".cpu\"", id);
	CHECK_HAS_NOT(&t, text);
	assert_string_equal(names("/containers"), "");
}

static void hosts_and_their_page(void **state)
{
	struct host_now now = { .host_id = one,
		.at_ms = clock_wall_ms(),
		.cpu_percent = 42,
		.memory_bytes = 4e9,
		.memory_total = 8e9,
		.load1 = 1.5,
		.load5 = 1,
		.load15 = 1,
		.uptime_s = 90000,
		.rx_rate = 1000,
		.tx_rate = 500,
		.disks_json = "[{\"mount\":\"/\",\"device\":\"/dev/"
		              "sda1\",\"type\":\"ext4\",\"total\":1000,\"used\":950}]",
		.networks_json = "[{\"name\":\"eth0\",\"rx_rate\":1000,\"tx_rate\":500}]" };
	char path[64], text[128];

	(void)state;
	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	spark_push(&now.cpu, 42);
	CHECK_OK(host_now_put(t.collector, &now));
	add(one, "x", (struct container){ .state = CONTAINER_RUNNING });
	snprintf(path, sizeof(path), "/hosts/%" PRId64, one);
	assert_int_equal(webtest_get(&t, path), 200);
	snprintf(text, sizeof(text), "data-v=\"h%" PRId64 ".cpu\">42.0<u>%%</u>", one);
	CHECK_HAS(&t, text);
	CHECK_HAS(&t, "50.0<u>%</u>");
	CHECK_HAS(&t, "class=\"bar err\"");
	CHECK_HAS(&t, "/dev/sda1 ext4");
	CHECK_HAS(&t, "eth0");
	CHECK_HAS(&t, "1 container, 1 running");
	CHECK_HAS(&t, "overlay2");
	webtest_get(&t, "/hosts?sort=cpu");
	assert_true(strstr(t.body, ">rack-01<") < strstr(t.body, ">rack-02<"));
	webtest_get(&t, "/hosts?sort=cpu&dir=asc");
	assert_true(strstr(t.body, ">rack-02<") < strstr(t.body, ">rack-01<"));
}

static void about_tells_versions_and_sizes(void **state)
{
	(void)state;
	assert_int_equal(webtest_get(&t, "/about"), 200);
	CHECK_HAS(&t, "dockmon-collector");
	CHECK_HAS(&t, "dockmon.db");
	CHECK_HAS(&t, "metrics.db");
	CHECK_HAS(&t, "Docker 28.2.1");
	CHECK_HAS(&t, "SQLite");
	webtest_get(&t, "/live?sort=mem");
	CHECK_HAS(&t, "No containers yet");
	add(one, "x", (struct container){ .state = CONTAINER_RUNNING });
	webtest_get(&t, "/live?sort=mem");
	CHECK_HAS(&t, "<iframe class=\"lvf panel\" src=\"/live/stream?sort=mem\"");
}

/* Another process holds the write lock: reading goes on, a form says that it could not be kept. */
static void a_busy_store(void **state)
{
	char csrf[SHA256_HEX_BYTES];

	(void)state;
	webtest_get(&t, "/preferences");
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	CHECK_OK(store_begin(t.ctl, NULL));
	assert_int_equal(webtest_get(&t, "/containers"), 200);
	log_init("test", LOG_LEVEL_ERROR);
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=dark&refresh=5"), 503);
	CHECK_HAS(&t, "Not ready at the moment");
	store_rollback(t.ctl);
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=dark&refresh=5"), 303);
	/* the snapshot of a page ends with it */
	webtest_get(&t, "/containers");
	add(one, "later", (struct container){ .state = CONTAINER_RUNNING });
	assert_string_equal(names("/containers"), "later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_by_every_column, make, drop),
		cmocka_unit_test_setup_teardown(filters_and_search, make, drop),
		cmocka_unit_test_setup_teardown(pages_of_a_hundred, make, drop),
		cmocka_unit_test_setup_teardown(figures_that_are_not_current, make, drop),
		cmocka_unit_test_setup_teardown(the_dashboard_tells_what_matters, make, drop),
		cmocka_unit_test_setup_teardown(without_hosts_it_says_what_was_tried, make, drop),
		cmocka_unit_test_setup_teardown(hostile_names_stay_text, make, drop),
		cmocka_unit_test_setup_teardown(broken_json_in_the_store_is_no_error, make, drop),
		cmocka_unit_test_setup_teardown(a_container_in_full, make, drop),
		cmocka_unit_test_setup_teardown(hosts_and_their_page, make, drop),
		cmocka_unit_test_setup_teardown(about_tells_versions_and_sizes, make, drop),
		cmocka_unit_test_setup_teardown(a_busy_store, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
