/* sb, utf8, fmt, query, json, spark: what goes in, what must come out. */
#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>

#include "lib/base/arena.h"
#include "lib/base/die.h"
#include "lib/base/fmt.h"
#include "lib/base/json.h"
#include "lib/base/query.h"
#include "lib/base/sb.h"
#include "lib/base/spark.h"
#include "lib/base/utf8.h"

static void sb_keeps_its_bound(void **state)
{
	AUTO_SB sb = SB_INIT(10);

	(void)state;
	sb_add(&sb, "12345");
	sb_add(&sb, "67890");
	assert_false(sb_failed(&sb));
	assert_string_equal(sb.data, "1234567890");
	sb_add_char(&sb, 'x');
	assert_true(sb_failed(&sb));
	assert_string_equal(sb.data, "");
	sb_add(&sb, "y");
	assert_int_equal(sb.len, 0);
	assert_null(sb_take(&sb));
	sb_reset(&sb);
	sb_addf(&sb, "%d-%s", 42, "ok");
	assert_string_equal(sb.data, "42-ok");
	sb_drop(&sb, 3);
	assert_string_equal(sb.data, "ok");
	sb_cut(&sb, 1);
	assert_string_equal(sb.data, "o");
}

static void sb_escapes(void **state)
{
	static const struct {
		const char *in, *html, *json, *css, *url;
	} table[] = {
		{ "", "", "\"\"", "\"\"", "" },
		{ "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;", "\"a\\u003cb>&\\\"'\"",
		    "\"a\\00003cb\\00003e\\000026\\000022\\000027\"", "a%3Cb%3E%26%22%27" },
		{ "l\n\t\x01", "l\n\t\x01", "\"l\\n\\t\\u0001\"", "\"l\\00000a\\000009\\000001\"",
		    "l%0A%09%01" },
		{ "3.1 %", "3.1 %", "\"3.1 %\"", "\"3.1 %\"", "3.1%20%25" },
		{ "\xc3\xa9\xff", "\xc3\xa9\xff", "\"\xc3\xa9\\ufffd\"", "\"\xc3\xa9\xff\"", "%C3%A9%FF" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_SB html = SB_INIT(200);
		AUTO_SB json = SB_INIT(200);
		AUTO_SB css = SB_INIT(200);
		AUTO_SB url = SB_INIT(200);

		sb_add_html(&html, table[i].in);
		sb_add_json(&json, table[i].in);
		sb_add_css(&css, table[i].in);
		sb_add_url(&url, table[i].in);
		assert_string_equal(html.data, table[i].html);
		assert_string_equal(json.data, table[i].json);
		assert_string_equal(css.data, table[i].css);
		assert_string_equal(url.data, table[i].url);
	}
}

static void utf8_is_checked(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} table[] = {
		{ "plain", true },
		{ "\xc3\xa9", true },
		{ "\xe2\x82\xac", true },
		{ "\xf0\x9f\x90\xb3", true },
		{ "\xc0\x80", false },
		{ "\xed\xa0\x80", false },
		{ "\xf4\x90\x80\x80", false },
		{ "\xe2\x82", false },
		{ "\x80", false },
		{ "\xf5\x80\x80\x80", false },
		{ "\xe0\x80\x80", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_int_equal(utf8_valid(table[i].text), table[i].valid);
}

static void numbers_have_three_digits(void **state)
{
	static const struct {
		void (*format)(double, char *);
		double value;
		const char *want;
	} table[] = {
		{ fmt_bytes, 0, "0 B" },
		{ fmt_bytes, 999, "999 B" },
		{ fmt_bytes, 999.7, "1.00 kB" },
		{ fmt_bytes, 1420, "1.42 kB" },
		{ fmt_bytes, 14200, "14.2 kB" },
		{ fmt_bytes, 412e6, "412 MB" },
		{ fmt_bytes, 999.6e6, "1.00 GB" },
		{ fmt_bytes, 1.42e9, "1.42 GB" },
		{ fmt_bytes, 2e18, "2.00 EB" },
		{ fmt_bytes, -1, "" },
		{ fmt_bytes, NAN, "" },
		{ fmt_bytes, INFINITY, "" },
		{ fmt_rate, 0.2, "0 B/s" },
		{ fmt_rate, 1.2e6, "1.20 MB/s" },
		{ fmt_percent, 0.04, "0.0 %" },
		{ fmt_percent, 3.14, "3.1 %" },
		{ fmt_percent, 99.96, "100 %" },
		{ fmt_percent, 250.4, "250 %" },
		{ fmt_percent, -1, "" },
		{ fmt_number, 0.424, "0.42" },
		{ fmt_number, 12.34, "12.3" },
		{ fmt_number, 128.4, "128" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char text[FMT_BYTES];

		table[i].format(table[i].value, text);
		assert_string_equal(text, table[i].want);
	}
}

static void counts_and_spans(void **state)
{
	char text[FMT_BYTES], number[FMT_BYTES], unit[FMT_BYTES];
	static const struct {
		int64_t ms;
		const char *want;
	} spans[] = {
		{ 0, "0 s" },
		{ 59999, "59 s" },
		{ 60000, "1 min" },
		{ 7200000, "2 h" },
		{ 41 * 86400000LL, "41 d" },
		{ 800 * 86400000LL, "2 y" },
		{ -5, "0 s" },
	};

	(void)state;
	fmt_count(9876, text);
	assert_string_equal(text, "9876");
	fmt_count(1234567, text);
	assert_string_equal(text, "1 234 567");
	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		fmt_duration(spans[i].ms, text);
		assert_string_equal(text, spans[i].want);
	}
	fmt_ago(1000000, 1240000, text);
	assert_string_equal(text, "4 min ago");
	fmt_ago(1240000, 1000000, text);
	assert_string_equal(text, "in 4 min");
	fmt_ago(1000000, 1000500, text);
	assert_string_equal(text, "just now");
	fmt_ago(0, 1000, text);
	assert_string_equal(text, "");
	fmt_split("3.1 %", number, unit);
	assert_string_equal(number, "3.1");
	assert_string_equal(unit, "%");
	fmt_split("42", number, unit);
	assert_string_equal(number, "42");
	assert_string_equal(unit, "");
}

static void queries_are_decoded(void **state)
{
	struct query query;
	struct err err = ERR_INIT;
	const char *text = "q=a+b%26c&empty=&flag&q=second&n=42&big=99999999999999999999&bad=1x";

	(void)state;
	CHECK_OK(query_parse(text, strlen(text), &query, &err));
	assert_string_equal(query_get(&query, "q", NULL), "a b&c");
	assert_string_equal(query_get(&query, "empty", NULL), "");
	assert_string_equal(query_get(&query, "flag", NULL), "");
	assert_null(query_get(&query, "absent", NULL));
	assert_int_equal(query_int(&query, "n", 0, 100, -1), 42);
	assert_int_equal(query_int(&query, "n", 0, 10, -1), -1);
	assert_int_equal(query_int(&query, "big", 0, INT64_MAX, -1), -1);
	assert_int_equal(query_int(&query, "bad", 0, 9, -1), -1);
	query_release(&query);
}

static void bad_queries_are_refused(void **state)
{
	static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%00", "%ff=1", "a=%c3", "a=%c0%80" };
	struct query query;
	char many[QUERY_FIELDS_MAX * 4];
	static char lengthy[QUERY_BYTES_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(query_parse(bad[i], strlen(bad[i]), &query, &err), -EINVAL);
		assert_true(err.text[0]);
		assert_int_equal(query.count, 0);
	}
	memset(many, '&', sizeof(many));
	assert_int_equal(query_parse(many, sizeof(many), &query, NULL), -E2BIG);
	memset(lengthy, 'x', sizeof(lengthy));
	assert_int_equal(query_parse(lengthy, sizeof(lengthy), &query, NULL), -E2BIG);
	CHECK_OK(query_parse("", 0, &query, NULL));
	assert_int_equal(query.count, 0);
	query_release(&query);
}

static void json_is_bounded(void **state)
{
	static const char *const bad[] = { "", "{", "[1,]x", "{\"a\":1} {}", "nul", "null", "\"\xff\"",
		"{\"a\":1}x" };
	char deep[2 * JSON_DEPTH_MAX + 8];
	struct json_object *object = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(json_parse(bad[i], strlen(bad[i]), &object, &err), -EINVAL);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(json_parse(deep, sizeof(deep), &object, &err), -EINVAL);
	CHECK_OK(json_parse(
	    " {\"s\":\"x\",\"n\":{\"i\":7,\"d\":1.5},\"b\":true,\"a\":[1,2]}\n", 50, &object, &err));
	assert_string_equal(json_str(object, "s", "?"), "x");
	assert_string_equal(json_str(object, "n", "?"), "?");
	assert_int_equal(json_int(json_get(object, "n"), "i", -1), 7);
	assert_true(json_num(json_at(object, "n", NULL), "d", 0) > 1.4);
	assert_true(json_flag(object, "b"));
	assert_int_equal(json_count(json_get(object, "a")), 2);
	assert_null(json_at(object, "s", "deeper", NULL));
	assert_int_equal(json_int(NULL, "x", 5), 5);
	json_object_put(object);
	CHECK_OK(json_parse("12", 2, &object, &err));
	assert_int_equal(json_object_get_int(object), 12);
	json_object_put(object);
}

static void sparks_are_stored_and_drawn(void **state)
{
	struct spark spark, again;
	uint8_t blob[SPARK_BLOB_BYTES];
	AUTO_SB points = SB_INIT(2000);

	(void)state;
	spark_init(&spark);
	spark_points(&spark, 0, &points);
	assert_string_equal(points.data, "");
	spark_push(&spark, 50);
	spark_push(&spark, NAN);
	spark_push(&spark, 100);
	spark_to_blob(&spark, blob);
	spark_from_blob(blob, sizeof(blob), &again);
	assert_memory_equal(&spark, &again, sizeof(spark));
	assert_true(spark_max(&again) > 99.9);
	spark_points(&spark, 100, &points);
	assert_string_equal(points.data, "93,40.0 93,12.0 97,12.0 100,1.0 102,1.0 102,40.0");
	spark_from_blob(blob, 3, &again);
	assert_true(spark_max(&again) == 0);
}

static void arenas_grow_and_reset(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	size_t capacity = 0;
	int *items = NULL;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		items = arena_grow(&arena, items, (size_t)i, &capacity, sizeof(*items));
		items[i] = i;
	}
	for (int i = 0; i < 10000; i++)
		assert_int_equal(items[i], i);
	assert_string_equal(arena_printf(&arena, "%s-%d", "x", 7), "x-7");
	assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
	arena_reset(&arena);
	assert_int_equal(arena.used_bytes, 0);
	assert_string_equal(arena_strdup(&arena, "again"), "again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sb_keeps_its_bound),
		cmocka_unit_test(sb_escapes),
		cmocka_unit_test(utf8_is_checked),
		cmocka_unit_test(numbers_have_three_digits),
		cmocka_unit_test(counts_and_spans),
		cmocka_unit_test(queries_are_decoded),
		cmocka_unit_test(bad_queries_are_refused),
		cmocka_unit_test(json_is_bounded),
		cmocka_unit_test(sparks_are_stored_and_drawn),
		cmocka_unit_test(arenas_grow_and_reset),
	};

	return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
