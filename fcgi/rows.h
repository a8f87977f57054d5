/* rows: the shapes Container, Host and Event of templates/HDF.md from what the store holds. */
#ifndef DOCKMON_FCGI_ROWS_H
#define DOCKMON_FCGI_ROWS_H

#include <ClearSilver.h>

#include "fcgi/call.h"
#include "fcgi/overview.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/host.h"
#include "lib/store/now.h"

enum row_part {
	ROW_SPARK_CPU = 1 << 0, /* the CPU sparkline, without text */
	ROW_ALL = 1 << 1,    /* every figure and sparkline, with text: the container's or host's own page */
	ROW_SPARKS = 1 << 2, /* a host's three sparklines, with text */
	ROW_MINI = 1 << 3,   /* of a container only what a card shows: name, state, CPU, memory */
};

/* now may be NULL (never measured). Figures that are not current are left out. */
void row_container(struct call *call, HDF *at, const struct overview *o, const struct container *c,
    const struct container_now *now, unsigned parts);
/* Fills `list` with at most `max` containers of a host, trouble first, and says how many. -EIO, -EBUSY. */
int rows_of_host(struct call *call, HDF *list, const struct overview *o, int64_t host_id, size_t max,
    unsigned parts, size_t *count_r);
void row_host(struct call *call, HDF *at, const struct overview *o, const struct host *host,
    const struct host_now *now, unsigned parts);

/* Fills `list` with all events; Day on the first of each local day. The actor links to its container. */
void rows_events(struct call *call, HDF *list, const struct event_list *events);

/* "Docker 28.2.1"; borrowed from the arena. */
const char *row_engine(struct call *call, const struct host *host);
/* Bytes per second in and out together; negative unless both are known. */
double row_net(double rx_rate, double tx_rate);
/* The container's own memory limit; negative without one. */
double row_memory_limit(const struct overview *o, const struct container *c, const struct container_now *now);

#endif
