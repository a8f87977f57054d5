/* stats: counters of a container, and what two readings of them say. The arithmetic is that of
 * `docker stats`, whatever the counters were read from (cgroup files or the stats API). */
#ifndef DOCKMON_ENGINE_STATS_H
#define DOCKMON_ENGINE_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/json.h"

/* Negative = not known. */
struct stats_counters {
	int64_t at_ns;     /* of one clock for all readings of a container */
	int64_t cpu_ns;    /* processor time used */
	int64_t system_ns; /* processor time of the whole host (all processors); not known: at_ns is used */
	int64_t cpus;      /* online */
	int64_t memory_bytes; /* without page cache that can go */
	int64_t memory_limit;
	int64_t rx_bytes, tx_bytes; /* all interfaces but lo */
	int64_t read_bytes, write_bytes;
	int64_t pids;
};

/* Negative = not known. Percent of one processor; bytes per second. */
struct stats_rates {
	double cpu_percent;
	double rx_rate, tx_rate, read_rate, write_rate;
};

void stats_counters_init(struct stats_counters *counters); /* nothing known */

/* A reply of GET /containers/ID/stats, cgroup v1 or v2, Docker or Podman. now_ns is used where the
 * engine says no time. -ENODATA: the container does not run. */
int stats_read(
    struct json_object *reply, int64_t now_ns, struct stats_counters *counters_r, struct err *err_r);

/* Memory as `docker stats` shows it: usage without the page cache that can go (cgroup v1:
 * total_inactive_file, v2: inactive_file), where that is less than usage. */
int64_t stats_memory(int64_t usage, int64_t inactive_file);

/* From one reading to the next. A counter that went back (a restart), a time that did not pass, or an
 * unknown value gives "not known", never a spike or a negative rate. */
void stats_rates(
    const struct stats_counters *before, const struct stats_counters *now, struct stats_rates *rates_r);

#endif
