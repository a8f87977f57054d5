/* The list of all containers: search, filters, sort, pages. */
#include <errno.h>
#include <inttypes.h>
#include <strings.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/list.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "fcgi/url.h"
#include "lib/base/die.h"

#define PROJECTS_MAX 500

struct row {
	const struct container *c;
	const struct container_now *now; /* NULL: nothing current, or not needed for the order */
	double cpu, memory, network;     /* negative: unknown */
	int64_t since_ms;
	int rank;                        /* of the state, trouble first */
};

struct filters {
	struct container_filter filter;
	bool any;
};

static int compare_text(const char *a, const char *b)
{
	int result = strcasecmp(a, b);

	return result ? result : strcmp(a, b);
}

static int compare_number(double a, double b)
{
	return (a > b) - (a < b);
}

static int by_name(const void *a, const void *b)
{
	return compare_text(((const struct row *)a)->c->name, ((const struct row *)b)->c->name);
}

static int by_state(const void *a, const void *b)
{
	return ((const struct row *)a)->rank - ((const struct row *)b)->rank;
}

static int by_host(const void *a, const void *b)
{
	return compare_text(((const struct row *)a)->c->host_name, ((const struct row *)b)->c->host_name);
}

static int by_image(const void *a, const void *b)
{
	return compare_text(((const struct row *)a)->c->image, ((const struct row *)b)->c->image);
}

/* The published port (else the container's) of the first of "127.0.0.1:8080→80, 53/udp"; none: the greatest. */
static long first_port(const char *ports)
{
	const char *arrow = strstr(ports, "→"), *comma = strchr(ports, ',');

	if (!*ports)
		return 1L << 20;
	if (arrow && (!comma || arrow < comma)) {
		while (arrow > ports && arrow[-1] >= '0' && arrow[-1] <= '9')
			arrow--;
		ports = arrow;
	}
	return strtol(ports, NULL, 10);
}

static int by_ports(const void *a, const void *b)
{
	long x = first_port(((const struct row *)a)->c->ports), y = first_port(((const struct row *)b)->c->ports);

	return (x > y) - (x < y);
}

static int by_cpu(const void *a, const void *b)
{
	return compare_number(((const struct row *)a)->cpu, ((const struct row *)b)->cpu);
}

static int by_memory(const void *a, const void *b)
{
	return compare_number(((const struct row *)a)->memory, ((const struct row *)b)->memory);
}

static int by_network(const void *a, const void *b)
{
	return compare_number(((const struct row *)a)->network, ((const struct row *)b)->network);
}

static int by_since(const void *a, const void *b)
{
	int64_t x = ((const struct row *)a)->since_ms, y = ((const struct row *)b)->since_ms;

	return (x < y) - (x > y);
}

static const struct sort_column columns[] = {
	{ "name", "Name", false, by_name }, { "state", "State", false, by_state }, { "host", "Host", false, by_host },
	{ "image", "Image", false, by_image }, { "ports", "Ports", false, by_ports }, { "cpu", "Cpu", true, by_cpu },
	{ "mem", "Mem", true, by_memory }, { "net", "Net", true, by_network }, { "up", "Up", false, by_since },
};

static int rank_of(const struct container *c)
{
	static const int ranks[CONTAINER_STATE_COUNT] = {
		[CONTAINER_DEAD] = 1, [CONTAINER_EXITED] = 8, [CONTAINER_RESTARTING] = 3, [CONTAINER_RUNNING] = 5,
		[CONTAINER_PAUSED] = 6, [CONTAINER_CREATED] = 7, [CONTAINER_REMOVING] = 9, [CONTAINER_UNKNOWN] = 10,
		[CONTAINER_REMOVED] = 11,
	};

	if (c->state == CONTAINER_RUNNING && c->health == HEALTH_UNHEALTHY)
		return 2;
	return c->state == CONTAINER_EXITED && words_in_trouble(c) ? 0 : ranks[c->state];
}

static void make_row(struct call *call, const struct overview *o, const struct container *c,
    const struct container_now *now, struct row *row_r)
{
	bool runs = c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED;

	if (!runs || (now && !overview_is_current(o, c->host_state, now->at_ms, call->now_ms)))
		now = NULL;
	*row_r = (struct row){
		.c = c,
		.now = now,
		.cpu = now ? now->cpu_percent : -1,
		.memory = now ? now->memory_bytes : -1,
		.network = now ? row_net(now->rx_rate, now->tx_rate) : -1,
		.since_ms = runs ? c->started_ms : c->finished_ms ? c->finished_ms : c->created_ms,
		.rank = rank_of(c),
	};
}

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
	f->any = f->filter.host_id || *f->filter.state || *f->filter.health || *f->filter.project || *f->filter.text;
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

static void fill_choice(HDF *select, const char *all, const char *const pairs[][2], size_t count, const char *now)
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
		fill_option(select, &index, arena_printf(&call->arena, "%" PRId64, o->hosts.items[i].id), o->hosts.items[i].name,
		    o->hosts.items[i].id == now);
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
		{ "running", "Running" }, { "attention", "Needing attention" }, { "stopped", "Not running" }, { "exited", "Exited" },
		{ "created", "Created" }, { "paused", "Paused" }, { "restarting", "Restarting" }, { "dead", "Dead" },
	};
	static const char *const healths[][2] = {
		{ "healthy", "Healthy" }, { "unhealthy", "Unhealthy" }, { "starting", "Starting" }, { "none", "No health check" },
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
	fill_echo(hdf, "Summary", filtered ? arena_printf(&call->arena, "%s of %s %s", shown, all, word)
	                                   : arena_printf(&call->arena, "%s %s", all, word));
}

static bool orders_by_figures(const struct list_order *order)
{
	return order->column->compare == by_cpu || order->column->compare == by_memory || order->column->compare == by_network;
}

/* All rows in order. What was measured is read for all only where the order hangs on it. */
static int read_rows(struct call *call, const struct overview *o, const struct filters *f, const struct list_order *order,
    struct row **rows_r, size_t *count_r)
{
	struct container_list list = { 0 };
	struct container_now_list now = { 0 };
	struct row *rows;
	int result = container_list(call->web->store, &f->filter, &call->arena, &list);

	if (!result && orders_by_figures(order))
		result = container_now_list(call->web->store, &call->arena, &now);
	if (result)
		return result;
	rows = arena_alloc(&call->arena, (list.count + 1) * sizeof(*rows));
	for (size_t i = 0; i < list.count; i++)
		make_row(call, o, &list.items[i], container_now_find(&now, list.items[i].id), &rows[i]);
	if (order->column != &columns[0] || order->descending) /* the list comes by name */
		list_sort(call, rows, list.count, sizeof(*rows), order);
	*rows_r = rows;
	*count_r = list.count;
	return 0;
}

static int fill_row(struct call *call, HDF *at, const struct overview *o, const struct row *row)
{
	struct container_now now;
	int found = row->now ? 0 : container_now_get(call->web->store, row->c->id, &now);

	if (found && found != -ENOENT)
		return found;
	row_container(call, at, o, row->c, row->now ? row->now : found ? NULL : &now, ROW_SPARK_CPU);
	return 0;
}

static int fill_rows(struct call *call, HDF *hdf, const struct overview *o, const struct list_order *order,
    const struct row *rows, size_t count)
{
	HDF *list = fill_node(hdf, "Containers");
	struct list_page page;
	int result = 0;

	list_page_read(call, count, &page);
	for (size_t i = 0; !result && i < page.count; i++)
		result = fill_row(call, fill_item(list, i), o, &rows[page.first + i]);
	list_fill_sort(call, hdf, columns, ARRAY_LEN(columns), order, begin_url);
	list_fill_pager(call, hdf, count, &page, columns, order, begin_url);
	return result;
}

int containers_show(struct call *call)
{
	const struct overview *o;
	struct filters f;
	struct list_order order;
	struct row *rows = NULL;
	size_t count = 0;
	int result = overview_get(call, &o);
	HDF *hdf;

	read_filters(call, &f);
	list_order_read(call, columns, ARRAY_LEN(columns), &order);
	if (!result)
		result = read_rows(call, o, &f, &order, &rows, &count);
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
