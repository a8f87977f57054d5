/* The /live document: rows that stay, and style rules that move their values and their order. */
#include <inttypes.h>

#include "collector/live/hub_private.h"
#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"

#define PAGE_HEAD_MAX 8192
#define PAGE_PADDING 1024 /* some browsers show nothing before they have so much */
#define ORDER_UNKNOWN 1   /* after all that is known */
#define ORDER_MAX 1000000000.0

/* The custom properties and classes of static/dockmon.css. */
static const struct {
	enum figure figure;
	const char *name;
} columns[] = {
	{ FIGURE_CPU, "c" },
	{ FIGURE_MEM, "m" },
	{ FIGURE_RX, "rx" },
	{ FIGURE_TX, "tx" },
	{ FIGURE_RD, "rd" },
	{ FIGURE_WR, "wr" },
	{ FIGURE_PIDS, "pi" },
};
static const enum figure sort_figure[ROWS_SORTS] = { FIGURE_CPU, FIGURE_MEM };
static const enum topic_kind sort_topic[ROWS_SORTS] = { TOPIC_LIVE_CPU, TOPIC_LIVE_MEM };

static double sort_value(const struct row *row, int sort)
{
	return sort == 0 ? row->cpu_percent : row->memory_bytes;
}

/* The value itself is the order, in steps of 0.1 % or 4 KiB: so a row that rises moves alone. */
static int order_of(const struct row *row, int sort)
{
	double steps = sort == 0 ? row->cpu_percent * 10 : row->memory_bytes / 4096;

	if (!(steps >= 0))
		return ORDER_UNKNOWN;
	return -(int)((steps < ORDER_MAX ? steps : ORDER_MAX) + 0.5);
}

static int compare(const struct row *a, const struct row *b, int sort)
{
	double x = sort_value(a, sort), y = sort_value(b, sort);
	int names;

	if (x > y || x < y)
		return x > y ? -1 : 1;
	names = strcmp(a->name, b->name);
	return names ? names : a->id < b->id ? -1 : a->id > b->id;
}

static int compare_cpu(const void *a, const void *b)
{
	return compare(*(struct row *const *)a, *(struct row *const *)b, 0);
}

static int compare_memory(const void *a, const void *b)
{
	return compare(*(struct row *const *)a, *(struct row *const *)b, 1);
}

/* The rows that run, *count_r many; sorted if there are more than `sort_over`. Owned by the caller (free()). */
static struct row **running_rows(const struct hub *hub, int sort, size_t sort_over, size_t *count_r)
{
	struct row **rows = xcalloc(hub->containers.count + 1, sizeof(*rows));
	size_t count = 0;

	for (size_t i = 0; i < hub->containers.count; i++) {
		if (hub->containers.items[i]->running)
			rows[count++] = hub->containers.items[i];
	}
	if (count > sort_over)
		qsort(rows, count, sizeof(*rows), sort == 0 ? compare_cpu : compare_memory);
	*count_r = count;
	return rows;
}

static void add_row(const struct row *row, const char *base, struct sb *sb)
{
	sb_addf(sb, "<tr class=\"r\" id=\"c%" PRId64 "\"><th class=\"nm\" scope=\"row\"><a href=\"", row->id);
	sb_add_html(sb, base);
	sb_addf(sb, "/containers/%" PRId64 "\" target=\"_top\">", row->id);
	sb_add_html(sb, row->name);
	sb_add(sb, "</a></th><td class=\"ho\">");
	sb_add_html(sb, row->host_name);
	sb_add(sb, "</td><td class=\"cb\"></td>");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		sb_addf(sb, "<td class=\"%s\"><i>", columns[i].name);
		sb_add_html(sb, row->figures.text[columns[i].figure]);
		sb_add(sb, "</i></td>");
	}
	sb_add(sb, "</tr>\n");
}

static void add_rule(const struct row *row, int sort, unsigned mask, const char *display, struct sb *sb)
{
	sb_addf(sb, "#c%" PRId64 "{", row->id);
	if (display)
		sb_addf(sb, "display:%s;", display);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		if (!(mask & FIGURE_BIT(columns[i].figure)))
			continue;
		sb_addf(sb, "--%s:", columns[i].name);
		sb_add_css(sb, row->figures.text[columns[i].figure]);
		sb_add(sb, ";");
	}
	if (mask & FIGURE_BIT(FIGURE_CPU))
		sb_addf(sb, "--w:%.0f%%;",
		    row->cpu_percent < 0         ? 0
		        : row->cpu_percent < 100 ? row->cpu_percent
		                                 : 100);
	if (mask & FIGURE_BIT(sort_figure[sort]))
		sb_addf(sb, "order:%d", order_of(row, sort));
	sb_add(sb, "}\n");
}

static unsigned page_figures(void)
{
	unsigned mask = 0;

	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		mask |= FIGURE_BIT(columns[i].figure);
	return mask;
}

/* Marks the rows that a document of that order shows from now on. */
static void choose(struct hub *hub, int sort)
{
	size_t count;
	struct row **rows = running_rows(hub, sort, HUB_PAGE_ROWS_MAX, &count);

	for (size_t i = 0; i < hub->containers.count; i++)
		hub->containers.items[i]->page[sort].wanted = false;
	for (size_t i = 0; i < count && i < HUB_PAGE_ROWS_MAX; i++)
		rows[i]->page[sort].wanted = true;
	free(rows);
}

/* The style element that the rules go into is opened for each document by itself: its nonce. */
static void put_rules(struct stream *stream, struct chunk *rules, int64_t now_ms)
{
	AUTO_SB open = SB_INIT(128);
	struct chunk *chunk;

	sb_addf(&open, "<style nonce=\"%s\">", stream->nonce);
	chunk = chunk_make(&open);
	stream_put(stream, chunk, now_ms);
	stream_put(stream, rules, now_ms);
	chunk_drop(&chunk);
}

/* What a publishing found out. */
struct turn {
	struct row **joined; /* owned */
	size_t joined_count, shown_count;
	bool all_new; /* no joined row was ever shown before */
	struct chunk *rows, *rules;
};

/* The joined rows that the document of this stream does not hold yet. */
static struct chunk *rows_for(struct hub *hub, const struct turn *turn, int sort, const struct stream *stream)
{
	for (size_t i = 0; i < turn->joined_count; i++) {
		uint64_t left_seq = turn->joined[i]->page[sort].left_seq;

		if (!stream || left_seq <= stream->live_seq)
			add_row(turn->joined[i], hub->page_base, &hub->scratch);
	}
	return hub_take_scratch(hub);
}

static void send_to(struct hub *hub, const struct turn *turn, int sort, struct stream *stream, int64_t now_ms)
{
	struct chunk *rows = NULL;

	/* an empty document has no table, an emptied one nothing to say: load again. A slow browser too. */
	if (stream->empty ? turn->joined_count > 0
	                  : !turn->shown_count || stream->bytes >= STREAM_BYTES_SLOW ||
	            stream->count >= STREAM_CHUNKS_MAX / 2)
		stream_end(stream);
	if (stream->ending || stream->empty)
		return;
	if (turn->all_new && turn->rows)
		rows = chunk_ref(turn->rows);
	else if (turn->joined_count)
		rows = rows_for(hub, turn, sort, stream);
	stream_put(stream, rows, now_ms);
	if (turn->rules)
		put_rules(stream, turn->rules, now_ms);
	chunk_drop(&rows);
}

/* Moves one row to what is wanted of it and adds its rule. */
static void turn_row(struct hub *hub, struct turn *turn, int sort, struct row *row)
{
	bool wanted = row->page[sort].wanted, shown = row->page[sort].shown;
	unsigned fresh = row->figures.fresh_page & page_figures();

	if (wanted && !shown) {
		turn->joined[turn->joined_count++] = row;
		turn->all_new = turn->all_new && !row->page[sort].left_seq;
		add_rule(row, sort, page_figures(), "grid", &hub->scratch);
	} else if (!wanted && shown) {
		row->page[sort].left_seq = hub->page_seq;
		add_rule(row, sort, 0, "none", &hub->scratch);
	} else if (shown && fresh) {
		add_rule(row, sort, fresh, NULL, &hub->scratch);
	}
	row->page[sort].shown = wanted;
	turn->shown_count += wanted;
}

static void publish(struct hub *hub, struct channel *channel, int sort, int64_t now_ms)
{
	struct turn turn = { .all_new = true };

	choose(hub, sort);
	turn.joined = xcalloc(hub->containers.count + 1, sizeof(struct row *));
	for (size_t i = 0; i < hub->containers.count; i++)
		turn_row(hub, &turn, sort, hub->containers.items[i]);
	if (hub->scratch.len)
		sb_add(&hub->scratch, "</style>\n");
	turn.rules = hub_take_scratch(hub);
	if (turn.all_new)
		turn.rows = rows_for(hub, &turn, sort, NULL);
	for (struct stream *stream = channel->streams; stream; stream = stream->next)
		send_to(hub, &turn, sort, stream, now_ms);
	chunk_drop(&turn.rules);
	chunk_drop(&turn.rows);
	free(turn.joined);
}

static struct channel *page_channel(const struct hub *hub, int sort)
{
	struct topic topic = { sort_topic[sort], 0 };

	return channels_find(&hub->channels, &topic);
}

void page_publish(struct hub *hub)
{
	int64_t now_ms = hub->clock();

	hub->page_seq++;
	hub->data_seq++;
	for (int sort = 0; sort < ROWS_SORTS; sort++) {
		struct channel *channel = page_channel(hub, sort);

		for (struct stream *stream = channel ? channel->streams : NULL; hub->pages_stale && stream;
		     stream = stream->next)
			stream_end(stream);
		if (channel)
			publish(hub, channel, sort, now_ms);
	}
	for (size_t i = 0; i < hub->containers.count; i++)
		hub->containers.items[i]->figures.fresh_page = 0;
	hub->pages_dirty = hub->pages_stale = false;
}

static void add_head(const struct hub_page *page, struct sb *sb)
{
	sb_add(sb, "<!doctype html><html lang=\"en\"");
	if (!strcmp(page->theme, "light") || !strcmp(page->theme, "dark"))
		sb_addf(sb, " data-theme=\"%s\"", page->theme);
	sb_add(sb,
	    "><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">");
	sb_addf(sb,
	    "<meta http-equiv=\"refresh\" content=\"%d\"><title>Live values</title><link rel=\"stylesheet\" "
	    "href=\"",
	    page->once ? 10 : 1);
	sb_add_html(sb, page->base);
	sb_add(sb, "/static/dockmon.css?v=");
	sb_add_url(sb, page->version);
	sb_add(sb, "\"></head>\n<body class=\"lv\">");
}

static void add_table(const struct hub_page *page, size_t running, struct sb *sb)
{
	const char *by = page->by_memory ? "memory" : "CPU";

	if (running > HUB_PAGE_ROWS_MAX)
		sb_addf(sb, "<p class=\"lv-more\">The first %d of %zu running containers by %s.</p>",
		    HUB_PAGE_ROWS_MAX, running, by);
	sb_addf(sb,
	    "<table class=\"lt\" role=\"table\"><caption class=\"vh\">Running containers by %s</caption>\n"
	    "<thead><tr class=\"lh\"><th class=\"nm\">Container</th><th class=\"ho\">Host</th><th "
	    "class=\"c\" colspan=\"2\">CPU</th>"
	    "<th class=\"m\">Memory</th><th class=\"rx\">Net in</th><th class=\"tx\">Net out</th><th "
	    "class=\"rd\">Read</th>"
	    "<th class=\"wr\">Written</th><th class=\"pi\">PIDs</th></tr></thead>\n<tbody>\n",
	    by);
}

/* The rows and rules that all new documents of this order share. */
static void cache_rows(struct hub *hub, struct channel *channel, int sort, struct row **rows, size_t count)
{
	if (channel->snapshot && hub->page_rules[sort] && channel->snapshot_seq == hub->data_seq)
		return;
	chunk_drop(&channel->snapshot);
	chunk_drop(&hub->page_rules[sort]);
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->page[sort].shown)
			add_row(rows[i], hub->page_base, &hub->scratch);
	}
	channel->snapshot = hub_take_scratch(hub);
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->page[sort].shown)
			add_rule(rows[i], sort, page_figures(), NULL, &hub->scratch);
	}
	if (hub->scratch.len)
		sb_add(&hub->scratch, "</style>\n");
	hub->page_rules[sort] = hub_take_scratch(hub);
	channel->snapshot_seq = hub->data_seq;
}

/* The base path is the same for all, unless the settings were changed under running workers. */
static void set_base(struct hub *hub, const char *base)
{
	if (!strcmp(hub->page_base, base))
		return;
	free(hub->page_base);
	hub->page_base = xstrdup(base);
	hub->data_seq++;
}

static void put_text(struct stream *stream, const struct sb *sb, int64_t now_ms)
{
	struct chunk *chunk = chunk_make(sb);

	stream_put(stream, chunk, now_ms);
	chunk_drop(&chunk);
}

static void put_document(
    struct hub *hub, struct stream *stream, const struct hub_page *page, size_t running, int64_t now_ms)
{
	AUTO_SB head = SB_INIT(PAGE_HEAD_MAX);
	int sort = page->by_memory;

	add_head(page, &head);
	stream->empty = !stream->channel->snapshot;
	if (stream->empty)
		sb_addf(&head, "<p class=\"lv-empty\">No container is running.</p>\n<!--%*s-->\n",
		    PAGE_PADDING, "");
	else
		add_table(page, running, &head);
	put_text(stream, &head, now_ms);
	if (!stream->empty) {
		stream_put(stream, stream->channel->snapshot, now_ms);
		put_rules(stream, hub->page_rules[sort], now_ms);
	}
	if (!page->once)
		return;
	sb_reset(&head);
	sb_add(&head, stream->empty ? "</body></html>\n" : "</tbody></table></body></html>\n");
	put_text(stream, &head, now_ms);
	stream_end(stream);
}

void hub_attach_page(struct hub *hub, struct stream *stream, const struct hub_page *page)
{
	int64_t now_ms = hub->clock();
	int sort = page->by_memory;
	struct topic topic = { sort_topic[sort], 0 };
	size_t running;
	struct row **rows = running_rows(hub, sort, 0, &running);
	struct channel *channel = channels_add(&hub->channels, &topic, stream);
	uint8_t spread;

	crypto_random(&spread, sizeof(spread));
	stream->ends_ms = now_ms + HUB_PAGE_MS - spread * 100;
	stream->is_page = true;
	stream->live_seq = hub->page_seq;
	if (channel->count == 1) { /* nobody looked: nothing was kept up to date */
		choose(hub, sort);
		for (size_t i = 0; i < hub->containers.count; i++)
			hub->containers.items[i]->page[sort].shown =
			    hub->containers.items[i]->page[sort].wanted;
	}
	set_base(hub, page->base);
	cache_rows(hub, channel, sort, rows, running);
	put_document(hub, stream, page, running, now_ms);
	free(rows);
}
