#include "collector/live/hub.h"

#include "collector/live/hub_private.h"
#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/store/container.h"
#include "lib/store/host.h"

#define WIDE_SPARKS_MS 9500 /* a container's sparkline on the page of all moves every 10 s */
#define LONG_AGO (INT64_MIN / 2)

struct hub *hub_create(void)
{
	struct hub *hub = xcalloc(1, sizeof(*hub));
	uint8_t boot[8];

	crypto_random(boot, sizeof(boot));
	crypto_hex(boot, sizeof(boot), hub->boot);
	rows_init(&hub->containers, CONTAINERS_MAX);
	rows_init(&hub->hosts, HOSTS_MAX);
	sb_init(&hub->scratch, HUB_MESSAGE_MAX);
	hub->clock = clock_mono_ms;
	hub->spark_ms = LONG_AGO;
	hub->page_base = xstrdup("");
	return hub;
}

void hub_free(struct hub **hub)
{
	struct hub *h = *hub;

	if (!h)
		return;
	rows_release(&h->containers);
	rows_release(&h->hosts);
	channels_release(&h->channels);
	for (size_t i = 0; i < ROWS_SORTS; i++)
		chunk_drop(&h->page_rules[i]);
	sb_release(&h->scratch);
	free(h->page_base);
	free(h);
	*hub = NULL;
}

void hub_set_clock(struct hub *hub, hub_clock_fn clock)
{
	hub->clock = clock;
}

struct chunk *hub_take_scratch(struct hub *hub)
{
	struct chunk *chunk = chunk_make(&hub->scratch);

	if (sb_failed(&hub->scratch))
		die("a live message of over %zu bytes", HUB_MESSAGE_MAX);
	sb_reset(&hub->scratch);
	if (hub->scratch.alloc > HUB_SCRATCH_KEPT)
		sb_release(&hub->scratch);
	return chunk;
}

static struct row *take_container(struct hub *hub, int64_t container_id)
{
	struct row *row = rows_take(&hub->containers, container_id);

	if (!row) {
		rows_sweep(&hub->containers, INT64_MAX);
		row = rows_take(&hub->containers, container_id);
	}
	if (!row && !hub->full_said)
		log_warning("over %d containers: the further ones have no live values", CONTAINERS_MAX);
	hub->full_said = !row;
	return row;
}

static bool set_string(char **string, const char *text)
{
	if (*string && !strcmp(*string, text))
		return false;
	free(*string);
	*string = xstrdup(text);
	return true;
}

static void set_running(struct hub *hub, struct row *row, bool running)
{
	if (row->running == running)
		return;
	row->running = running;
	hub->pages_dirty = true;
	if (running)
		return;
	figures_clear(&row->figures);
	row->cpu_percent = row->memory_bytes = -1;
}

void hub_container(struct hub *hub, int64_t container_id, int64_t host_id, const char *name,
    const char *host_name, bool running)
{
	struct row *row = take_container(hub, container_id);
	bool is_named, was_shown;

	if (!row)
		return;
	was_shown =
	    row->page[0].shown || row->page[1].shown || row->page[0].left_seq || row->page[1].left_seq;
	row->gone_ms = 0;
	row->host_id = host_id;
	is_named = set_string(&row->name, name);
	is_named = set_string(&row->host_name, host_name) || is_named;
	if (is_named && was_shown)
		hub->pages_stale = hub->pages_dirty = true;
	set_running(hub, row, running);
}

void hub_container_gone(struct hub *hub, int64_t container_id)
{
	struct row *row = rows_find(&hub->containers, container_id);

	if (!row || row->gone_ms)
		return;
	set_running(hub, row, false);
	row->gone_ms = hub->clock();
}

void hub_host_gone(struct hub *hub, int64_t host_id)
{
	for (size_t i = 0; i < hub->containers.count; i++) {
		if (hub->containers.items[i]->host_id == host_id)
			hub_container_gone(hub, hub->containers.items[i]->id);
	}
	rows_drop(&hub->hosts, host_id);
}

void hub_container_now(struct hub *hub, const struct container_now *now)
{
	struct row *row = rows_find(&hub->containers, now->container_id);

	if (!row || !row->running)
		return;
	row->cpu_percent = now->cpu_percent;
	row->memory_bytes = now->memory_bytes;
	figures_set_container(&row->figures, now);
}

void hub_host_now(struct hub *hub, const struct host_now *now)
{
	struct row *row = rows_take(&hub->hosts, now->host_id);

	if (row)
		figures_set_host(&row->figures, now);
}

static void all_seen(struct rows *rows, bool with_sparks)
{
	for (size_t i = 0; i < rows->count; i++) {
		rows->items[i]->figures.fresh = 0;
		if (with_sparks)
			rows->items[i]->figures.fresh_spark = false;
	}
}

void hub_flush(struct hub *hub)
{
	int64_t now_ms = hub->clock();
	bool with_sparks = now_ms - hub->spark_ms >= WIDE_SPARKS_MS;

	hub->data_seq++;
	if (with_sparks)
		hub->spark_ms = now_ms;
	for (size_t i = 0; i < hub->channels.count; i++) {
		struct channel *channel = hub->channels.items[i];
		bool is_page = channel->topic.kind == TOPIC_LIVE_CPU || channel->topic.kind == TOPIC_LIVE_MEM;
		struct chunk *chunk = is_page ? NULL : sse_fresh(hub, channel, with_sparks);

		for (struct stream *stream = channel->streams; chunk && stream; stream = stream->next)
			stream_put_values(stream, chunk, now_ms);
		chunk_drop(&chunk);
	}
	all_seen(&hub->hosts, with_sparks);
	all_seen(&hub->containers, with_sparks);
	page_publish(hub);
	rows_sweep(&hub->containers, now_ms - ROWS_GONE_MS);
}

static void note_change(struct hub *hub, int64_t host_id, int64_t container_id, bool is_event)
{
	struct change change = { ++hub->seq, hub->clock(), host_id, container_id, is_event };

	hub->changes[change.seq % HUB_CHANGES_KEPT] = change;
	hub->data_seq++;
	for (size_t i = 0; i < hub->channels.count; i++) {
		struct channel *channel = hub->channels.items[i];
		const struct row *row = NULL;

		if (channel->change_waits)
			continue;
		if (channel->topic.kind == TOPIC_CONTAINER && !container_id)
			row = rows_find(&hub->containers, channel->topic.id);
		if (!topic_is_touched(&channel->topic, &change, row ? row->host_id : 0))
			continue;
		channel->change_waits = hub->changes_wait = true;
		channel->told_seq = change.seq - 1;
	}
}

void hub_change(struct hub *hub, int64_t host_id, int64_t container_id)
{
	note_change(hub, host_id, container_id, false);
}

void hub_events(struct hub *hub, int64_t host_id, int64_t container_id)
{
	note_change(hub, host_id, container_id, true);
}

static void tell_change(struct hub *hub, struct channel *channel, int64_t now_ms)
{
	struct chunk *chunk;

	channel->change_waits = false;
	channel->told_ms = now_ms;
	chunk = sse_change(hub, channel);
	for (struct stream *stream = channel->streams; stream; stream = stream->next)
		stream_put_change(stream, chunk, now_ms);
	chunk_drop(&chunk);
}

int64_t hub_turn(struct hub *hub)
{
	int64_t now_ms, wait_ms = -1;

	if (hub->pages_dirty)
		page_publish(hub);
	if (!hub->changes_wait)
		return -1;
	now_ms = hub->clock();
	for (size_t i = 0; i < hub->channels.count; i++) {
		struct channel *channel = hub->channels.items[i];
		int64_t left_ms = channel->told_ms + HUB_CHANGE_SPACING_MS - now_ms;

		if (!channel->change_waits)
			continue;
		if (left_ms <= 0)
			tell_change(hub, channel, now_ms);
		else if (wait_ms < 0 || left_ms < wait_ms)
			wait_ms = left_ms;
	}
	hub->changes_wait = wait_ms >= 0;
	return wait_ms;
}

static bool is_watched(const struct hub *hub, enum topic_kind kind, int64_t id)
{
	struct topic topic = { kind, id };

	return channels_find(&hub->channels, &topic) != NULL;
}

bool hub_watched_closely(const struct hub *hub, int64_t host_id, int64_t container_id)
{
	return is_watched(hub, TOPIC_HOST, host_id) ||
	    (container_id && is_watched(hub, TOPIC_CONTAINER, container_id));
}

bool hub_watched(const struct hub *hub, int64_t host_id, int64_t container_id)
{
	if (hub_watched_closely(hub, host_id, container_id) || is_watched(hub, TOPIC_DASHBOARD, 0))
		return true;
	if (!container_id)
		return is_watched(hub, TOPIC_HOSTS, 0);
	return is_watched(hub, TOPIC_CONTAINERS, 0) || is_watched(hub, TOPIC_LIVE_CPU, 0) ||
	    is_watched(hub, TOPIC_LIVE_MEM, 0);
}

static struct chunk *chunk_of_text(const char *text)
{
	AUTO_SB sb = SB_INIT(64);

	sb_add(&sb, text);
	return chunk_make(&sb);
}

void hub_attach(struct hub *hub, struct stream *stream, const struct topic *topic, const char *last_id)
{
	int64_t now_ms = hub->clock();
	bool has_missed = sse_has_missed(hub, topic, last_id, now_ms);
	struct channel *channel = channels_add(&hub->channels, topic, stream);
	struct chunk *hello = chunk_of_text("retry: 2000\n\n"), *snapshot, *change = NULL;
	uint8_t spread;

	if (channel->count == 1)
		channel->told_ms = LONG_AGO;
	/* not all at once when thousands came at once */
	crypto_random(&spread, sizeof(spread));
	stream->ends_ms = now_ms + HUB_STREAM_MS - spread * 200;
	snapshot = sse_snapshot(hub, channel);
	if (has_missed)
		change = sse_change(hub, channel);
	stream_put(stream, hello, now_ms);
	stream_put(stream, snapshot, now_ms);
	if (change)
		stream_put_change(stream, change, now_ms);
	chunk_drop(&hello);
	chunk_drop(&snapshot);
	chunk_drop(&change);
}

void hub_detach(struct hub *hub, struct stream *stream)
{
	channels_remove(&hub->channels, stream);
}

void hub_refill(struct hub *hub, struct stream *stream)
{
	struct chunk *chunk;

	if (!stream->slow || !stream->channel || stream->is_page || !stream_is_drained(stream))
		return;
	stream->slow = false;
	chunk = sse_snapshot(hub, stream->channel);
	stream_put(stream, chunk, hub->clock());
	chunk_drop(&chunk);
}

void hub_second(struct hub *hub)
{
	int64_t now_ms = hub->clock();
	struct chunk *ping = chunk_of_text(": ping\n\n"), *page_ping = chunk_of_text("\n");

	for (size_t i = 0; i < hub->channels.count; i++) {
		for (struct stream *stream = hub->channels.items[i]->streams; stream; stream = stream->next) {
			if (now_ms >= stream->ends_ms)
				stream_end(stream);
			else if (now_ms - stream->put_ms >= HUB_PING_MS)
				stream_put(stream, stream->is_page ? page_ping : ping, now_ms);
		}
	}
	chunk_drop(&ping);
	chunk_drop(&page_ping);
}
