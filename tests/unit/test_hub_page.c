/* The /live document: rows, rules, order; names that try to break out; rows that come, go and return. */
#include "lib/base/die.h"
#include "tests/unit/hub_browser.h"

static void visit(struct browser *browser, bool by_memory)
{
	struct hub_page page = {
		.by_memory = by_memory, .base = "/dockmon", .theme = "dark", .version = "0.1 <\"&"
	};

	sb_init(&browser->text, 16 * 1024 * 1024);
	stream_init(&browser->stream, no_wake);
	snprintf(browser->stream.nonce, sizeof(browser->stream.nonce), "NONCE");
	hub_attach_page(hub, &browser->stream, &page);
}

static void set(int64_t id, double cpu_percent, double memory_bytes)
{
	struct container_now now = container_values(id, cpu_percent, memory_bytes);

	hub_container_now(hub, &now);
}

static int make(void **state)
{
	(void)state;
	now_ms = 1000000;
	hub = hub_create();
	hub_set_clock(hub, test_clock);
	hub_container(hub, 11, 1, "web", "alpha", true);
	hub_container(hub, 12, 1, "db", "alpha", true);
	hub_container(hub, 13, 1, "off", "alpha", false);
	set(11, 1, 9e6);
	set(12, 2.5, 2e6);
	hub_flush(hub);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	hub_free(&hub);
	return 0;
}

static void a_document_is_complete_for_text_and_for_style(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, false);
	text = read_all(&browser);
	HAS(text, "<!doctype html><html lang=\"en\" data-theme=\"dark\">");
	HAS(text, "href=\"/dockmon/static/dockmon.css?v=0.1%20%3C%22%26\"");
	HAS(text, "<meta http-equiv=\"refresh\" content=\"1\">");
	HAS(text,
	    "<tr class=\"r\" id=\"c12\"><th class=\"nm\" scope=\"row\"><a href=\"/dockmon/containers/12\" "
	    "target=\"_top\">db</a></th>"
	    "<td class=\"ho\">alpha</td><td class=\"cb\"></td><td class=\"c\"><i>2.5 %</i></td><td "
	    "class=\"m\"><i>2.00 MB</i></td>");
	HAS(text,
	    "<style nonce=\"NONCE\">#c12{--c:\"2.5 %\";--m:\"2.00 MB\";--rx:\"1.00 kB/s\";--tx:\"200 "
	    "B/s\";--rd:\"\";"
	    "--wr:\"0 B/s\";--pi:\"12345\";--w:2%;order:-25}\n");
	LACKS(text, "c13");
	assert_true(strstr(text, "id=\"c12\"") < strstr(text, "id=\"c11\"")); /* by CPU, as text too */
	assert_int_equal(times(text, "<style"), 1);
	assert_string_equal(text + strlen(text) - 9, "</style>\n");
	leave(&browser);
}

static void memory_is_another_order(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, true);
	text = read_all(&browser);
	assert_true(strstr(text, "id=\"c11\"") < strstr(text, "id=\"c12\""));
	HAS(text, "#c11{--c:\"1.0 %\"");
	HAS(text, "order:-2197}"); /* 9e6 / 4096 */
	HAS(text, "order:-488}");
	set(11, 50, 9e6);
	hub_flush(hub);
	assert_string_equal(
	    read_all(&browser), "<style nonce=\"NONCE\">#c11{--c:\"50.0 %\";--w:50%;}\n</style>\n");
	leave(&browser);
}

static void each_tick_sends_one_rule_per_changed_row(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, false);
	read_all(&browser);
	hub_flush(hub);
	assert_string_equal(read_all(&browser), "");
	set(11, 250, 9e6);
	set(12, 2.5, 2e6);
	hub_flush(hub);
	assert_string_equal(read_all(&browser),
	    "<style nonce=\"NONCE\">#c11{--c:\"250 %\";--w:100%;order:-2500}\n</style>\n");
	leave(&browser);
}

static void unknown_values_come_last(void **state)
{
	struct browser browser;

	(void)state;
	set(11, -1, -1);
	visit(&browser, false);
	HAS(read_all(&browser), "#c11{--c:\"\";--m:\"\"");
	HAS(browser.text.data, "--w:0%;order:1}");
	assert_true(strstr(browser.text.data, "id=\"c12\"") < strstr(browser.text.data, "id=\"c11\""));
	leave(&browser);
}

static void hostile_names_stay_text(void **state)
{
	static const char *const names[] = {
		"</i></td></tr><script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>",
		"'; } </style><script>",
		"&lt;b&gt;",
		"<!-- <![CDATA[",
	};
	struct browser browser;
	const char *text;
	size_t plain_tags;

	(void)state;
	visit(&browser, false);
	plain_tags = times(read_all(&browser), "<");
	leave(&browser);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		hub_container(hub, 11, 1, names[i], names[i], true);
		visit(&browser, false);
		text = read_all(&browser);
		assert_int_equal(times(text, "<"), plain_tags);
		LACKS(text, "<script");
		LACKS(text, "<img");
		leave(&browser);
	}
}

static void rows_come_and_go_without_waiting_for_a_tick(void **state)
{
	struct browser browser;
	const char *text;

	(void)state;
	visit(&browser, false);
	read_all(&browser);
	hub_container(hub, 13, 1, "off", "alpha", true);
	hub_container(hub, 11, 1, "web", "alpha", false);
	hub_turn(hub);
	text = read_all(&browser);
	assert_int_equal(times(text, "<tr class=\"r\" id=\"c13\">"), 1);
	HAS(text, "#c13{display:grid;--c:\"\"");
	HAS(text, "#c11{display:none;}");
	assert_true(strstr(text, "<tr") < strstr(text, "<style"));
	leave(&browser);
}

/* A row that returns is in some documents (hidden) and not in others. */
static void rows_return_once_to_each_document(void **state)
{
	struct browser before, after;

	(void)state;
	visit(&before, false);
	read_all(&before);
	hub_container_gone(hub, 11); /* docker rm */
	hub_turn(hub);
	HAS(read_all(&before), "#c11{display:none;}");
	visit(&after, false);
	LACKS(read_all(&after), "c11");
	hub_container(hub, 11, 1, "web", "alpha", true); /* docker run of the same name */
	hub_turn(hub);
	LACKS(read_all(&before), "<tr");
	HAS(before.text.data, "#c11{display:grid;--c:\"\"");
	assert_int_equal(times(read_all(&after), "<tr class=\"r\" id=\"c11\">"), 1);
	HAS(after.text.data, "#c11{display:grid;--c:\"\"");
	for (int i = 0; i < 3; i++) { /* and again: now both hold it */
		hub_container(hub, 11, 1, "web", "alpha", false);
		hub_turn(hub);
		hub_container(hub, 11, 1, "web", "alpha", true);
		hub_turn(hub);
		LACKS(read_all(&before), "<tr");
		LACKS(read_all(&after), "<tr");
	}
	leave(&before);
	leave(&after);
}

static void documents_alone_are_up_to_date(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, false);
	read_all(&browser);
	leave(&browser);
	hub_container(hub, 11, 1, "web", "alpha", false); /* nobody looks */
	hub_container(hub, 13, 1, "off", "alpha", true);
	hub_turn(hub);
	visit(&browser, false);
	LACKS(read_all(&browser), "c11");
	HAS(browser.text.data, "id=\"c13\"");
	leave(&browser);
}

static void a_new_name_loads_the_documents_again(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, false);
	read_all(&browser);
	hub_container(hub, 12, 1, "db", "alpha", true);
	hub_turn(hub);
	assert_false(browser.stream.ending);
	hub_container(hub, 12, 1, "db-old", "alpha", true);
	hub_turn(hub);
	assert_true(browser.stream.ending);
	leave(&browser);
	visit(&browser, false);
	HAS(read_all(&browser), ">db-old<");
	leave(&browser);
}

static void nothing_runs_and_then_something(void **state)
{
	struct browser browser;

	(void)state;
	hub_container(hub, 11, 1, "web", "alpha", false);
	visit(&browser, false);
	read_all(&browser);
	hub_container(hub, 12, 1, "db", "alpha", false);
	hub_turn(hub);
	assert_true(browser.stream.ending); /* the last row went: load again, and read that */
	leave(&browser);
	visit(&browser, false);
	HAS(read_all(&browser), "<p class=\"lv-empty\">No container is running.</p>");
	LACKS(browser.text.data, "<table");
	assert_true(strlen(browser.text.data) > 1024);
	hub_flush(hub);
	assert_false(browser.stream.ending);
	hub_container(hub, 12, 1, "db", "alpha", true);
	hub_turn(hub);
	assert_true(browser.stream.ending);
	leave(&browser);
}

static void a_text_browser_gets_an_end(void **state)
{
	struct hub_page page = { .once = true, .base = "", .theme = "auto", .version = "1" };
	struct browser browser;

	(void)state;
	sb_init(&browser.text, 100000);
	stream_init(&browser.stream, no_wake);
	hub_attach_page(hub, &browser.stream, &page);
	assert_true(browser.stream.ending);
	HAS(read_all(&browser), "</tbody></table></body></html>\n");
	HAS(browser.text.data, "<html lang=\"en\"><head>");
	HAS(browser.text.data, "href=\"/containers/12\"");
	leave(&browser);
}

static void no_more_than_the_first_rows_are_shown(void **state)
{
	struct browser browser;
	char name[32];

	(void)state;
	for (int64_t id = 1000; id < 1000 + HUB_PAGE_ROWS_MAX; id++) {
		snprintf(name, sizeof(name), "many-%lld", (long long)id);
		hub_container(hub, id, 2, name, "beta", true);
		set(id, 5, 1e6);
	}
	hub_flush(hub);
	visit(&browser, false);
	HAS(read_all(&browser), "The first 2000 of 2002 running containers by CPU.");
	assert_int_equal(times(browser.text.data, "<tr class=\"r\""), HUB_PAGE_ROWS_MAX);
	LACKS(browser.text.data, "id=\"c11\"");
	set(11, 99, 1e6); /* it rises: in, and another one out */
	hub_flush(hub);
	assert_int_equal(times(read_all(&browser), "<tr class=\"r\" id=\"c11\">"), 1);
	assert_int_equal(times(browser.text.data, "display:grid"), 1);
	assert_int_equal(times(browser.text.data, "display:none"), 1);
	leave(&browser);
}

static void a_slow_document_is_loaded_again(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, false);
	for (int i = 0; i < 20; i++) {
		set(11, i, 1e6);
		hub_flush(hub);
	}
	assert_true(browser.stream.ending);
	assert_false(browser.stream.broken);
	leave(&browser);
}

static void documents_end(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, false);
	read_all(&browser);
	now_ms += HUB_PING_MS;
	hub_second(hub);
	assert_string_equal(read_all(&browser), "\n");
	now_ms += HUB_PAGE_MS;
	hub_second(hub);
	assert_true(browser.stream.ending);
	leave(&browser);
}

static void looking_at_all_is_known(void **state)
{
	struct browser browser;

	(void)state;
	visit(&browser, true);
	assert_true(hub_watched(hub, 1, 11));
	assert_false(hub_watched_closely(hub, 1, 11));
	assert_false(hub_watched(hub, 1, 0));
	leave(&browser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_document_is_complete_for_text_and_for_style, make, drop),
		cmocka_unit_test_setup_teardown(memory_is_another_order, make, drop),
		cmocka_unit_test_setup_teardown(each_tick_sends_one_rule_per_changed_row, make, drop),
		cmocka_unit_test_setup_teardown(unknown_values_come_last, make, drop),
		cmocka_unit_test_setup_teardown(hostile_names_stay_text, make, drop),
		cmocka_unit_test_setup_teardown(rows_come_and_go_without_waiting_for_a_tick, make, drop),
		cmocka_unit_test_setup_teardown(rows_return_once_to_each_document, make, drop),
		cmocka_unit_test_setup_teardown(documents_alone_are_up_to_date, make, drop),
		cmocka_unit_test_setup_teardown(a_new_name_loads_the_documents_again, make, drop),
		cmocka_unit_test_setup_teardown(nothing_runs_and_then_something, make, drop),
		cmocka_unit_test_setup_teardown(a_text_browser_gets_an_end, make, drop),
		cmocka_unit_test_setup_teardown(no_more_than_the_first_rows_are_shown, make, drop),
		cmocka_unit_test_setup_teardown(a_slow_document_is_loaded_again, make, drop),
		cmocka_unit_test_setup_teardown(documents_end, make, drop),
		cmocka_unit_test_setup_teardown(looking_at_all_is_known, make, drop),
	};

	return cmocka_run_group_tests_name("hub_page", tests, NULL, NULL);
}
