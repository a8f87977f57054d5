/* overview: hosts, their counts and the collector's pulse: what every page shows in its frame, read
 * once per request. */
#ifndef DOCKMON_FCGI_OVERVIEW_H
#define DOCKMON_FCGI_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/store/container.h"
#include "lib/store/host.h"
#include "lib/store/program.h"

struct call;

#define FIGURES_CURRENT_MS 30000 /* older ones are not shown as current */

struct overview {
	struct host_list hosts;
	struct container_counts *counts; /* of hosts that have containers; borrowed from the arena */
	size_t counts_count;
	struct container_counts total;
	size_t offline;                  /* hosts */
	struct program *programs;        /* borrowed from the arena */
	size_t program_count;
	bool collector_known;            /* it has written a sign of life */
	int64_t collector_late_ms;       /* since its last sign of life */
	bool collector_alive;            /* not later than PROGRAM_LATE_MS */
};

/* Reads it at the first call of a request. -EIO, -EBUSY with a text in call->err. */
int overview_get(struct call *call, const struct overview **overview_r);

/* Never NULL: zeros for a host without containers. */
const struct container_counts *overview_counts(const struct overview *overview, int64_t host_id);
const struct host *overview_host(const struct overview *overview, int64_t host_id); /* NULL if absent */
/* Is what was measured then shown as the present? */
bool overview_is_current(const struct overview *overview, enum host_state host, int64_t at_ms, int64_t now_ms);

#endif
