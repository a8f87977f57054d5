/* watch: everything that looks at engines. Finds the usual sockets, takes the hosts of the store
 * (hosts added or removed there are noticed within 5 s), runs one state machine per host, samples
 * what runs, writes it to the store and tells the hub. One per process, on the loop's thread. */
#ifndef DOCKMON_COLLECTOR_WATCH_H
#define DOCKMON_COLLECTOR_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "lib/base/err.h"
#include "lib/base/settings.h"
#include "lib/store/store.h"

struct hub;
struct watch;

/* What the watchers are doing now, for /about and the log. */
struct watch_figures {
	int64_t hosts, hosts_online;
	int64_t containers;        /* there on the engines */
	int64_t sampled_by_cgroup; /* running, read from this machine's cgroup files */
	int64_t sampled_by_api;    /* running, asked from their engine */
	int64_t fetches_in_flight; /* requests to engines under way, event streams included */
	int64_t fetches_queued;    /* waiting for a free place of their host */
	int64_t bytes_queued;      /* bodies being received and events not stored yet */
	int64_t descriptors;       /* kept open on cgroup and /proc files */
	int64_t events_recorded;   /* since the start */
	int64_t ticks, ticks_late; /* since the start; late: begun over a second after its time */
	int64_t tick_us;           /* processor time of the last full tick, in microseconds */
};

/* Begins to watch. store (role STORE_COLLECTOR), hub and settings are borrowed until watch_stop.
 * Call after the hub exists and privileges are dropped, before the loop runs; nothing blocks. The
 * store must not be left in a transaction between callbacks of the loop: each of the watchers'
 * callbacks begins and commits its own. -EIO, -EBUSY with a text: the store cannot be read. */
int watch_start(uv_loop_t *loop, struct store *store, struct hub *hub, const struct settings *settings,
    struct watch **watch_r, struct err *err_r);

/* Cancels everything and writes nothing more; *watch is NULL afterwards. Its handles close in the
 * next turns of the loop: run it until uv_run(loop, UV_RUN_DEFAULT) returns 0 (with all other
 * handles closed too) before uv_loop_close. NULL is accepted. */
void watch_stop(struct watch **watch);

void watch_figures(const struct watch *watch, struct watch_figures *figures_r);

#endif
