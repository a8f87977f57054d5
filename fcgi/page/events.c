/* The list of events, newest first, paged by key; and the same as CSV. */
#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "fcgi/url.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/store/program.h"

#define EVENTS_SHOWN 100
#define EXPORT_ROWS_MAX 10000
#define EXPORT_BYTES_MAX (RESPONSE_BODY_MAX - 64 * 1024) /* one row is shorter than the rest */
#define KEY_BYTES 48

struct filters {
	struct event_filter filter;
	const char *range, *from, *to;
	bool any;
};

static const struct {
	const char *key, *text;
	int64_t hours;
} ranges[] = { { "", "Any time", 0 }, { "1h", "Last hour", 1 }, { "24h", "Last 24 hours", 24 },
	{ "7d", "Last 7 days", 168 } };

static const char *const kinds[][2] = {
	{ "container", "Containers" },
	{ "image", "Images" },
	{ "network", "Networks" },
	{ "volume", "Volumes" },
	{ "daemon", "Engine" },
};

static int read_time(struct call *call, const char *name, const char **text_r, int64_t *ns_r)
{
	const char *text = query_get(&call->request.query, name, "");
	int64_t ms;

	*text_r = text;
	if (!*text)
		return 0;
	if (clock_parse_local(text, &ms))
		return err_set(&call->err, -EINVAL,
		    "The time \"%.40s\" cannot be read. Write it as 2026-11-24T08:00.", text);
	*ns_r = ms * 1000000;
	return 0;
}

/* -EINVAL: a time that is none. */
static int read_filters(struct call *call, struct filters *f)
{
	const struct query *q = &call->request.query;
	int result;

	*f = (struct filters){
		.filter = {
			.host_id = query_int(q, "host", 1, INT64_MAX, 0),
			.container_id = query_int(q, "container", 1, INT64_MAX, 0),
			.kind = query_get(q, "kind", ""),
			.text = query_get(q, "q", ""),
		},
		.range = query_get(q, "range", ""),
	};
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		if (ranges[i].hours && !strcmp(ranges[i].key, f->range))
			f->filter.from_ns = (call->now_ms - ranges[i].hours * 3600000) * 1000000;
	}
	result = read_time(call, "from", &f->from, &f->filter.from_ns);
	if (!result)
		result = read_time(call, "to", &f->to, &f->filter.to_ns);
	f->any = f->filter.host_id || f->filter.container_id || *f->filter.kind || *f->filter.text ||
	    f->filter.from_ns || f->filter.to_ns;
	return result;
}

static void begin_url(struct url *url, struct call *call, const char *path, const struct filters *f)
{
	url_begin(url, call, path);
	url_add(url, "q", f->filter.text);
	if (f->filter.host_id)
		url_add_int(url, "host", f->filter.host_id);
	if (f->filter.container_id)
		url_add_int(url, "container", f->filter.container_id);
	url_add(url, "kind", f->filter.kind);
	url_add(url, "range", f->range);
	url_add(url, "from", f->from);
	url_add(url, "to", f->to);
}

/* "at_ns.id" */
static bool read_key(struct call *call, const char *name, struct event_key *key_r)
{
	const char *text = query_get(&call->request.query, name, ""), *dot = strchr(text, '.');
	char at[24];

	if (!dot || (size_t)(dot - text) >= sizeof(at))
		return false;
	memcpy(at, text, (size_t)(dot - text));
	at[dot - text] = '\0';
	return !parse_int(at, 0, INT64_MAX, &key_r->at_ns) && !parse_int(dot + 1, 0, INT64_MAX, &key_r->id);
}

static void fill_key_url(struct call *call, HDF *at, const char *member, const struct filters *f,
    const char *name, const struct event *e)
{
	char key[KEY_BYTES];
	struct url url;

	begin_url(&url, call, "/events", f);
	if (e) {
		snprintf(key, sizeof(key), "%" PRId64 ".%" PRId64, e->at_ns, e->id);
		url_add(&url, name, key);
	}
	fill_echo(at, member, url_end(&url, call));
}

struct events_page {
	struct event_list list;
	bool newer, older; /* there are such pages */
	bool newest;       /* this is the first page */
};

static int read_events(struct call *call, const struct filters *f, struct events_page *page)
{
	struct store *store = call->web->store;
	struct event_key key;
	int result;

	if (read_key(call, "before", &key)) {
		result = event_older(store, &f->filter, &key, EVENTS_SHOWN, &call->arena, &page->list);
		page->older = page->list.more;
		page->newer = true;
		return result;
	}
	if (read_key(call, "after", &key)) {
		result = event_newer(store, &f->filter, &key, EVENTS_SHOWN, &call->arena, &page->list);
		page->newer = page->list.more;
		page->older = true;
		/* the last step up may be short: then show the newest page whole */
		if (result || page->list.more || page->list.count == EVENTS_SHOWN)
			return result;
	}
	*page = (struct events_page){ .newest = true };
	result = event_older(store, &f->filter, NULL, EVENTS_SHOWN, &call->arena, &page->list);
	page->older = page->list.more;
	return result;
}

static void fill_pager(struct call *call, HDF *hdf, const struct filters *f, const struct events_page *page)
{
	const struct event_list *list = &page->list;
	HDF *at;

	if (!page->newer && !page->older)
		return;
	at = fill_node(hdf, "Pager");
	if (!page->newest)
		fill_key_url(call, at, "FirstUrl", f, NULL, NULL);
	if (page->newer && list->count)
		fill_key_url(call, at, "PrevUrl", f, "after", &list->items[0]);
	if (page->older && list->count)
		fill_key_url(call, at, "NextUrl", f, "before", &list->items[list->count - 1]);
}

static void fill_selects(struct call *call, HDF *at, const struct overview *o, const struct filters *f)
{
	HDF *host = fill_node(at, "Host"), *kind = fill_node(at, "Kind"), *range = fill_node(at, "Range");
	size_t index = 0;

	fill_option(host, &index, "", "All hosts", !f->filter.host_id);
	for (size_t i = 0; o->hosts.count > 1 && i < o->hosts.count; i++)
		fill_option(host, &index, arena_printf(&call->arena, "%" PRId64, o->hosts.items[i].id),
		    o->hosts.items[i].name, o->hosts.items[i].id == f->filter.host_id);
	index = 0;
	fill_option(kind, &index, "", "Everything", !*f->filter.kind);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		fill_option(kind, &index, kinds[i][0], kinds[i][1], !strcmp(kinds[i][0], f->filter.kind));
	index = 0;
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		fill_option(range, &index, ranges[i].key, ranges[i].text, !strcmp(ranges[i].key, f->range));
}

static void fill_filters(struct call *call, HDF *hdf, const struct overview *o, const struct filters *f)
{
	HDF *at = fill_node(hdf, "Filters");
	struct container c;
	char zone[16];

	fill_echo(hdf, "Query", f->filter.text);
	fill_selects(call, at, o, f);
	if (f->filter.container_id &&
	    !container_by_id(call->web->store, f->filter.container_id, &call->arena, &c))
		fill_ref(at, "Container", c.id, c.name);
	fill_text(at, "From", f->from);
	fill_text(at, "To", f->to);
	text_local(call->now_ms, "%Z", zone, sizeof(zone));
	fill_text(at, "Zone", zone);
	if (f->any)
		fill_echo(at, "ClearUrl", url_path(call, "/events"));
}

static const char *summary_of(struct call *call, const struct events_page *page)
{
	const struct event_list *list = &page->list;
	char full[FULL_TIME_BYTES];

	if (!list->count)
		return NULL;
	if (page->newest)
		return page->older ? arena_printf(&call->arena, "newest %zu", list->count)
		                   : arena_printf(&call->arena, "%zu %s", list->count,
		                         list->count == 1 ? "event" : "events");
	text_full_time(list->items[0].at_ns / 1000000, full);
	return arena_printf(&call->arena, "events up to %s", full);
}

int events_show(struct call *call)
{
	const struct overview *o;
	struct filters f;
	struct events_page page = { 0 };
	struct url export;
	int result = read_filters(call, &f);
	HDF *hdf;

	if (!result)
		result = overview_get(call, &o);
	if (!result)
		result = read_events(call, &f, &page);
	if (result)
		return result;
	/* an older page does not change: only the newest is live */
	hdf = page_begin(call, "Events", "events", page.newest ? "events" : NULL);
	fill_filters(call, hdf, o, &f);
	fill_text(hdf, "Summary", summary_of(call, &page));
	rows_events(call, fill_node(hdf, "Events"), &page.list);
	fill_pager(call, hdf, &f, &page);
	if (!page.list.count)
		fill_echo(hdf, "Empty", f.any ? "nomatch" : o->hosts.count ? "none" : "nohosts");
	if (!o->hosts.count)
		page_no_hosts(call, hdf);
	begin_url(&export, call, "/events.csv", &f);
	fill_echo(hdf, "ExportUrl", url_end(&export, call));
	fill_echo(hdf, "Retention",
	    arena_printf(&call->arena, "Events are kept for %" PRId64 " days.",
	        event_retention_days(call->web->store)));
	return page_end(call, &hdf, TEMPLATE_EVENTS);
}

/* A field in quotes. A spreadsheet must not take it for a formula: such a first character gets a quote before it. */
static void add_field(struct sb *sb, const char *text, bool last)
{
	sb_add_char(sb, '"');
	if (*text && strchr("=+-@\t\r", *text))
		sb_add_char(sb, '\'');
	for (; *text; text++) {
		if (*text == '"')
			sb_add_char(sb, '"');
		sb_add_char(sb, *text);
	}
	sb_add(sb, last ? "\"\r\n" : "\",");
}

static void add_event(struct call *call, struct sb *sb, const struct event *e)
{
	struct state_words state;
	const char *detail;
	char iso[CLOCK_ISO_BYTES];

	clock_iso(e->at_ns / 1000000, iso);
	words_event(e, &call->arena, &state, &detail);
	add_field(sb, iso, false);
	add_field(sb, e->host_name, false);
	add_field(sb, e->kind, false);
	add_field(sb, e->action, false);
	add_field(sb, *e->actor_name ? e->actor_name : e->actor_id, false);
	add_field(sb, state.word, false);
	add_field(sb, detail, false);
	add_field(sb, e->observed ? "observed" : "told", true);
}

int events_export(struct call *call)
{
	struct filters f;
	struct event_list list = { 0 };
	struct sb *body = &call->response.body;
	int result = read_filters(call, &f);

	if (!result)
		result = event_older(call->web->store, &f.filter, NULL, EXPORT_ROWS_MAX, &call->arena, &list);
	if (result)
		return result;
	call->response.type = "text/csv; charset=utf-8";
	response_header(
	    &call->response, "Content-Disposition", "attachment; filename=\"dockmon-events.csv\"");
	sb_add(body, "time,host,kind,action,name,what,detail,source\r\n");
	for (size_t i = 0; i < list.count && body->len < EXPORT_BYTES_MAX; i++)
		add_event(call, body, &list.items[i]);
	if (list.more || body->len >= EXPORT_BYTES_MAX)
		sb_add(body,
		    "\"\",\"\",\"\",\"\",\"\",\"\",\"older events were left out: export a shorter "
		    "time\",\"\"\r\n");
	return 0;
}
