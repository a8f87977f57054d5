/* The parts under the hub: topics, queues, rows, channels, figures. */
#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>

#include "collector/live/channel.h"
#include "collector/live/figures.h"
#include "collector/live/rows.h"
#include "lib/base/die.h"

static int woken;

static void count_wake(struct stream *stream)
{
	(void)stream;
	woken++;
}

static struct chunk *chunk_of(const char *text)
{
	AUTO_SB sb = SB_INIT(1000000);

	sb_add(&sb, text);
	return chunk_make(&sb);
}

static void put(struct stream *stream, const char *text)
{
	struct chunk *chunk = chunk_of(text);

	stream_put(stream, chunk, 1);
	chunk_drop(&chunk);
	assert_null(chunk);
}

static void topics_are_parsed_strictly(void **state)
{
	static const struct {
		const char *text;
		int want;
		struct topic topic;
	} cases[] = {
		{ "dashboard", 0, { TOPIC_DASHBOARD, 0 } },
		{ "hosts", 0, { TOPIC_HOSTS, 0 } },
		{ "host:3", 0, { TOPIC_HOST, 3 } },
		{ "containers", 0, { TOPIC_CONTAINERS, 0 } },
		{ "container:12", 0, { TOPIC_CONTAINER, 12 } },
		{ "container:9223372036854775807", 0, { TOPIC_CONTAINER, INT64_MAX } },
		{ "events", 0, { TOPIC_EVENTS, 0 } },
		{ "", -EINVAL, { 0, 0 } },
		{ "host", -EINVAL, { 0, 0 } },
		{ "host:", -EINVAL, { 0, 0 } },
		{ "host:0", -EINVAL, { 0, 0 } },
		{ "host:-3", -EINVAL, { 0, 0 } },
		{ "host:3x", -EINVAL, { 0, 0 } },
		{ "host: 3", -EINVAL, { 0, 0 } },
		{ "host:9223372036854775808", -EINVAL, { 0, 0 } },
		{ "hosts:3", -EINVAL, { 0, 0 } },
		{ "hostsx", -EINVAL, { 0, 0 } },
		{ "Dashboard", -EINVAL, { 0, 0 } },
		{ ":", -EINVAL, { 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct topic topic = { TOPIC_COUNT, -1 };

		if (topic_parse(cases[i].text, &topic) != cases[i].want)
			fail_msg("\"%s\"", cases[i].text);
		if (cases[i].want)
			assert_int_equal(topic.id, -1); /* untouched */
		else
			assert_int_equal(topic_compare(&topic, &cases[i].topic), 0);
	}
}

static void a_queue_gives_its_bytes_in_order(void **state)
{
	struct stream stream;
	char bytes[4];
	AUTO_SB all = SB_INIT(100);
	size_t len;

	(void)state;
	woken = 0;
	stream_init(&stream, count_wake);
	for (int round = 0; round < 20; round++) { /* often enough to go round the ring */
		sb_reset(&all);
		put(&stream, "one ");
		put(&stream, "two ");
		put(&stream, "three");
		assert_int_equal(stream.bytes, 13);
		while ((len = stream_read(&stream, bytes, sizeof(bytes))) > 0)
			sb_add_mem(&all, bytes, len);
		assert_string_equal(all.data, "one two three");
		assert_int_equal(stream.bytes, 0);
		assert_true(stream_is_drained(&stream));
	}
	assert_int_equal(woken, 60);
	stream_release(&stream);
}

static void chunks_live_as_long_as_somebody_sends_them(void **state)
{
	struct stream streams[3];
	struct chunk *chunk = chunk_of("shared");
	char bytes[16];

	(void)state;
	for (int i = 0; i < 3; i++) {
		stream_init(&streams[i], count_wake);
		stream_put(&streams[i], chunk, 1);
	}
	assert_int_equal(chunk->refs, 4);
	assert_int_equal(stream_read(&streams[0], bytes, sizeof(bytes)), 6);
	assert_int_equal(chunk->refs, 3);
	assert_int_equal(stream_read(&streams[1], bytes, 2), 2);
	assert_int_equal(chunk->refs, 3);
	stream_release(&streams[1]); /* it left in the middle */
	stream_release(&streams[2]);
	assert_int_equal(chunk->refs, 1);
	chunk_drop(&chunk);
}

static void a_full_queue_breaks(void **state)
{
	struct stream stream;

	(void)state;
	stream_init(&stream, count_wake);
	for (int i = 0; i < STREAM_CHUNKS_MAX; i++)
		put(&stream, "x");
	assert_false(stream.broken);
	put(&stream, "x");
	assert_true(stream.broken);
	put(&stream, "x");
	assert_int_equal(stream.count, STREAM_CHUNKS_MAX);
	stream_release(&stream);
}

static void much_waiting_makes_slow(void **state)
{
	struct stream stream;
	char *text = xcalloc(1, STREAM_BYTES_SLOW + 1);
	struct chunk *big, *small = chunk_of("small");

	(void)state;
	memset(text, 'x', STREAM_BYTES_SLOW);
	big = chunk_of(text);
	stream_init(&stream, count_wake);
	stream_put_values(&stream, big, 1); /* one message of any size is fine */
	assert_false(stream.slow);
	stream_put_values(&stream, small, 1);
	assert_true(stream.slow);
	assert_int_equal(stream.count, 1);
	stream_put(&stream, small, 1); /* what must arrive still does */
	assert_int_equal(stream.count, 2);
	stream_release(&stream);
	chunk_drop(&big);
	chunk_drop(&small);
	free(text);
}

static void nothing_follows_an_end(void **state)
{
	struct stream stream;
	char bytes[16];

	(void)state;
	stream_init(&stream, count_wake);
	put(&stream, "last");
	stream_end(&stream);
	put(&stream, "more");
	assert_int_equal(stream_read(&stream, bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "last", 4);
	assert_true(stream_is_drained(&stream) && stream.ending);
	stream_release(&stream);
}

static void rows_are_found_by_id(void **state)
{
	struct rows rows;

	(void)state;
	rows_init(&rows, 1000);
	for (int64_t i = 0; i < 1000; i++) {
		int64_t id = 1 + i * 7919 % 1009; /* every order */

		assert_int_equal(rows_take(&rows, id)->id, id);
	}
	assert_int_equal(rows.count, 1000);
	assert_null(rows_take(&rows, 5000)); /* full */
	assert_non_null(rows_take(&rows, rows.items[500]->id));
	for (size_t i = 1; i < rows.count; i++)
		assert_true(rows.items[i - 1]->id < rows.items[i]->id);
	for (int64_t id = 0; id < 1100; id++) {
		const struct row *row = rows_find(&rows, id);

		assert_true(!row || row->id == id);
	}
	rows_drop(&rows, 5000);
	rows_drop(&rows, rows.items[0]->id);
	rows.items[0]->gone_ms = 10;
	rows.items[1]->gone_ms = 20;
	rows_sweep(&rows, 20);
	assert_int_equal(rows.count, 998);
	assert_int_equal(rows.items[0]->gone_ms, 20);
	rows_release(&rows);
	assert_int_equal(rows.count, 0);
}

static void channels_come_and_go_with_their_streams(void **state)
{
	struct channels channels = { NULL, 0, 0 };
	struct stream streams[100];
	struct topic topic = { TOPIC_CONTAINER, 0 };
	struct channel *channel;

	(void)state;
	for (int i = 0; i < 100; i++) {
		topic.id = 1 + i * 37 % 50;
		stream_init(&streams[i], count_wake);
		channel = channels_add(&channels, &topic, &streams[i]);
		assert_ptr_equal(channel, streams[i].channel);
	}
	assert_int_equal(channels.count, 50);
	for (size_t i = 1; i < channels.count; i++)
		assert_true(topic_compare(&channels.items[i - 1]->topic, &channels.items[i]->topic) < 0);
	assert_int_equal(channels_find(&channels, &topic)->count, 2);
	for (int i = 99; i >= 0; i -= 2)
		channels_remove(&channels, &streams[i]);
	for (int i = 0; i < 100; i++)
		channels_remove(&channels, &streams[i]); /* half of them are out already */
	assert_int_equal(channels.count, 0);
	assert_null(channels_find(&channels, &topic));
	channels_release(&channels);
}

static const char *json_of(const struct figures *figures, unsigned mask, bool with_unknown)
{
	static struct sb sb = SB_INIT(10000);

	sb_release(&sb);
	figures_add_json(figures, 'c', 5, mask, with_unknown, &sb);
	return sb.data;
}

static void figures_are_texts_and_know_what_is_fresh(void **state)
{
	struct container_now now = { .container_id = 5,
		.cpu_percent = 3.14,
		.memory_bytes = 5e8,
		.memory_limit = 1e9,
		.rx_rate = 1e6,
		.tx_rate = -1,
		.read_rate = NAN,
		.write_rate = INFINITY,
		.pids = -1 };
	struct figures figures;

	(void)state;
	figures_init(&figures);
	assert_int_equal(figures.fresh, 0);
	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	spark_push(&now.memory, 1);
	figures_set_container(&figures, &now);
	assert_int_equal(figures.fresh,
	    FIGURE_BIT(FIGURE_CPU) | FIGURE_BIT(FIGURE_MEM) | FIGURE_BIT(FIGURE_MEMP) |
	        FIGURE_BIT(FIGURE_RX) | FIGURE_BIT(FIGURE_MEMS));
	assert_string_equal(json_of(&figures, FIGURES_OF_CONTAINER, false),
	    "\"c5.cpu\":\"3.1 %\",\"c5.mem\":\"500 MB\",\"c5.memp\":\"50.0 %\",\"c5.rx\":\"1.00 MB/s\","
	    "\"c5.mems\":\"102,40.0 102,3.9 100,3.9 102,3.9 102,40.0\",");
	assert_string_equal(json_of(&figures, FIGURE_BIT(FIGURE_NET) | FIGURE_BIT(FIGURE_CPUS), true),
	    "\"c5.net\":\"\",\"c5.cpus\":\"\",");
	figures.fresh = 0;
	figures_set_container(&figures, &now);
	assert_int_equal(figures.fresh, 0);
	now.cpu_percent = 3.11; /* the same to a reader */
	figures_set_container(&figures, &now);
	assert_int_equal(figures.fresh, 0);
	figures_clear(&figures);
	assert_string_equal(json_of(&figures, FIGURES_OF_CONTAINER, false), "");
	assert_true(figures.fresh & FIGURE_BIT(FIGURE_CPU));
	assert_false(figures.fresh & FIGURE_BIT(FIGURE_NET)); /* it was unknown before */
}

static void no_number_breaks_a_text(void **state)
{
	static const double numbers[] = { 0, -0.0, 1e-300, 1e300, 1e18, 9.99999e17, 999.4999,
		12345678901234567890.0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		double n = numbers[i];
		struct container_now now = { 5, 0, n, n, n, n, n, n, n, n, { { 0 } }, { { 0 } }, { { 0 } } };
		struct figures figures;

		figures_init(&figures);
		figures_set_container(&figures, &now);
		assert_null(strpbrk(
		    json_of(&figures, FIGURES_OF_CONTAINER & ~FIGURE_BIT(FIGURE_CPUS), false), "\\<>\n\r&'"));
		assert_null(strstr(json_of(&figures, FIGURES_OF_CONTAINER, false), "nan"));
		assert_null(strstr(json_of(&figures, FIGURES_OF_CONTAINER, false), "inf"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(topics_are_parsed_strictly),
		cmocka_unit_test(a_queue_gives_its_bytes_in_order),
		cmocka_unit_test(chunks_live_as_long_as_somebody_sends_them),
		cmocka_unit_test(a_full_queue_breaks),
		cmocka_unit_test(much_waiting_makes_slow),
		cmocka_unit_test(nothing_follows_an_end),
		cmocka_unit_test(rows_are_found_by_id),
		cmocka_unit_test(channels_come_and_go_with_their_streams),
		cmocka_unit_test(figures_are_texts_and_know_what_is_fresh),
		cmocka_unit_test(no_number_breaks_a_text),
	};

	return cmocka_run_group_tests_name("live_parts", tests, NULL, NULL);
}
