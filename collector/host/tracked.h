/* tracked: a container of one engine, as the watcher knows it now, and the table of them. */
#ifndef DOCKMON_COLLECTOR_TRACKED_H
#define DOCKMON_COLLECTOR_TRACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/engine/ident.h"
#include "lib/store/container.h"

struct fetch;
struct sample;
struct watched;

struct tracked {
	struct tracked *next_in_bucket;
	struct watched *host; /* borrowed */
	char id[ENGINE_ID_BYTES];
	char *name;  /* owned; NULL before it was first inspected */
	int64_t row; /* 0: not stored yet */
	enum container_state state;
	enum container_health health;
	int64_t exit_code;
	int64_t started_ms, finished_ms;
	int64_t pid;
	uint64_t looks;       /* of the last list; 0 = look at it again */
	uint64_t content;     /* hash of what was stored; 0 = unknown */
	uint32_t list_number; /* the last list that showed it, or that it is newer than */

	/* asking: at most one inspect under way; see inventory.c */
	struct fetch *asking; /* borrowed from the lane */
	struct tracked *next_wanted;
	bool wanted;      /* waits in a list of its host */
	bool again;       /* changed while asked */
	bool from_list;   /* a list, not an event, is why it is asked */
	int64_t asked_ms; /* monotonic */

	int64_t killed_ns;                 /* engine time of the last signal that asks to end */
	bool stop_asked;                   /* its last end was asked for */
	enum container_health told_health; /* by the last health event */
	struct sample *sample;             /* borrowed from the sampler; while it runs */
};

struct tracked_table {
	struct tracked **buckets; /* owned */
	size_t size, count;
};

void tracked_table_release(
    struct tracked_table *table); /* frees all; what they hold elsewhere must be gone */
struct tracked *tracked_find(const struct tracked_table *table, const char *id); /* NULL if absent */
/* New, nothing known. The id is valid and absent. */
struct tracked *tracked_add(struct tracked_table *table, struct watched *host, const char *id);
void tracked_remove(struct tracked_table *table, struct tracked **tracked); /* frees it */

typedef void tracked_fn(struct tracked *tracked, void *arg); /* may remove this one */
void tracked_each(struct tracked_table *table, tracked_fn *each, void *arg);

#endif
