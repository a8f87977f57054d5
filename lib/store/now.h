/* now: what was measured last of each container and host, with five minutes for sparklines. */
#ifndef DOCKMON_STORE_NOW_H
#define DOCKMON_STORE_NOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/spark.h"
#include "lib/store/store.h"

/* Every number: negative = unknown. Rates are bytes per second. */
struct container_now {
	int64_t container_id;
	int64_t at_ms;
	double cpu_percent;  /* of one core, as docker stats: 200 = two cores */
	double memory_bytes; /* without page cache */
	double memory_limit; /* the host's memory where none is set */
	double rx_rate, tx_rate, read_rate, write_rate;
	double pids;
	struct spark cpu, memory, network; /* percent; bytes; rx + tx */
};

struct host_now {
	int64_t host_id;
	int64_t at_ms;
	bool summed;        /* sums of the containers, for the host's own figures are out of reach */
	double cpu_percent; /* of the whole host: 0 to 100 */
	double memory_bytes, memory_total;
	double load1, load5, load15;
	double uptime_s;
	double rx_rate, tx_rate;
	const char *disks_json;    /* [{"mount","device","type","total","used","inodes","inodes_used"}] */
	const char *networks_json; /* [{"name","rx_rate","tx_rate"}] */
	struct spark cpu, memory, network; /* percent; percent; rx + tx */
};

struct container_now_list {
	struct container_now *items; /* by container_id; borrowed from the arena */
	size_t count;
};

struct host_now_list {
	struct host_now *items; /* by host_id; borrowed from the arena */
	size_t count;
};

int container_now_list(struct store *store, struct arena *arena, struct container_now_list *list_r);
int container_now_get(struct store *store, int64_t container_id, struct container_now *now_r); /* -ENOENT */
int host_now_list(struct store *store, struct arena *arena, struct host_now_list *list_r);
int host_now_get(
    struct store *store, int64_t host_id, struct arena *arena, struct host_now *now_r); /* -ENOENT */
/* Binary search; NULL if absent. */
const struct container_now *container_now_find(const struct container_now_list *list, int64_t container_id);
const struct host_now *host_now_find(const struct host_now_list *list, int64_t host_id);

/* Collector, in its tick's transaction. */
int container_now_put(struct store *store, const struct container_now *now);
int container_now_drop(struct store *store, int64_t container_id);
int host_now_put(struct store *store, const struct host_now *now);
int host_now_drop(struct store *store, int64_t host_id);

#endif
