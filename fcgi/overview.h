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

struct counts {
	int64_t total, running, paused, stopped, restarting, unhealthy, attention;
};

struct pulse {
	bool known;      /* the collector has written a sign of life */
	bool alive;      /* and it is not older than PROGRAM_LATE_MS */
	int64_t late_ms; /* how old it is */
};

struct overview {
	struct host_list hosts;
	struct container_brief_list briefs; /* of all containers, host by host */
	struct counts *counts;              /* as many as hosts; borrowed from the arena */
	struct counts total;
	size_t offline;           /* hosts */
	struct program *programs; /* borrowed from the arena */
	size_t program_count;
	struct pulse collector;
};

/* Only the collector's pulse. -EIO, -EBUSY with a text in call->err. */
int overview_pulse(struct call *call, struct pulse *pulse_r);

/* Reads it at the first call of a request. -EIO, -EBUSY with a text in call->err. */
int overview_get(struct call *call, const struct overview **overview_r);

/* Never NULL. */
const struct counts *overview_counts(const struct overview *overview, int64_t host_id);
/* The containers of one host, at most `max`: those in trouble first, then those that run, then by
 * name. Borrowed from the arena. */
const struct container_brief *const *overview_top(
    struct call *call, const struct overview *overview, int64_t host_id, size_t max, size_t *count_r);
const struct host *overview_host(const struct overview *overview, int64_t host_id); /* NULL if absent */
/* Is what was measured then shown as the present? */
bool overview_is_current(
    const struct overview *overview, enum host_state host, int64_t at_ms, int64_t now_ms);

#endif
