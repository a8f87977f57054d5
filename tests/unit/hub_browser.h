/* hub_browser: what the tests of the hub share: a hub with a clock of its own, a browser that reads. */
#ifndef DOCKMON_TESTS_HUB_BROWSER_H
#define DOCKMON_TESTS_HUB_BROWSER_H

#include "collector/live/hub_serve.h"
#include "tests/unit/check.h"

static int64_t now_ms;
static struct hub *hub;

static int64_t test_clock(void)
{
	return now_ms;
}

/* A browser: what it was sent, as far as it has read. */
struct browser {
	struct stream stream;
	struct sb text;
};

static void no_wake(struct stream *stream)
{
	(void)stream;
}

static const char *read_all(struct browser *browser)
{
	char part[7];
	size_t len;

	sb_reset(&browser->text);
	while ((len = stream_read(&browser->stream, part, sizeof(part))) > 0) {
		sb_add_mem(&browser->text, part, len);
		if (stream_is_drained(&browser->stream))
			hub_refill(hub, &browser->stream);
	}
	assert_false(sb_failed(&browser->text));
	return browser->text.data;
}

static void leave(struct browser *browser)
{
	hub_detach(hub, &browser->stream);
	stream_release(&browser->stream);
	sb_release(&browser->text);
}

static struct container_now container_values(int64_t id, double cpu_percent, double memory_bytes)
{
	struct container_now now = { .container_id = id,
		.cpu_percent = cpu_percent,
		.memory_bytes = memory_bytes,
		.memory_limit = 1e9,
		.rx_rate = 1000,
		.tx_rate = 200,
		.read_rate = -1,
		.write_rate = 0,
		.pids = 12345 };

	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	return now;
}

#define HAS(browser_text, part) assert_non_null(strstr((browser_text), (part)))
#define LACKS(browser_text, part) assert_null(strstr((browser_text), (part)))

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

#endif
