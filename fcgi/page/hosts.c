/* The list of hosts and the page of one. */
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
#include "lib/base/fmt.h"
#include "lib/base/json.h"

#define HOST_CONTAINERS 100
#define HOST_EVENTS 10
#define DISK_WARN_PERCENT 80
#define DISK_FULL_PERCENT 90

struct row {
	const struct host *host;
	const struct host_now *now; /* NULL: nothing current */
	int64_t total;
};

static double figure(const struct row *row, double value)
{
	return row->now ? value : -1;
}

static int compare_number(double a, double b)
{
	return (a > b) - (a < b);
}

static int by_name(const void *a, const void *b)
{
	return strcasecmp(((const struct row *)a)->host->name, ((const struct row *)b)->host->name);
}

static int by_state(const void *a, const void *b)
{
	static const int ranks[HOST_STATE_COUNT] = {
		[HOST_OFFLINE] = 0, [HOST_UNKNOWN] = 1, [HOST_ONLINE] = 2
	};

	return ranks[((const struct row *)a)->host->state] - ranks[((const struct row *)b)->host->state];
}

#define BY(name, member)                                                                             \
	static int by_##name(const void *a, const void *b)                                           \
	{                                                                                            \
		const struct row *x = a, *y = b;                                                     \
		return compare_number(                                                               \
		    figure(x, x->now ? x->now->member : 0), figure(y, y->now ? y->now->member : 0)); \
	}
BY(cpu, cpu_percent)
BY(memory, memory_bytes)
BY(up, uptime_s)
#undef BY

static int by_network(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return compare_number(x->now ? row_net(x->now->rx_rate, x->now->tx_rate) : -1,
	    y->now ? row_net(y->now->rx_rate, y->now->tx_rate) : -1);
}

static int by_total(const void *a, const void *b)
{
	return compare_number((double)((const struct row *)a)->total, (double)((const struct row *)b)->total);
}

static const struct sort_column columns[] = {
	{ "name", "Name", false, by_name },
	{ "state", "State", false, by_state },
	{ "cpu", "Cpu", true, by_cpu },
	{ "mem", "Mem", true, by_memory },
	{ "net", "Net", true, by_network },
	{ "total", "Total", true, by_total },
	{ "up", "Up", true, by_up },
};

static void begin_url(struct url *url, struct call *call)
{
	url_begin(url, call, "/hosts");
}

static const struct host_now *current(
    struct call *call, const struct overview *o, const struct host *host, const struct host_now *now)
{
	return now && overview_is_current(o, host->state, now->at_ms, call->now_ms) ? now : NULL;
}

int hosts_show(struct call *call)
{
	const struct overview *o;
	struct host_now_list now = { 0 };
	struct list_order order;
	struct row *rows;
	int result = overview_get(call, &o);
	HDF *hdf, *list;

	if (!result)
		result = host_now_list(call->web->store, &call->arena, &now);
	if (result)
		return result;
	rows = arena_alloc(&call->arena, (o->hosts.count + 1) * sizeof(*rows));
	for (size_t i = 0; i < o->hosts.count; i++) {
		const struct host *host = &o->hosts.items[i];

		rows[i] = (struct row){ host, current(call, o, host, host_now_find(&now, host->id)),
			overview_counts(o, host->id)->total };
	}
	list_order_read(call, columns, ARRAY_LEN(columns), &order);
	list_sort(call, rows, o->hosts.count, sizeof(*rows), &order);
	hdf = page_begin(call, "Hosts", "hosts", "hosts");
	list = fill_node(hdf, "Hosts");
	for (size_t i = 0; i < o->hosts.count; i++)
		row_host(call, fill_item(list, i), o, rows[i].host, rows[i].now, ROW_SPARK_CPU);
	list_fill_sort(call, hdf, columns, ARRAY_LEN(columns), &order, begin_url);
	if (!o->hosts.count)
		page_no_hosts(call, hdf);
	return page_end(call, &hdf, TEMPLATE_HOSTS);
}

static void fill_disk(struct call *call, HDF *at, struct json_object *disk)
{
	double total = json_num(disk, "total", 0), used = json_num(disk, "used", 0);
	int percent = total > 0 ? (int)(100 * used / total + 0.5) : 0;

	fill_echo(at, "Path", json_str(disk, "mount", ""));
	fill_echo(at, "Device",
	    arena_printf(&call->arena, "%s %s", json_str(disk, "device", ""), json_str(disk, "type", "")));
	fill_bytes(at, "Used", used);
	fill_bytes(at, "Size", total);
	fill_bytes(at, "Free", total - used);
	fill_int(at, "Percent", percent < 0 ? 0 : percent > 100 ? 100 : percent);
	fill_echo(at, "Class",
	    percent >= DISK_FULL_PERCENT       ? "err"
	        : percent >= DISK_WARN_PERCENT ? "warn"
	                                       : "run");
}

static void fill_disks(struct call *call, HDF *hdf, const char *text)
{
	AUTO_JSON *disks = NULL;

	if (json_parse(text, strlen(text), &disks, NULL))
		return;
	for (size_t i = 0; i < json_count(disks); i++)
		fill_disk(call, fill_item(fill_node(hdf, "Disks"), i), json_object_array_get_idx(disks, i));
}

static void fill_nics(HDF *hdf, const char *text)
{
	AUTO_JSON *nics = NULL;

	if (json_parse(text, strlen(text), &nics, NULL))
		return;
	for (size_t i = 0; i < json_count(nics); i++) {
		struct json_object *nic = json_object_array_get_idx(nics, i);
		HDF *at = fill_item(fill_node(hdf, "Nics"), i);

		fill_echo(at, "Name", json_str(nic, "name", ""));
		fill_rate(at, "Rx", json_num(nic, "rx_rate", -1));
		fill_rate(at, "Tx", json_num(nic, "tx_rate", -1));
	}
}

static void fill_info(struct call *call, HDF *hdf, const struct host *h, const struct host_now *now)
{
	HDF *list = fill_node(hdf, "Info");
	char memory[FMT_BYTES] = "";
	size_t i = 0;

	if (h->memory_bytes > 0)
		fmt_bytes((double)h->memory_bytes, memory);
	fill_pair(list, &i, "Host name", h->hostname);
	fill_pair(list, &i, "Operating system", h->os);
	fill_pair(list, &i, "Kernel", h->kernel);
	fill_pair(list, &i, "Architecture", h->arch);
	fill_pair(list, &i, "CPUs", h->cpus ? arena_printf(&call->arena, "%" PRId64, h->cpus) : "");
	fill_pair(list, &i, "Memory", memory);
	fill_pair(list, &i, "Engine", row_engine(call, h));
	fill_pair(list, &i, "API", h->api_version);
	fill_pair(list, &i, "Storage driver", h->storage_driver);
	fill_pair(list, &i, "Control groups",
	    *h->cgroup_version ? arena_printf(&call->arena, "version %s", h->cgroup_version) : "");
	fill_pair(list, &i, "Engine id", h->engine_id);
	fill_pair(list, &i, "Address", h->url);
	if (now && now->summed)
		fill_pair(list, &i, "Figures", "sums of its containers: the host's own are out of reach");
}

static int fill_containers(struct call *call, HDF *hdf, const struct overview *o, const struct host *host)
{
	const struct counts *counts = overview_counts(o, host->id);
	size_t shown;
	struct url url;

	url_begin(&url, call, "/containers");
	url_add_int(&url, "host", host->id);
	fill_echo(hdf, "ContainersUrl", url_end(&url, call));
	fill_echo(hdf, "ContainersText",
	    arena_printf(&call->arena, "%" PRId64 " %s, %" PRId64 " running", counts->total,
	        counts->total == 1 ? "container" : "containers", counts->running));
	return rows_of_host(call, fill_node(hdf, "Containers"), o, host->id, HOST_CONTAINERS, 0, &shown);
}

static int fill_events(struct call *call, HDF *hdf, const struct host *host)
{
	const struct event_filter filter = { .host_id = host->id };
	struct event_list list = { 0 };
	int result = event_older(call->web->store, &filter, NULL, HOST_EVENTS, &call->arena, &list);
	struct url url;

	if (result)
		return result;
	rows_events(call, fill_node(hdf, "Events"), &list);
	url_begin(&url, call, "/events");
	url_add_int(&url, "host", host->id);
	fill_echo(hdf, "EventsUrl", url_end(&url, call));
	return 0;
}

int host_show(struct call *call)
{
	const struct overview *o;
	const struct host *host;
	struct host_now stored;
	int result = overview_get(call, &o), found;
	HDF *hdf;

	if (result)
		return result;
	host = overview_host(o, call->id);
	if (!host)
		return err_set(&call->err, -ENOENT, "No host has the number %" PRId64 ".", call->id);
	found = host_now_get(call->web->store, host->id, &call->arena, &stored);
	if (found && found != -ENOENT)
		return found;
	hdf = page_begin(call, host->name, "hosts", arena_printf(&call->arena, "host:%" PRId64, host->id));
	row_host(call, fill_node(hdf, "Host"), o, host, found ? NULL : &stored, ROW_ALL);
	fill_info(call, hdf, host, found ? NULL : &stored);
	if (!found) {
		fill_disks(call, hdf, stored.disks_json);
		fill_nics(hdf, stored.networks_json);
	}
	result = fill_containers(call, hdf, o, host);
	if (!result)
		result = fill_events(call, hdf, host);
	if (result) {
		page_drop(&hdf);
		return result;
	}
	return page_end(call, &hdf, TEMPLATE_HOST);
}
