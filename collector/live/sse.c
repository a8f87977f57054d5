/* The messages of the SSE streams. */
#include <inttypes.h>

#include "collector/live/hub_private.h"
#include "lib/base/query.h"

static void add_id(const struct hub *hub, const struct channel *channel, struct sb *sb)
{
	/* while a change waits to be told, a stream that breaks must be told it on its return */
	uint64_t seq = channel->change_waits ? channel->told_seq : hub->seq;

	sb_addf(sb, "id: %s-%" PRIu64 "\n", hub->boot, seq);
}

/* What of `mask` is to be sent; a page of everything gets sparklines less often. */
static unsigned fresh_of(const struct figures *figures, enum topic_kind kind, unsigned mask, bool with_sparks)
{
	unsigned sparks = with_sparks && figures->fresh_spark ? FIGURE_BIT(FIGURE_CPUS) : 0;

	if (kind == TOPIC_CONTAINERS)
		return mask & ((figures->fresh & ~FIGURE_BIT(FIGURE_CPUS)) | sparks);
	return mask & figures->fresh;
}

static void add_row(const struct row *row, char kind, unsigned mask, bool all, struct sb *sb)
{
	if (mask && !(all && row->gone_ms))
		figures_add_json(&row->figures, kind, row->id, mask, !all || kind == 'h' || row->running, sb);
}

static void add_hosts(const struct hub *hub, const struct topic *topic, bool all, struct sb *sb)
{
	unsigned mask = topic_host_figures(topic->kind);

	for (size_t i = 0; mask && i < hub->hosts.count; i++) {
		const struct row *row = hub->hosts.items[i];

		if (!topic->id || topic->id == row->id)
			add_row(row, 'h', all ? mask : mask & row->figures.fresh, all, sb);
	}
}

static void add_container(
    const struct row *row, enum topic_kind kind, bool all, bool with_sparks, struct sb *sb)
{
	unsigned mask = topic_container_figures(kind);

	add_row(row, 'c', all ? mask : fresh_of(&row->figures, kind, mask, with_sparks), all, sb);
}

static void add_containers(
    const struct hub *hub, const struct topic *topic, bool all, bool with_sparks, struct sb *sb)
{
	const struct row *one =
	    topic->kind == TOPIC_CONTAINER ? rows_find(&hub->containers, topic->id) : NULL;

	if (one)
		add_container(one, topic->kind, all, with_sparks, sb);
	if (topic->kind == TOPIC_CONTAINER || !topic_container_figures(topic->kind))
		return;
	for (size_t i = 0; i < hub->containers.count; i++) {
		const struct row *row = hub->containers.items[i];

		if (topic->kind != TOPIC_HOST || topic->id == row->host_id)
			add_container(row, topic->kind, all, with_sparks, sb);
	}
}

/* Into hub->scratch; false: there is no value in it. */
static bool build(struct hub *hub, const struct channel *channel, bool all, bool with_sparks)
{
	struct sb *sb = &hub->scratch;
	size_t head;

	add_id(hub, channel, sb);
	sb_add(sb, "event: values\ndata: {");
	head = sb->len;
	add_hosts(hub, &channel->topic, all, sb);
	add_containers(hub, &channel->topic, all, with_sparks, sb);
	if (sb->len == head && !all) {
		sb_reset(sb);
		return false;
	}
	if (sb->len > head)
		sb_cut(sb, sb->len - 1); /* the last comma */
	sb_add(sb, "}\n\n");
	return true;
}

struct chunk *sse_snapshot(struct hub *hub, struct channel *channel)
{
	if (!channel->snapshot || channel->snapshot_seq != hub->data_seq) {
		chunk_drop(&channel->snapshot);
		build(hub, channel, true, true);
		channel->snapshot = hub_take_scratch(hub);
		channel->snapshot_seq = hub->data_seq;
	}
	return chunk_ref(channel->snapshot);
}

struct chunk *sse_fresh(struct hub *hub, const struct channel *channel, bool with_sparks)
{
	return build(hub, channel, false, with_sparks) ? hub_take_scratch(hub) : NULL;
}

struct chunk *sse_change(struct hub *hub, const struct channel *channel)
{
	add_id(hub, channel, &hub->scratch);
	sb_add(&hub->scratch, "event: change\ndata: {}\n\n");
	return hub_take_scratch(hub);
}

/* The sequence number of an id of this run; -1: of another one, or no id at all. */
static int64_t parse_id(const struct hub *hub, const char *text)
{
	size_t len = strlen(hub->boot);
	int64_t seq;

	if (strncmp(text, hub->boot, len) || text[len] != '-' ||
	    parse_int(text + len + 1, 0, INT64_MAX, &seq))
		return -1;
	return seq;
}

bool sse_has_missed(const struct hub *hub, const struct topic *topic, const char *last_id, int64_t now_ms)
{
	const struct row *row =
	    topic->kind == TOPIC_CONTAINER ? rows_find(&hub->containers, topic->id) : NULL;
	uint64_t oldest = hub->seq > HUB_CHANGES_KEPT ? hub->seq - HUB_CHANGES_KEPT : 0;
	bool is_new = !last_id || !*last_id;
	int64_t since = is_new ? 0 : parse_id(hub, last_id);

	if (since < 0 || (uint64_t)since > hub->seq || (!is_new && (uint64_t)since < oldest))
		return true;
	for (uint64_t seq = hub->seq; seq > oldest && seq > (uint64_t)since; seq--) {
		const struct change *change = &hub->changes[seq % HUB_CHANGES_KEPT];

		if (is_new && change->at_ms < now_ms - HUB_FRESH_MS)
			return false;
		if (topic_is_touched(topic, change, row ? row->host_id : 0))
			return true;
	}
	return false;
}
