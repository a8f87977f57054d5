#include "lib/engine/stats.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/base/clock.h"

#define NS_PER_S 1e9

void stats_counters_init(struct stats_counters *counters)
{
	*counters = (struct stats_counters){ 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };
}

int64_t stats_memory(int64_t usage, int64_t inactive_file)
{
	return inactive_file >= 0 && inactive_file < usage ? usage - inactive_file : usage;
}

static void read_cpu(struct json_object *cpu, struct stats_counters *c)
{
	struct json_object *usage = json_get(cpu, "cpu_usage");
	int64_t listed = (int64_t)json_count(json_get(usage, "percpu_usage"));

	c->cpu_ns = json_int(usage, "total_usage", -1);
	c->system_ns = json_int(cpu, "system_cpu_usage", -1);
	c->cpus = json_int(cpu, "online_cpus", 0);
	if (c->cpus <= 0)
		c->cpus = listed ? listed : -1;
}

static void read_memory(struct json_object *memory, struct stats_counters *c)
{
	struct json_object *stats = json_get(memory, "stats");
	int64_t usage = json_int(memory, "usage", -1);
	int64_t inactive = json_int(stats, "total_inactive_file", json_int(stats, "inactive_file", -1));

	c->memory_bytes = stats_memory(usage, inactive);
	c->memory_limit = json_int(memory, "limit", -1);
}

static int64_t plus(int64_t sum, int64_t value)
{
	if (value < 0)
		return sum;
	return (sum < 0 ? 0 : sum) + (value > INT64_MAX - (sum < 0 ? 0 : sum) ? 0 : value);
}

static void read_networks(struct json_object *networks, struct stats_counters *c)
{
	if (!json_object_is_type(networks, json_type_object))
		return;
	json_object_object_foreach(networks, name, network) {
		if (!strcmp(name, "lo"))
			continue;
		c->rx_bytes = plus(c->rx_bytes, json_int(network, "rx_bytes", -1));
		c->tx_bytes = plus(c->tx_bytes, json_int(network, "tx_bytes", -1));
	}
}

/* Op is "Read" on cgroup v1 and "read" on v2. */
static void read_blocks(struct json_object *list, struct stats_counters *c)
{
	if (!json_object_is_type(list, json_type_array))
		return;
	c->read_bytes = c->write_bytes = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		const char *op = json_str(item, "op", "");
		int64_t value = json_int(item, "value", -1);

		if (!strcasecmp(op, "read"))
			c->read_bytes = plus(c->read_bytes, value);
		else if (!strcasecmp(op, "write"))
			c->write_bytes = plus(c->write_bytes, value);
	}
}

int stats_read(
    struct json_object *reply, int64_t now_ns, struct stats_counters *counters_r, struct err *err_r)
{
	struct stats_counters c;
	int64_t read_ns = 0;

	stats_counters_init(&c);
	if (clock_parse_iso(json_str(reply, "read", ""), &read_ns) || read_ns < 0)
		read_ns = 0;
	read_cpu(json_get(reply, "cpu_stats"), &c);
	read_memory(json_get(reply, "memory_stats"), &c);
	if (c.memory_bytes < 0 && c.cpu_ns <= 0)
		return err_set(err_r, -ENODATA, "the container does not run");
	read_networks(json_get(reply, "networks"), &c);
	read_blocks(json_at(reply, "blkio_stats", "io_service_bytes_recursive", NULL), &c);
	c.pids = json_int(json_get(reply, "pids_stats"), "current", -1);
	c.at_ns = read_ns ? read_ns : now_ns;
	*counters_r = c;
	return 0;
}

static double rate(int64_t before, int64_t now, int64_t elapsed_ns)
{
	if (before < 0 || now < before || elapsed_ns <= 0)
		return -1;
	return (double)(now - before) / ((double)elapsed_ns / NS_PER_S);
}

/* docker's calculateCPUPercentUnix: share of the host's processor time, times its processors. */
static double cpu_percent(const struct stats_counters *before, const struct stats_counters *now)
{
	int64_t elapsed_ns = now->at_ns - before->at_ns;
	double used;

	if (before->cpu_ns < 0 || now->cpu_ns < before->cpu_ns)
		return -1;
	used = (double)(now->cpu_ns - before->cpu_ns);
	if (before->system_ns >= 0 && now->system_ns > before->system_ns && now->cpus > 0)
		return used / (double)(now->system_ns - before->system_ns) * (double)now->cpus * 100;
	return elapsed_ns > 0 ? used / (double)elapsed_ns * 100 : -1;
}

void stats_rates(
    const struct stats_counters *before, const struct stats_counters *now, struct stats_rates *rates_r)
{
	int64_t elapsed_ns = now->at_ns - before->at_ns;

	if (!before->at_ns)
		elapsed_ns = 0;
	*rates_r = (struct stats_rates){
		.cpu_percent = before->at_ns ? cpu_percent(before, now) : -1,
		.rx_rate = rate(before->rx_bytes, now->rx_bytes, elapsed_ns),
		.tx_rate = rate(before->tx_bytes, now->tx_bytes, elapsed_ns),
		.read_rate = rate(before->read_bytes, now->read_bytes, elapsed_ns),
		.write_rate = rate(before->write_bytes, now->write_bytes, elapsed_ns),
	};
}
