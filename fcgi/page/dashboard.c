/* The dashboard: counts, what needs attention, a card per host. */
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "fcgi/url.h"
#include "lib/base/fmt.h"

#define ATTENTION_SHOWN 12
#define ATTENTION_READ 200
#define CARD_CONTAINERS 6

struct dashboard {
	const struct overview *o;
	struct container_list trouble;
	struct host_now_list host_now;
};

static void fill_counted(HDF *list, size_t index, int64_t count, const char *word, const char *note,
    const char *url, const char *key)
{
	HDF *at = fill_item(list, index);

	fill_count(at, "Num", count);
	fill_echo(at, "Word", word);
	fill_text(at, "Note", note);
	fill_echo(at, "Url", url);
	fill_text(at, "Class", count ? key : NULL);
}

static const char *stopped_note(struct call *call, const struct counts *c)
{
	int64_t paused = c->paused;

	if (!c->stopped && !paused && !c->restarting)
		return c->total ? "none stopped" : "";
	return arena_printf(&call->arena, "%" PRId64 " stopped%s%s", c->stopped,
	    paused ? arena_printf(&call->arena, ", %" PRId64 " paused", paused) : "",
	    c->restarting ? arena_printf(&call->arena, ", %" PRId64 " restarting", c->restarting) : "");
}

/* The name of one that is unhealthy or offline, so that the number says something. */
static const char *unhealthy_note(const struct dashboard *d)
{
	for (size_t i = 0; i < d->trouble.count; i++) {
		if (d->trouble.items[i].state == CONTAINER_RUNNING)
			return d->trouble.items[i].name;
	}
	return "";
}

static const char *offline_note(const struct overview *o)
{
	for (size_t i = 0; i < o->hosts.count; i++) {
		if (o->hosts.items[i].state == HOST_OFFLINE)
			return o->hosts.items[i].name;
	}
	return "";
}

static void fill_counts(struct call *call, HDF *hdf, const struct dashboard *d)
{
	const struct overview *o = d->o;
	const struct counts *t = &o->total;
	HDF *list = fill_node(hdf, "Counts");
	struct url url;

	fill_counted(list, 0, (int64_t)o->hosts.count, o->hosts.count == 1 ? "host" : "hosts",
	    o->offline ? NULL : "all online", url_path(call, "/hosts"), NULL);
	fill_counted(list, 1, t->total, t->total == 1 ? "container" : "containers", stopped_note(call, t),
	    url_path(call, "/containers"), NULL);
	fill_counted(list, 2, t->running, "running", NULL, url_path(call, "/containers?state=running"), NULL);
	url_begin(&url, call, "/containers");
	url_add(&url, "state", "running");
	url_add(&url, "health", "unhealthy");
	fill_counted(list, 3, t->unhealthy, "unhealthy", unhealthy_note(d), url_end(&url, call), "warn");
	fill_counted(list, 4, (int64_t)o->offline, o->offline == 1 ? "host offline" : "hosts offline",
	    offline_note(o), url_path(call, "/hosts?sort=state"), "err");
}

static void attention_collector(struct call *call, HDF *list, size_t *index)
{
	static const struct state_words late = { "err", "late", "", "" };
	const struct overview *o = call->overview;
	HDF *at = fill_item(list, (*index)++);
	char span[FMT_BYTES];

	fill_echo(at, "Id", "collector");
	fill_state(at, "State", &late);
	fill_link(at, "Link", url_path(call, "/about"), "The collector");
	if (!o->collector.known) {
		fill_echo(at, "Text", "has not run yet.");
		return;
	}
	fmt_duration(o->collector.late_ms, span);
	fill_echo(
	    at, "Text", arena_printf(&call->arena, "has not written for %s: nothing here is current.", span));
	fill_ago(at, "Since", call->now_ms - o->collector.late_ms, call->now_ms);
}

static void attention_host(struct call *call, HDF *list, size_t *index, const struct host *host)
{
	HDF *at = fill_item(list, (*index)++);
	struct state_words state;
	struct url url;

	fill_echo(at, "Id", arena_printf(&call->arena, "h%" PRId64, host->id));
	words_host(host, &state);
	fill_state(at, "State", &state);
	fill_link(at, "Link", url_path(call, "/hosts/%" PRId64, host->id), host->name);
	fill_echo(at, "Text",
	    arena_printf(
	        &call->arena, "is offline: %s", *host->reason ? host->reason : "it does not answer."));
	fill_ago(at, "Since", host->since_ms, call->now_ms);
	url_begin(&url, call, "/events");
	url_add_int(&url, "host", host->id);
	fill_link(fill_node(at, "Actions"), "0", url_end(&url, call), "Events");
}

static void attention_container(struct call *call, HDF *list, size_t *index, const struct container *c)
{
	HDF *at = fill_item(list, (*index)++);
	struct state_words state;
	struct url url;

	fill_echo(at, "Id", arena_printf(&call->arena, "c%" PRId64, c->id));
	words_container(c, call->now_ms, &call->arena, &state);
	fill_state(at, "State", &state);
	fill_link(at, "Link", url_path(call, "/containers/%" PRId64, c->id), c->name);
	fill_ref(at, "Host", c->host_id, c->host_name);
	fill_echo(at, "Text", words_attention(c, &call->arena));
	fill_ago(at, "Since", words_attention_since_ms(c), call->now_ms);
	url_begin(&url, call, "/events");
	url_add_int(&url, "container", c->id);
	fill_link(fill_node(at, "Actions"), "0", url_end(&url, call), "Events");
}

/* Unhealthy, then restarting, then the rest; the newest first within each. */
static int attention_rank(const struct container *c)
{
	return c->state == CONTAINER_RUNNING ? 0 : c->state == CONTAINER_RESTARTING ? 1 : 2;
}

static int compare_attention(const void *a, const void *b)
{
	const struct container *x = a, *y = b;
	int64_t newer = words_attention_since_ms(y) - words_attention_since_ms(x);

	if (attention_rank(x) != attention_rank(y))
		return attention_rank(x) - attention_rank(y);
	return newer > 0 ? 1 : newer < 0 ? -1 : x->id < y->id ? -1 : 1;
}

static void fill_attention(struct call *call, HDF *hdf, struct dashboard *d)
{
	const struct overview *o = d->o;
	HDF *list = fill_node(hdf, "Attention");
	size_t index = 0, shown = 0, all = (size_t)o->total.attention + o->offline;

	if (!o->collector.alive)
		attention_collector(call, list, &index);
	for (size_t i = 0; i < o->hosts.count && shown < ATTENTION_SHOWN; i++) {
		if (o->hosts.items[i].state == HOST_OFFLINE) {
			attention_host(call, list, &index, &o->hosts.items[i]);
			shown++;
		}
	}
	if (d->trouble.count)
		qsort(d->trouble.items, d->trouble.count, sizeof(*d->trouble.items), compare_attention);
	for (size_t i = 0; i < d->trouble.count && shown < ATTENTION_SHOWN; i++, shown++)
		attention_container(call, list, &index, &d->trouble.items[i]);
	if (all > shown) {
		fill_echo(hdf, "AttentionMoreUrl",
		    url_path(call, o->total.attention ? "/containers?state=attention" : "/hosts?sort=state"));
		fill_echo(hdf, "AttentionMoreText", arena_printf(&call->arena, "%zu more", all - shown));
	}
	if (!index && o->total.total)
		fill_echo(hdf, "Well",
		    arena_printf(&call->arena, "%s%" PRId64 " %s on %zu %s %s as %s should be.",
		        o->total.total == 1 ? "The " : "All ", o->total.total,
		        o->total.total == 1 ? "container" : "containers", o->hosts.count,
		        o->hosts.count == 1 ? "host" : "hosts", o->total.total == 1 ? "is" : "are",
		        o->total.total == 1 ? "it" : "they"));
}

static int fill_card(struct call *call, HDF *at, const struct dashboard *d, const struct host *host)
{
	int64_t total = overview_counts(d->o, host->id)->total;
	size_t shown = 0;
	struct url url;
	int result = rows_of_host(
	    call, fill_node(at, "Containers"), d->o, host->id, CARD_CONTAINERS, ROW_MINI, &shown);

	row_host(call, at, d->o, host, host_now_find(&d->host_now, host->id), ROW_SPARKS);
	if ((size_t)total > shown)
		fill_echo(
		    at, "MoreText", arena_printf(&call->arena, "%" PRId64 " more", total - (int64_t)shown));
	url_begin(&url, call, "/containers");
	url_add_int(&url, "host", host->id);
	fill_echo(at, "AllUrl", url_end(&url, call));
	return result;
}

static int read_all(struct call *call, struct dashboard *d)
{
	struct store *store = call->web->store;
	int result = overview_get(call, &d->o);

	if (!result && d->o->total.attention)
		result = container_attention(store, ATTENTION_READ, &call->arena, &d->trouble);
	if (!result)
		result = host_now_list(store, &call->arena, &d->host_now);
	return result;
}

int dashboard_show(struct call *call)
{
	struct dashboard d = { 0 };
	int result = read_all(call, &d);
	HDF *hdf;

	if (result)
		return result;
	hdf = page_begin(call, "Dashboard", "dashboard", "dashboard");
	if (!d.o->hosts.count)
		page_no_hosts(call, hdf);
	else
		fill_counts(call, hdf, &d);
	fill_attention(call, hdf, &d);
	for (size_t i = 0; !result && i < d.o->hosts.count; i++)
		result = fill_card(call, fill_item(fill_node(hdf, "Hosts"), i), &d, &d.o->hosts.items[i]);
	if (result) {
		page_drop(&hdf);
		return result;
	}
	return page_end(call, &hdf, TEMPLATE_DASHBOARD);
}
