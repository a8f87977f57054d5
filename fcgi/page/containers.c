/* The list of all containers: search, filters, sort, pages. */
#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/container_rows.h"
#include "fcgi/page/list.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "fcgi/url.h"
#include "lib/base/die.h"

#define PROJECTS_MAX 500

struct filters {
	struct container_filter filter;
	bool any;
};

static void read_filters(struct call *call, struct filters *f)
{
	const struct query *q = &call->request.query;

	f->filter = (struct container_filter){
		.host_id = query_int(q, "host", 1, INT64_MAX, 0),
		.state = query_get(q, "state", ""),
		.health = query_get(q, "health", ""),
		.project = query_get(q, "project", ""),
		.text = query_get(q, "q", ""),
	};
	f->any = f->filter.host_id || *f->filter.state || *f->filter.health || *f->filter.project ||
	    *f->filter.text;
}

static void begin_url(struct url *url, struct call *call)
{
	struct filters f;

	read_filters(call, &f);
	url_begin(url, call, "/containers");
	url_add(url, "q", f.filter.text);
	if (f.filter.host_id)
		url_add_int(url, "host", f.filter.host_id);
	url_add(url, "state", f.filter.state);
	url_add(url, "health", f.filter.health);
	url_add(url, "project", f.filter.project);
}

static void fill_choice(
    HDF *select, const char *all, const char *const pairs[][2], size_t count, const char *now)
{
	size_t index = 0;

	fill_option(select, &index, "", all, !*now);
	for (size_t i = 0; i < count; i++)
		fill_option(select, &index, pairs[i][0], pairs[i][1], !strcmp(pairs[i][0], now));
}

static void fill_hosts(struct call *call, HDF *select, const struct overview *o, int64_t now)
{
	size_t index = 0;

	fill_option(select, &index, "", "All hosts", !now);
	for (size_t i = 0; o->hosts.count > 1 && i < o->hosts.count; i++)
		fill_option(select, &index, arena_printf(&call->arena, "%" PRId64, o->hosts.items[i].id),
		    o->hosts.items[i].name, o->hosts.items[i].id == now);
}

static int fill_projects(struct call *call, HDF *select, const char *now)
{
	const char **names = NULL;
	size_t count = 0, index = 0;
	int result = container_projects(call->web->store, PROJECTS_MAX, &call->arena, &names, &count);

	if (result)
		return result;
	fill_option(select, &index, "", "All projects", !*now);
	for (size_t i = 0; i < count; i++)
		fill_option(select, &index, names[i], names[i], !strcmp(names[i], now));
	return 0;
}

static void fill_hidden(HDF *list, size_t *index, const char *name, const char *value)
{
	HDF *at;

	if (!*value)
		return;
	at = fill_item(list, (*index)++);
	fill_echo(at, "Name", name);
	fill_echo(at, "Value", value);
}

static int fill_filters(struct call *call, HDF *hdf, const struct overview *o, const struct filters *f)
{
	static const char *const states[][2] = {
		{ "running", "Running" },
		{ "attention", "Needing attention" },
		{ "stopped", "Not running" },
		{ "exited", "Exited" },
		{ "created", "Created" },
		{ "paused", "Paused" },
		{ "restarting", "Restarting" },
		{ "dead", "Dead" },
	};
	static const char *const healths[][2] = {
		{ "healthy", "Healthy" },
		{ "unhealthy", "Unhealthy" },
		{ "starting", "Starting" },
		{ "none", "No health check" },
	};
	const struct query *q = &call->request.query;
	HDF *at = fill_node(hdf, "Filters"), *hidden = fill_node(at, "Hidden");
	size_t index = 0;

	fill_echo(hdf, "Query", f->filter.text);
	fill_hosts(call, fill_node(at, "Host"), o, f->filter.host_id);
	fill_choice(fill_node(at, "State"), "Any state", states, ARRAY_LEN(states), f->filter.state);
	fill_choice(fill_node(at, "Health"), "Any health", healths, ARRAY_LEN(healths), f->filter.health);
	fill_hidden(hidden, &index, "sort", query_get(q, "sort", ""));
	fill_hidden(hidden, &index, "dir", query_get(q, "dir", ""));
	fill_hidden(hidden, &index, "per", query_get(q, "per", ""));
	if (f->any)
		fill_echo(at, "ClearUrl", url_path(call, "/containers"));
	return fill_projects(call, fill_node(at, "Project"), f->filter.project);
}

static void fill_summary(struct call *call, HDF *hdf, const struct overview *o, size_t found, bool filtered)
{
	char shown[40], all[40];
	const char *word = o->total.total == 1 ? "container" : "containers";

	text_count((int64_t)found, shown, sizeof(shown));
	text_count(o->total.total, all, sizeof(all));
	fill_echo(hdf, "Summary",
	    filtered ? arena_printf(&call->arena, "%s of %s %s", shown, all, word)
	             : arena_printf(&call->arena, "%s %s", all, word));
}

static int fill_row(struct call *call, HDF *at, const struct overview *o, const struct container_row *row)
{
	struct store *store = call->web->store;
	struct container stored;
	struct container_now now;
	int found, result = row->c ? 0 : container_row(store, row->id, &call->arena, &stored);

	if (result)
		return result;
	found = row->now ? 0 : container_now_get(store, row->id, &now);
	if (found && found != -ENOENT)
		return found;
	row_container(call, at, o, row->c ? row->c : &stored,
	    row->now    ? row->now
	        : found ? NULL
	                : &now,
	    ROW_SPARK_CPU);
	return 0;
}

static int fill_rows(struct call *call, HDF *hdf, const struct overview *o, const struct list_order *order,
    const struct container_row *rows, size_t count)
{
	HDF *list = fill_node(hdf, "Containers");
	struct list_page page;
	int result = 0;

	list_page_read(call, count, &page);
	for (size_t i = 0; !result && i < page.count; i++)
		result = fill_row(call, fill_item(list, i), o, &rows[page.first + i]);
	list_fill_sort(call, hdf, container_columns, container_columns_count, order, begin_url);
	list_fill_pager(call, hdf, count, &page, container_columns, order, begin_url);
	return result;
}

int containers_show(struct call *call)
{
	const struct overview *o;
	struct filters f;
	struct list_order order;
	struct container_row *rows = NULL;
	size_t count = 0;
	int result = overview_get(call, &o);
	HDF *hdf;

	read_filters(call, &f);
	list_order_read(call, container_columns, container_columns_count, &order);
	if (!result)
		result = container_rows_read(call, o, &f.filter, &order, &rows, &count);
	if (result)
		return result;
	hdf = page_begin(call, "Containers", "containers", "containers");
	fill_summary(call, hdf, o, count, f.any);
	fill_flag(hdf, "OneHost", o->hosts.count == 1);
	result = fill_filters(call, hdf, o, &f);
	if (!result)
		result = fill_rows(call, hdf, o, &order, rows, count);
	if (result) {
		page_drop(&hdf);
		return result;
	}
	if (!count)
		fill_echo(hdf, "Empty", !o->hosts.count ? "nohosts" : f.any ? "nomatch" : "none");
	if (!o->hosts.count)
		page_no_hosts(call, hdf);
	return page_end(call, &hdf, TEMPLATE_CONTAINERS);
}
