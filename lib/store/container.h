/* container: a name on a host. The row outlives the engine's container, so that history and
 * settings stay when compose, Watchtower or a person recreates it. */
#ifndef DOCKMON_STORE_CONTAINER_H
#define DOCKMON_STORE_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/store/host.h"
#include "lib/store/store.h"

#define CONTAINERS_MAX 20000 /* read in one list */
#define CONTAINER_ID_BYTES 65
#define SEARCH_WORDS 4

/* Docker API, Container State.Status; removed = gone from the engine; unknown = a word we do not know */
enum container_state {
	CONTAINER_UNKNOWN,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,
	CONTAINER_RESTARTING,
	CONTAINER_REMOVING,
	CONTAINER_EXITED,
	CONTAINER_DEAD,
	CONTAINER_REMOVED,
	CONTAINER_STATE_COUNT
};

/* Docker API, State.Health.Status */
enum container_health {
	HEALTH_NONE,
	HEALTH_STARTING,
	HEALTH_HEALTHY,
	HEALTH_UNHEALTHY,
	HEALTH_UNKNOWN,
	HEALTH_COUNT
};

/* Strings are borrowed from the arena they were read into, or from the caller of container_put. */
struct container {
	int64_t id;
	int64_t host_id;
	const char *host_name;      /* read only */
	enum host_state host_state; /* read only */
	const char *name;           /* without the leading slash */
	const char *engine_id;      /* 64 hexadecimal digits */
	const char *former_name;    /* read only */
	int64_t first_seen_ms;      /* read only */
	int64_t gone_ms;            /* 0: it is there */
	const char *image;
	const char *image_id;
	enum container_state state;
	enum container_health health;
	int64_t health_since_ms; /* as far as known: when we first saw this health */
	const char *health_note; /* output of the last failing check, cut */
	int64_t exit_code;
	bool oom_killed;
	bool stop_asked; /* read only: the stop was asked for through the engine */
	const char *error;
	int64_t created_ms, started_ms, finished_ms; /* 0 = never */
	int64_t restart_count;
	const char *restart_policy; /* no, on-failure, always, unless-stopped */
	int64_t restart_max;        /* on-failure:N */
	int64_t pid;
	const char *network_mode;
	const char *ports;     /* short text: "8080→80/tcp, 5432/tcp" */
	const char *addresses; /* separated by spaces */
	const char *compose_project, *compose_service;
	int64_t compose_number;
	/* only from container_by_id; NULL in lists. JSON as described in sql/main/001 */
	const char *command;
	const char *ports_json, *networks_json, *mounts_json, *labels_json;
};

struct container_list {
	struct container *items; /* borrowed from the arena */
	size_t count;
};

struct container_filter {
	int64_t host_id; /* 0 = any */
	const char *
	    state; /* NULL or "" = any; a state's name, "stopped" for exited, created, dead, or "attention" */
	const char *health;  /* NULL or "" = any */
	const char *project; /* NULL or "" = any */
	const char *
	    text; /* NULL or "" = any; up to SEARCH_WORDS words, each found in name, image, host, labels, ports, addresses */
};

/* What counting takes: one row of an index. */
struct container_brief {
	int64_t id, host_id;
	const char *name; /* borrowed from the arena */
	enum container_state state;
	enum container_health health;
	int64_t exit_code;
	bool stop_asked;
};

struct container_brief_list {
	struct container_brief *items; /* borrowed from the arena */
	size_t count;
};

const char *container_state_name(enum container_state state);
enum container_state container_state_parse(const char *name);
const char *container_health_name(enum container_health health);
enum container_health container_health_parse(const char *name);

/* By name, at most CONTAINERS_MAX, without removed ones. -EIO, -EBUSY. */
int container_list(struct store *store, const struct container_filter *filter, struct arena *arena,
    struct container_list *list_r);
/* All that are there, host by host, at most CONTAINERS_MAX. -EIO, -EBUSY. */
int container_briefs(struct store *store, struct arena *arena, struct container_brief_list *list_r);
/* One as lists have it, also a removed one. -ENOENT. */
int container_row(struct store *store, int64_t id, struct arena *arena, struct container *container_r);
/* Also a removed one. -ENOENT. */
int container_by_id(struct store *store, int64_t id, struct arena *arena, struct container *container_r);
/* Unhealthy, restarting, dead, or exited with an error that nobody asked for. Newest first. */
int container_attention(struct store *store, size_t max, struct arena *arena, struct container_list *list_r);
/* The same for one that is not gone. */
bool container_needs_attention(
    enum container_state state, enum container_health health, int64_t exit_code, bool stop_asked);
/* Names of compose projects, sorted. */
int container_projects(
    struct store *store, size_t max, struct arena *arena, const char ***names_r, size_t *count_r);
/* What is there on a host: only id, engine_id, name and state are filled. */
int container_of_host(
    struct store *store, int64_t host_id, struct arena *arena, struct container_list *list_r);

/* Writes what the engine says of one container and gives its row. Which row:
 *  1. the one that had this engine id (a rename renames the row, unless a removed container left a
 *     row with the new name: then that row goes on and the old one is marked gone);
 *  2. the one with this name (it was recreated);
 *  3. the one that had this name until a rename in the last 10 minutes (recreated by renaming the
 *     old one away first, as compose and Watchtower do);
 *  4. a removed one of the same compose project, service and number;
 *  5. a new one.
 * In a transaction. -EIO, -EBUSY, -ENOSPC. Collector. */
int container_put(struct store *store, const struct container *container, int64_t now_ms, int64_t *id_r);
/* A stop or kill was asked of the engine. No row: no error. */
int container_stop_asked(struct store *store, int64_t host_id, const char *engine_id);
/* It left the engine. */
int container_gone(struct store *store, int64_t id, int64_t now_ms);
/* Deletes up to `max` rows gone before that time; how many. */
int64_t container_prune(struct store *store, int64_t gone_before_ms, size_t max);

#endif
