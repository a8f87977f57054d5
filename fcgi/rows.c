#include "fcgi/rows.h"

#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/url.h"
#include "lib/base/die.h"
#include "lib/base/fmt.h"

#define PORTS_SHOWN 3

double row_net(double rx_rate, double tx_rate)
{
	return rx_rate >= 0 && tx_rate >= 0 ? rx_rate + tx_rate : -1;
}

static double share(double part, double whole)
{
	return part >= 0 && whole > 0 ? 100 * part / whole : -1;
}

double row_memory_limit(const struct overview *o, const struct container *c, const struct container_now *now)
{
	const struct host *host = overview_host(o, c->host_id);

	/* the engine reports the host's memory as the limit of a container that has none */
	if (now->memory_limit <= 0 ||
	    (host && host->memory_bytes > 0 && now->memory_limit >= 0.98 * (double)host->memory_bytes))
		return -1;
	return now->memory_limit;
}

/* "8080→80, 53→53/udp, 9000" into at most PORTS_SHOWN items. */
static void fill_ports(struct call *call, HDF *at, const char *ports)
{
	HDF *list = NULL;
	size_t count = 0;

	while (*ports) {
		size_t len = strcspn(ports, ",");

		if (count < PORTS_SHOWN) {
			list = list ? list : fill_node(at, "Ports");
			fill_echo(fill_item(list, count), "Text", arena_strndup(&call->arena, ports, len));
		}
		count++;
		ports += len;
		ports += strspn(ports, ", ");
	}
	if (count > PORTS_SHOWN)
		fill_echo(at, "PortsMore", arena_printf(&call->arena, "+%zu", count - PORTS_SHOWN));
}

static void fill_up(struct call *call, HDF *at, const struct container *c)
{
	if (c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED)
		fill_duration(at, "Up", c->started_ms, call->now_ms);
	else
		fill_ago(at, "Up", c->finished_ms ? c->finished_ms : c->created_ms, call->now_ms);
}

static const char *spark_label(
    struct call *call, const char *what, const struct spark *spark, void (*format)(double, char *))
{
	double low = -1, high = -1;
	char low_text[FMT_BYTES], high_text[FMT_BYTES];

	for (size_t i = 0; i < SPARK_LEN; i++) {
		double value = (double)spark->values[i];

		if (value < 0)
			continue;
		low = low < 0 || value < low ? value : low;
		high = value > high ? value : high;
	}
	if (low < 0)
		return NULL;
	format(low, low_text);
	format(high, high_text);
	return arena_printf(&call->arena, "%s, last 5 minutes: %s to %s", what, low_text, high_text);
}

static void fill_sparks(struct call *call, HDF *at, const struct spark *cpu, const struct spark *memory,
    const struct spark *network, void (*memory_format)(double, char *))
{
	HDF *node = fill_node(at, "Spark");

	fill_spark(node, "Cpu", cpu, 0, spark_label(call, "CPU", cpu, fmt_percent));
	fill_spark(node, "Mem", memory, 0, spark_label(call, "Memory", memory, memory_format));
	fill_spark(node, "Net", network, 0, spark_label(call, "Network", network, fmt_rate));
}

static void container_details(struct call *call, HDF *at, const struct overview *o, const struct container *c,
    const struct container_now *now)
{
	const struct host *host = overview_host(o, c->host_id);
	double limit = row_memory_limit(o, c, now);
	char pids[FMT_BYTES];

	if (host && host->cpus > 0 && now->cpu_percent >= 0)
		fill_percent(at, "CpuHost", now->cpu_percent / (double)host->cpus);
	if (limit > 0)
		fill_bytes(at, "MemLimit", limit);
	fill_rate(at, "Rx", now->rx_rate);
	fill_rate(at, "Tx", now->tx_rate);
	fill_rate(at, "Rd", now->read_rate);
	fill_rate(at, "Wr", now->write_rate);
	if (now->pids >= 0 && now->pids < 1e9) {
		snprintf(pids, sizeof(pids), "%.0f", now->pids);
		fill_value(at, "Pids", pids);
	}
	fill_sparks(call, at, &now->cpu, &now->memory, &now->network, fmt_bytes);
}

static void container_figures(struct call *call, HDF *at, const struct overview *o, const struct container *c,
    const struct container_now *now, unsigned parts)
{
	double limit = row_memory_limit(o, c, now);

	fill_percent(at, "Cpu", now->cpu_percent);
	fill_bytes(at, "Mem", now->memory_bytes);
	if (parts & ROW_MINI)
		return;
	fill_rate(at, "Net", row_net(now->rx_rate, now->tx_rate));
	if (limit > 0)
		fill_percent(at, "MemP", share(now->memory_bytes, limit));
	if (parts & ROW_ALL)
		container_details(call, at, o, c, now);
	else if (parts & ROW_SPARK_CPU)
		fill_spark(fill_node(at, "Spark"), "Cpu", &now->cpu, 0, NULL);
}

static void fill_project(struct call *call, HDF *at, const struct container *c)
{
	struct url url;

	if (!*c->compose_project)
		return;
	fill_echo(at, "Project", c->compose_project);
	url_begin(&url, call, "/containers");
	url_add(&url, "project", c->compose_project);
	fill_echo(at, "ProjectUrl", url_end(&url, call));
}

void row_container(struct call *call, HDF *at, const struct overview *o, const struct container *c,
    const struct container_now *now, unsigned parts)
{
	bool runs = (c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED) && !c->gone_ms;
	bool stale = c->host_state != HOST_ONLINE || !o->collector.alive;
	struct state_words state;

	fill_int(at, "Id", c->id);
	fill_echo(at, "Name", c->name);
	words_container(c, call->now_ms, &call->arena, &state);
	fill_state(at, "State", &state);
	if (!(parts & ROW_MINI)) {
		fill_ref(at, "Host", c->host_id, c->host_name);
		fill_echo(at, "Image", c->image);
		fill_project(call, at, c);
		fill_ports(call, at, c->ports);
		fill_up(call, at, c);
	}
	fill_flag(at, "Stale", stale);
	fill_flag(at, "Runs", runs && !stale);
	if (now && runs && !stale && call->now_ms - now->at_ms <= FIGURES_CURRENT_MS)
		container_figures(call, at, o, c, now, parts);
}

int rows_of_host(struct call *call, HDF *list, const struct overview *o, int64_t host_id, size_t max,
    unsigned parts, size_t *count_r)
{
	const struct container_brief *const *top = overview_top(call, o, host_id, max, count_r);
	struct store *store = call->web->store;

	for (size_t i = 0; i < *count_r; i++) {
		struct container c;
		struct container_now now;
		int found, result = container_row(store, top[i]->id, &call->arena, &c);

		if (result)
			return result;
		found = container_now_get(store, c.id, &now);
		if (found && found != -ENOENT)
			return found;
		row_container(call, fill_item(list, i), o, &c, found ? NULL : &now, parts);
	}
	return 0;
}

const char *row_engine(struct call *call, const struct host *host)
{
	if (!*host->product)
		return "";
	return arena_printf(&call->arena, "%s %s", host->product, host->engine_version);
}

static void fill_facts(struct call *call, HDF *at, const struct host *host)
{
	char memory[FMT_BYTES] = "";
	const char *cpus = "";

	if (host->memory_bytes > 0)
		fmt_bytes((double)host->memory_bytes, memory);
	if (host->cpus > 0)
		cpus = arena_printf(
		    &call->arena, "%" PRId64 " %s", host->cpus, host->cpus == 1 ? "CPU" : "CPUs");
	fill_text(at, "Facts",
	    arena_printf(&call->arena, "%s%s%s%s%s", host->os, *host->os && *cpus ? " · " : "", cpus,
	        (*host->os || *cpus) && *memory ? " · " : "", memory));
}

static void host_figures(struct call *call, HDF *at, const struct host_now *now, unsigned parts)
{
	char text[FMT_BYTES];

	fill_percent(at, "Cpu", now->cpu_percent);
	fill_bytes(at, "Mem", now->memory_bytes);
	fill_percent(at, "MemP", share(now->memory_bytes, now->memory_total));
	fill_bytes(at, "MemTotal", now->memory_total);
	fill_rate(at, "Net", row_net(now->rx_rate, now->tx_rate));
	fill_rate(at, "Rx", now->rx_rate);
	fill_rate(at, "Tx", now->tx_rate);
	fmt_number(now->load1, text);
	fill_value(at, "Load", text);
	if (now->uptime_s >= 0 && now->uptime_s < 1e12) {
		fmt_duration((int64_t)(now->uptime_s * 1000), text);
		fill_value(at, "Up", text);
	}
	if (parts & (ROW_ALL | ROW_SPARKS))
		fill_sparks(call, at, &now->cpu, &now->memory, &now->network, fmt_percent);
	else if (parts & ROW_SPARK_CPU)
		fill_spark(fill_node(at, "Spark"), "Cpu", &now->cpu, 0, NULL);
}

void row_host(struct call *call, HDF *at, const struct overview *o, const struct host *host,
    const struct host_now *now, unsigned parts)
{
	const struct counts *counts = overview_counts(o, host->id);
	struct state_words state;

	fill_int(at, "Id", host->id);
	fill_echo(at, "Name", host->name);
	words_host(host, &state);
	fill_state(at, "State", &state);
	fill_duration(at, "Since", host->since_ms, call->now_ms);
	if (host->state == HOST_OFFLINE) {
		fill_echo(at, "Reason", *host->reason ? host->reason : "The engine does not answer.");
		fill_ago(at, "Seen", host->seen_ms, call->now_ms);
	}
	fill_text(at, "Engine", row_engine(call, host));
	fill_facts(call, at, host);
	fill_echo(at, "Address", host->url);
	fill_count(at, "Total", counts->total);
	fill_count(at, "Running", counts->running);
	if (counts->attention)
		fill_count(at, "Trouble", counts->attention);
	fill_echo(at, "Summary",
	    arena_printf(&call->arena, "%" PRId64 " %s, %" PRId64 " running", counts->total,
	        counts->total == 1 ? "container" : "containers", counts->running));
	fill_flag(at, "HasNumbers", host->state == HOST_ONLINE && o->collector.alive);
	if (now && overview_is_current(o, host->state, now->at_ms, call->now_ms))
		host_figures(call, at, now, parts);
}

static const char *day_of(struct call *call, int64_t ms, char *key, size_t bytes)
{
	char today[16], yesterday[16], full[32];

	text_local(ms, "%Y-%m-%d", key, bytes);
	text_local(call->now_ms, "%Y-%m-%d", today, sizeof(today));
	text_local(call->now_ms - 86400000, "%Y-%m-%d", yesterday, sizeof(yesterday));
	if (!strcmp(key, today))
		return "Today";
	if (!strcmp(key, yesterday))
		return "Yesterday";
	text_local(ms, "%a %e %b %Y", full, sizeof(full));
	return arena_strdup(&call->arena, full);
}

static void row_event(struct call *call, HDF *at, const struct event *e)
{
	struct state_words state;
	const char *detail, *name = *e->actor_name ? e->actor_name : e->actor_id;
	char clock[16];

	fill_int(at, "Id", e->id);
	text_local(e->at_ns / 1000000, "%H:%M:%S", clock, sizeof(clock));
	fill_time(at, "At", e->at_ns / 1000000, clock);
	words_event(e, &call->arena, &state, &detail);
	fill_state(at, "State", &state);
	fill_echo(at, "Kind", e->kind);
	fill_link(at, "Actor",
	    e->container_id && !strcmp(e->kind, "container")
	        ? url_path(call, "/containers/%" PRId64, e->container_id)
	        : NULL,
	    strncmp(name, "sha256:", 7) ? name : arena_strndup(&call->arena, name, 19));
	fill_ref(at, "Host", e->host_id, e->host_name);
	fill_text(at, "Detail", detail);
	fill_flag(at, "Observed", e->observed);
}

void rows_events(struct call *call, HDF *list, const struct event_list *events)
{
	char last[16] = "", day[16];

	for (size_t i = 0; i < events->count; i++) {
		HDF *at = fill_item(list, i);
		const char *text = day_of(call, events->items[i].at_ns / 1000000, day, sizeof(day));

		if (strcmp(day, last) != 0)
			fill_echo(at, "Day", text);
		memcpy(last, day, sizeof(last));
		row_event(call, at, &events->items[i]);
	}
}
