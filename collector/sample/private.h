/* private: what the files of collector/sample share. */
#ifndef DOCKMON_COLLECTOR_SAMPLE_PRIVATE_H
#define DOCKMON_COLLECTOR_SAMPLE_PRIVATE_H

#include "collector/fetch/fetch.h"
#include "collector/sample/cgroup.h"
#include "collector/sample/machine.h"
#include "collector/sample/sampler.h"
#include "lib/engine/api.h"
#include "lib/engine/ident.h"
#include "lib/store/now.h"

#define TICK_MS 2000
#define STEP_MS 10000     /* a full tick: everything is measured, sparklines move */
#define CLOSE_LOOK_MAX 50 /* containers of a host that are asked from their engine every 2 s */

struct sample {
	struct sample *next, *prev; /* of the host */
	struct sampled_host *host;  /* borrowed */
	char engine_id[ENGINE_ID_BYTES];
	bool by_cgroup;
	struct cgroup cgroup;         /* owned if by_cgroup */
	struct fetch *asking;         /* borrowed: a stats request under way */
	int64_t asked_step;           /* its answer also counts for this step; 0 = for none */
	unsigned readings;            /* 0 and 1: measured on every tick, to have rates soon */
	struct stats_counters before; /* at_ns 0: none */
	struct stats_counters before_step;
	int64_t step; /* of the newest value in the sparklines */
	bool dirty;   /* `now` is not stored yet */
	bool shown;   /* pages know that there are figures */
	struct container_now now;
};

struct sampled_host {
	struct sampled_host *next;
	struct sampler *sampler; /* borrowed */
	int64_t host_id;
	bool online, local, unix_socket, podman;
	struct lane *lane; /* borrowed while online */
	char api[API_VERSION_BYTES];
	bool one_shot; /* the engine knows one-shot=1 */
	int64_t cpus, memory_bytes;
	struct sample *samples; /* owned list */
	size_t count, by_api;
	size_t asking; /* stats requests under way */
	int64_t step;
	int64_t complained_ms; /* monotonic: when a failed answer was last logged */
	bool dirty;            /* a figure of it is not stored yet */
	struct host_now now;
};

/* What was stored before a restart. */
struct restored {
	struct arena arena;
	struct container_now_list containers;
	struct host_now_list hosts;
};

struct sampler {
	uv_loop_t *loop;     /* borrowed */
	struct store *store; /* borrowed */
	struct hub *hub;     /* borrowed */
	uv_timer_t timer;
	int64_t due_ms;             /* monotonic: when the next tick should begin */
	int64_t step;               /* wall time / STEP_MS of the last full tick */
	int64_t started_ms;         /* monotonic */
	struct sampled_host *hosts; /* owned list */
	struct machine machine;     /* owned */
	struct host_now machine_now;
	struct restored restored; /* for the first ten minutes */
	int64_t descriptors_max;
	size_t asking; /* stats requests under way, all hosts */
	struct sampler_figures figures;
};

/* take.c: a reading of a container. step: it also counts for that step; 0 = for none. */
void sample_take(struct sample *sample, const struct stats_counters *counters, int64_t step);
/* take.c: figures of a host whose own are out of reach: the sums of its containers. */
void sampled_host_sum(struct sampled_host *host);
/* take.c: moves the sparklines on by the steps since *last; the new ones are unknown but the newest. */
void sparks_push(struct spark *const sparks[3], const double values[3], int64_t *last, int64_t step);

/* ask.c: the stats API */
void sample_ask(struct sample *sample, int64_t step);

/* flush.c: stores what is dirty in one transaction and tells the hub. */
void sampler_flush(struct sampler *sampler);

#endif
