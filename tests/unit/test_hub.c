/* The hub: which values and changes reach which page, once, and what a browser that returns is told. */
#include "tests/unit/check.h"

#include "lib/base/die.h"
#include "tests/unit/hub_browser.h"

static void visit(struct browser *browser, const char *topic_text, const char *last_id)
{
	struct topic topic;

	CHECK_OK(topic_parse(topic_text, &topic));
	sb_init(&browser->text, 8 * 1024 * 1024);
	stream_init(&browser->stream, no_wake);
	hub_attach(hub, &browser->stream, &topic, last_id);
}

static void set_container(int64_t id, double cpu_percent, double memory_bytes)
{
	struct container_now now = container_values(id, cpu_percent, memory_bytes);

	hub_container_now(hub, &now);
}

static void set_host(int64_t id, double cpu_percent)
{
	struct host_now now = { .host_id = id,
		.cpu_percent = cpu_percent,
		.memory_bytes = 2e9,
		.memory_total = 8e9,
		.load1 = 0.5,
		.uptime_s = 7200,
		.rx_rate = 1,
		.tx_rate = 2 };

	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	hub_host_now(hub, &now);
}

/* Two hosts: 1 with containers 11 and 12, 2 with container 21; all measured and sent. */
static int make(void **state)
{
	(void)state;
	now_ms = 1000000;
	hub = hub_create();
	hub_set_clock(hub, test_clock);
	hub_container(hub, 11, 1, "web", "alpha", true);
	hub_container(hub, 12, 1, "db", "alpha", true);
	hub_container(hub, 21, 2, "cache", "beta", true);
	set_host(1, 10);
	set_host(2, 20);
	set_container(11, 1, 1e6);
	set_container(12, 2, 2e6);
	set_container(21, 3, 3e6);
	hub_flush(hub);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	hub_free(&hub);
	assert_null(hub);
	return 0;
}

static void a_stream_begins_with_all_values_of_its_topic(void **state)
{
	static const struct {
		const char *topic;
		const char *has[6], *lacks[6];
	} cases[] = {
		{ "dashboard", { "h1.cpu", "h2.cpus", "c11.cpu", "c21.mem\"" },
		    { "c11.net", "c11.cpus", "c11.memp" } },
		{ "hosts", { "h1.cpu", "h1.load", "h2.up", "h2.memp" }, { "c11.", "c21.", "h1.pids" } },
		{ "host:1", { "h1.cpu", "c11.cpu", "c12.mem", "c12.net" }, { "h2.", "c21.", "c11.pids" } },
		{ "containers", { "c11.cpu", "c12.mem", "c21.net", "c21.cpus" },
		    { "h1", "c11.pids", "c11.mems" } },
		{ "container:12",
		    { "c12.cpu", "c12.pids\":\"12345\"", "c12.rd\":\"\"", "c12.mems",
		        "c12.memp\":\"0.2 %\"" },
		    { "c11.", "c21.", "h1", "c12.load" } },
		{ "events", { "data: {}" }, { "c11.", "h1" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct browser browser;
		const char *text;

		visit(&browser, cases[i].topic, NULL);
		text = read_all(&browser);
		assert_memory_equal(text, "retry: 2000\n\n", 13);
		assert_int_equal(times(text, "event: values\n"), 1);
		assert_int_equal(times(text, "event: change\n"), 0);
		for (size_t k = 0; k < 6 && cases[i].has[k]; k++)
			HAS(text, cases[i].has[k]);
		for (size_t k = 0; k < 6 && cases[i].lacks[k]; k++)
			LACKS(text, cases[i].lacks[k]);
		leave(&browser);
	}
}

static void only_what_changed_is_sent(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, "host:1", NULL);
	read_all(&browser);
	set_container(11, 1, 1e6);
	set_container(12, 2, 2.5e6);
	set_container(21, 90, 3e6);
	assert_string_equal(read_all(&browser), ""); /* not before the flush */
	hub_flush(hub);
	text = read_all(&browser);
	HAS(text, "data: {\"c12.mem\":\"2.50 MB\"}\n\n");
	assert_int_equal(times(text, "event: values"), 1);
	hub_flush(hub);
	assert_string_equal(read_all(&browser), "");
	leave(&browser);
}

static void a_difference_that_nobody_sees_is_not_sent(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, "containers", NULL);
	read_all(&browser);
	set_container(11, 1.01, 1000400);
	hub_flush(hub);
	assert_string_equal(read_all(&browser), "");
	leave(&browser);
}

static void one_message_serves_all_streams_of_a_topic(void **state)
{
	struct browser browsers[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		visit(&browsers[i], i < 2 ? "host:1" : "hosts", NULL);
	for (size_t i = 0; i < 3; i++)
		read_all(&browsers[i]);
	set_host(1, 55);
	hub_flush(hub);
	assert_ptr_equal(browsers[0].stream.chunks[browsers[0].stream.first],
	    browsers[1].stream.chunks[browsers[1].stream.first]);
	assert_int_equal(browsers[0].stream.chunks[browsers[0].stream.first]->refs, 2);
	for (size_t i = 0; i < 3; i++) {
		HAS(read_all(&browsers[i]), "\"h1.cpu\":\"55.0 %\"");
		leave(&browsers[i]);
	}
}

static void changes_go_to_the_pages_they_concern(void **state)
{
	static const struct {
		const char *topic;
		bool container_change, host_change, event;
	} cases[] = {
		{ "dashboard", true, true, false },
		{ "hosts", true, true, false },
		{ "containers", true, true, false },
		{ "host:1", true, true, true },
		{ "host:2", false, false, false },
		{ "container:11", true, true, true },
		{ "container:12", false, true, false },
		{ "container:21", false, false, false },
		{ "events", false, false, true },
	};
	struct browser browsers[ARRAY_LEN(cases)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		visit(&browsers[i], cases[i].topic, NULL);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(cases); i++)
			read_all(&browsers[i]);
		now_ms += HUB_CHANGE_SPACING_MS;
		if (round == 2)
			hub_events(hub, 1, 11);
		else
			hub_change(hub, 1, round == 0 ? 11 : 0);
		assert_int_equal(hub_turn(hub), -1);
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			bool want = round == 0 ? cases[i].container_change
			    : round == 1       ? cases[i].host_change
			                       : cases[i].event;

			if (times(read_all(&browsers[i]), "event: change\ndata: {}\n\n") != want)
				fail_msg("round %d, topic %s", round, cases[i].topic);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		leave(&browsers[i]);
}

static void changes_of_a_turn_are_one_and_keep_a_distance(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, "containers", NULL);
	read_all(&browser);
	for (int i = 0; i < 50; i++)
		hub_change(hub, 1, 11);
	assert_int_equal(hub_turn(hub), -1);
	assert_int_equal(times(read_all(&browser), "event: change"), 1);
	now_ms += 10;
	hub_change(hub, 1, 12);
	assert_int_equal(hub_turn(hub), HUB_CHANGE_SPACING_MS - 10);
	assert_string_equal(read_all(&browser), "");
	now_ms += HUB_CHANGE_SPACING_MS - 10;
	assert_int_equal(hub_turn(hub), -1);
	assert_int_equal(times(read_all(&browser), "event: change"), 1);
	assert_int_equal(hub_turn(hub), -1);
	assert_string_equal(read_all(&browser), "");
	leave(&browser);
}

/* A change that waits in a slow browser's queue is enough; one that is under way is not. */
static void changes_do_not_pile_up_in_a_queue(void **state)
{
	struct browser browser;
	char byte;

	(void)state;
	visit(&browser, "containers", NULL);
	read_all(&browser);
	for (int i = 0; i < 100; i++) {
		hub_change(hub, 1, 11);
		now_ms += HUB_CHANGE_SPACING_MS;
		hub_turn(hub);
	}
	assert_int_equal(browser.stream.count, 1);
	assert_int_equal(stream_read(&browser.stream, &byte, 1), 1);
	hub_change(hub, 1, 11);
	now_ms += HUB_CHANGE_SPACING_MS;
	hub_turn(hub);
	assert_int_equal(browser.stream.count, 2);
	assert_int_equal(times(read_all(&browser), "event: change"), 2);
	leave(&browser);
}

/* The last `id:` of what the browser has read. */
static void last_id(struct browser *browser, char id_r[64])
{
	const char *at = browser->text.data, *found = NULL;

	while ((at = strstr(at, "id: ")))
		found = at += 4;
	assert_non_null(found);
	snprintf(id_r, 64, "%.*s", (int)strcspn(found, "\n"), found);
}

static void a_browser_that_returns_is_told_what_it_missed(void **state)
{
	struct browser browser;
	char id[64];

	(void)state;
	now_ms += 60000;
	hub_change(hub, 1, 11);
	hub_turn(hub);
	now_ms += 60000;
	visit(&browser, "container:12", NULL);
	read_all(&browser);
	last_id(&browser, id);
	leave(&browser);

	visit(&browser, "container:12", id); /* nothing happened */
	LACKS(read_all(&browser), "event: change");
	leave(&browser);

	hub_change(hub, 1, 11); /* another one's */
	visit(&browser, "container:12", id);
	LACKS(read_all(&browser), "event: change");
	leave(&browser);

	hub_change(hub, 1, 12);
	now_ms += 3600000;
	visit(&browser, "container:12", id);
	HAS(read_all(&browser), "event: change");
	last_id(&browser, id);
	leave(&browser);

	visit(&browser, "container:12", id); /* it has been told */
	LACKS(read_all(&browser), "event: change");
	leave(&browser);
}

static void ids_of_other_runs_and_nonsense_mean_missed(void **state)
{
	static const char *const ids[] = { "0123456789abcdef-0", "x", "-", "0", "99999999999999999999-1" };
	struct browser browser;
	char id[96];

	(void)state;
	now_ms += 60000;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		visit(&browser, "events", ids[i]);
		HAS(read_all(&browser), "event: change");
		leave(&browser);
	}
	visit(&browser, "events", NULL);
	read_all(&browser);
	last_id(&browser, id);
	leave(&browser);
	snprintf(strchr(id, '-'), 32, "-999"); /* from the future */
	visit(&browser, "events", id);
	HAS(read_all(&browser), "event: change");
	leave(&browser);
	snprintf(strchr(id, '-'), 32, "--1");
	visit(&browser, "events", id);
	HAS(read_all(&browser), "event: change");
	leave(&browser);
}

static void more_changes_than_are_kept_mean_missed(void **state)
{
	struct browser browser;
	char id[64];

	(void)state;
	visit(&browser, "host:2", NULL);
	read_all(&browser);
	last_id(&browser, id);
	leave(&browser);
	for (int i = 0; i < HUB_CHANGES_KEPT; i++)
		hub_change(hub, 1, 11);
	visit(&browser, "host:2", id); /* all are kept, none is about host 2 */
	LACKS(read_all(&browser), "event: change");
	leave(&browser);
	hub_change(hub, 1, 11);
	visit(&browser, "host:2", id);
	HAS(read_all(&browser), "event: change");
	leave(&browser);
}

/* Between a page's rendering and the begin of its stream something may have changed. */
static void a_first_visit_is_told_of_what_just_changed(void **state)
{
	struct browser browser;

	(void)state;
	hub_change(hub, 2, 21);
	now_ms += HUB_FRESH_MS;
	visit(&browser, "containers", NULL);
	HAS(read_all(&browser), "event: change");
	leave(&browser);
	visit(&browser, "host:1", NULL);
	LACKS(read_all(&browser), "event: change");
	leave(&browser);
	now_ms += 1;
	visit(&browser, "containers", "");
	LACKS(read_all(&browser), "event: change");
	leave(&browser);
}

/* A stream that breaks before a waiting change was told must hear of it when it returns. */
static void a_change_that_waits_is_not_lost_by_a_break(void **state)
{
	struct browser browser;
	char id[64];

	(void)state;
	visit(&browser, "containers", NULL);
	hub_change(hub, 1, 11);
	hub_turn(hub);
	read_all(&browser);
	hub_change(hub, 1, 11); /* waits: the distance */
	hub_turn(hub);
	set_container(11, 50, 1e6);
	hub_flush(hub);
	HAS(read_all(&browser), "c11.cpu");
	last_id(&browser, id);
	leave(&browser);
	now_ms += 3600000;
	visit(&browser, "containers", id);
	HAS(read_all(&browser), "event: change");
	leave(&browser);
}

static void a_slow_browser_skips_values_and_gets_all_later(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, "container:11", NULL);
	for (int i = 0; i < 1000; i++) {
		set_container(11, i % 100, 1e6);
		hub_flush(hub);
	}
	assert_true(browser.stream.slow);
	assert_false(browser.stream.broken);
	assert_true(browser.stream.count <= STREAM_CHUNKS_MAX / 2);
	text = read_all(&browser);
	assert_false(browser.stream.slow);
	HAS(text, "\"c11.cpu\":\"99.0 %\",\"c11.mem\":\"1.00 MB\""); /* the snapshot at the end */
	set_container(11, 5, 1e6);
	hub_flush(hub);
	HAS(read_all(&browser), "\"c11.cpu\":\"5.0 %\"");
	leave(&browser);
}

static void a_browser_that_reads_nothing_is_disconnected(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, "containers", NULL);
	for (int i = 0; i < STREAM_CHUNKS_MAX && !browser.stream.broken; i++) {
		now_ms += HUB_PING_MS;
		hub_second(hub);
	}
	assert_true(browser.stream.broken);
	assert_true(browser.stream.count <= STREAM_CHUNKS_MAX);
	leave(&browser);
}

static void streams_are_pinged_and_end(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, "events", NULL);
	read_all(&browser);
	now_ms += HUB_PING_MS - 1;
	hub_second(hub);
	assert_string_equal(read_all(&browser), "");
	now_ms += 1;
	hub_second(hub);
	assert_string_equal(read_all(&browser), ": ping\n\n");
	assert_false(browser.stream.ending);
	now_ms += HUB_STREAM_MS;
	hub_second(hub);
	assert_true(browser.stream.ending);
	hub_change(hub, 1, 11);
	hub_events(hub, 1, 11);
	hub_turn(hub);
	assert_string_equal(read_all(&browser), ""); /* nothing more after the end */
	leave(&browser);
}

static void what_stops_loses_its_values(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, "containers", NULL);
	read_all(&browser);
	hub_container(hub, 11, 1, "web", "alpha", false);
	set_container(11, 77, 1e6); /* a late sample */
	hub_container_gone(hub, 21);
	hub_container_gone(hub, 999);
	hub_flush(hub);
	text = read_all(&browser);
	HAS(text, "\"c11.cpu\":\"\"");
	HAS(text, "\"c21.mem\":\"\"");
	LACKS(text, "c12.");
	leave(&browser);
	visit(&browser, "containers", NULL);
	text = read_all(&browser);
	LACKS(text, "c11.");
	LACKS(text, "c21.");
	leave(&browser);
	hub_container(hub, 21, 2, "cache", "beta", true); /* recreated: the same row */
	set_container(21, 4, 3e6);
	hub_flush(hub);
	visit(&browser, "containers", NULL);
	HAS(read_all(&browser), "\"c21.cpu\":\"4.0 %\"");
	leave(&browser);
}

static void a_removed_host_takes_its_containers_along(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	hub_host_gone(hub, 1);
	visit(&browser, "dashboard", NULL);
	text = read_all(&browser);
	LACKS(text, "h1.");
	LACKS(text, "c11.");
	LACKS(text, "c12.");
	HAS(text, "h2.cpu");
	HAS(text, "c21.cpu");
	leave(&browser);
}

static void looking_is_known(void **state)
{
	static const struct {
		const char *topic;
		bool container, container_closely, other, host, host_closely;
	} cases[] = {
		/* of container 11 and host 1, to which it belongs; `other` is container 21 of host 2 */
		{ "dashboard", true, false, true, true, false },
		{ "hosts", false, false, false, true, false },
		{ "host:1", true, true, false, true, true },
		{ "containers", true, false, true, false, false },
		{ "container:11", true, true, false, false, false },
		{ "events", false, false, false, false, false },
	};

	(void)state;
	assert_false(hub_watched(hub, 1, 11));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct browser browser;

		visit(&browser, cases[i].topic, NULL);
		assert_int_equal(hub_watched(hub, 1, 11), cases[i].container);
		assert_int_equal(hub_watched_closely(hub, 1, 11), cases[i].container_closely);
		assert_int_equal(hub_watched(hub, 2, 21), cases[i].other);
		assert_int_equal(hub_watched(hub, 1, 0), cases[i].host);
		assert_int_equal(hub_watched_closely(hub, 1, 0), cases[i].host_closely);
		leave(&browser);
		assert_false(hub_watched(hub, 1, 11) || hub_watched(hub, 1, 0));
	}
}

/* A page of everything moves its sparklines every 10 s only; the container's own page each time. */
static void sparklines_of_all_go_less_often(void **state)
{
	struct browser all, one;
	struct container_now now = container_values(11, 1, 1e6);
	int sent_all = 0, sent_one = 0;

	(void)state;
	visit(&all, "containers", NULL);
	visit(&one, "container:11", NULL);
	read_all(&all);
	read_all(&one);
	for (int i = 1; i <= 10; i++) {
		now_ms += 2000;
		spark_set_last(&now.cpu, i);
		spark_push(&now.cpu, i);
		hub_container_now(hub, &now);
		hub_flush(hub);
		sent_all += times(read_all(&all), "c11.cpus") > 0;
		sent_one += times(read_all(&one), "c11.cpus") > 0;
	}
	assert_int_equal(sent_all, 2);
	assert_int_equal(sent_one, 10);
	leave(&all);
	leave(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stream_begins_with_all_values_of_its_topic, make, drop),
		cmocka_unit_test_setup_teardown(only_what_changed_is_sent, make, drop),
		cmocka_unit_test_setup_teardown(a_difference_that_nobody_sees_is_not_sent, make, drop),
		cmocka_unit_test_setup_teardown(one_message_serves_all_streams_of_a_topic, make, drop),
		cmocka_unit_test_setup_teardown(changes_go_to_the_pages_they_concern, make, drop),
		cmocka_unit_test_setup_teardown(changes_of_a_turn_are_one_and_keep_a_distance, make, drop),
		cmocka_unit_test_setup_teardown(changes_do_not_pile_up_in_a_queue, make, drop),
		cmocka_unit_test_setup_teardown(a_browser_that_returns_is_told_what_it_missed, make, drop),
		cmocka_unit_test_setup_teardown(ids_of_other_runs_and_nonsense_mean_missed, make, drop),
		cmocka_unit_test_setup_teardown(more_changes_than_are_kept_mean_missed, make, drop),
		cmocka_unit_test_setup_teardown(a_first_visit_is_told_of_what_just_changed, make, drop),
		cmocka_unit_test_setup_teardown(a_change_that_waits_is_not_lost_by_a_break, make, drop),
		cmocka_unit_test_setup_teardown(a_slow_browser_skips_values_and_gets_all_later, make, drop),
		cmocka_unit_test_setup_teardown(a_browser_that_reads_nothing_is_disconnected, make, drop),
		cmocka_unit_test_setup_teardown(streams_are_pinged_and_end, make, drop),
		cmocka_unit_test_setup_teardown(what_stops_loses_its_values, make, drop),
		cmocka_unit_test_setup_teardown(a_removed_host_takes_its_containers_along, make, drop),
		cmocka_unit_test_setup_teardown(looking_is_known, make, drop),
		cmocka_unit_test_setup_teardown(sparklines_of_all_go_less_often, make, drop),
	};

	return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
