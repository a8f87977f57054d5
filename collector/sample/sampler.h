/* sampler: what running containers and hosts use, measured every 10 s (2 s for what somebody looks
 * at), kept for five minutes, stored, and told to the hub. Loop thread only. */
#ifndef DOCKMON_COLLECTOR_SAMPLER_H
#define DOCKMON_COLLECTOR_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "lib/base/err.h"
#include "lib/store/store.h"

struct hub;
struct lane;
struct sample;
struct sampled_host;
struct sampler;

/* Reads what was stored before a restart, so that sparklines go on. store and hub are borrowed. -EIO, -EBUSY. */
int sampler_create(
    uv_loop_t *loop, struct store *store, struct hub *hub, struct sampler **sampler_r, struct err *err_r);
/* After all its hosts are gone. Handles close in the next turns of the loop. NULL is accepted. */
void sampler_close(struct sampler **sampler);

/* What is known of an engine once it has answered. */
struct sampled_engine {
	struct lane *lane; /* borrowed until sampled_host_drop */
	const char *api;   /* "1.41"; copied */
	bool podman;
	bool local;       /* it runs on this machine: cgroup files and /proc are its */
	bool unix_socket; /* it may be on this machine: its containers' cgroups are looked for */
	int64_t cpus, memory_bytes;
};

/* Owned: sampled_host_drop, which ends its samples too. */
struct sampled_host *sampled_host_add(struct sampler *sampler, int64_t host_id);
void sampled_host_drop(struct sampled_host **host);
/* It answers now, like this (NULL: it does not; nothing is measured until it does again). */
void sampled_host_set(struct sampled_host *host, const struct sampled_engine *engine);

/* A container began to run (or its process changed: call sample_end first). pid: on its host.
 * Borrowed until sample_end or sampled_host_drop. */
struct sample *sample_begin(struct sampled_host *host, int64_t container_id, const char *engine_id,
    int64_t pid, const char *network_mode);
/* It stopped. *sample may be NULL; it is NULL afterwards. The caller deletes the stored figures. */
void sample_end(struct sample **sample);

struct sampler_figures {
	int64_t by_cgroup, by_api, descriptors, ticks, ticks_late, tick_us;
};

void sampler_figures(const struct sampler *sampler, struct sampler_figures *figures_r);

#endif
