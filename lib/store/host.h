/* host: an engine that DockMon watches. */
#ifndef DOCKMON_STORE_HOST_H
#define DOCKMON_STORE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/store/store.h"

#define HOSTS_MAX 1000
#define HOST_NAME_MAX_BYTES 100

enum host_state { HOST_UNKNOWN, HOST_ONLINE, HOST_OFFLINE, HOST_STATE_COUNT };

/* Strings are borrowed from the arena they were read into; "" = not known. */
struct host {
	int64_t id;
	const char *name;
	const char *url; /* unix:///path or tcp://name:port */
	bool found;      /* by itself, on a usual socket or by DOCKER_HOST */
	int64_t added_ms;
	enum host_state state;
	const char *reason; /* why offline */
	int64_t since_ms;   /* state is so since */
	int64_t seen_ms;    /* last answer */
	int64_t events_ns;  /* engine time of the newest recorded event */
	const char *product;
	const char *engine_id;
	const char *engine_version;
	const char *api_version;
	const char *hostname;
	const char *os;
	const char *kernel;
	const char *arch;
	const char *storage_driver;
	const char *cgroup_version;
	int64_t cpus;
	int64_t memory_bytes;
};

struct host_list {
	struct host *items; /* borrowed from the arena */
	size_t count;
};

const char *host_state_name(enum host_state state);

/* All hosts by name, at most HOSTS_MAX. -EIO, -EBUSY. */
int host_list(struct store *store, struct arena *arena, struct host_list *list_r);
/* -ENOENT, -EIO, -EBUSY. */
int host_by_id(struct store *store, int64_t id, struct arena *arena, struct host *host_r);
int host_by_url(struct store *store, const char *url, struct arena *arena, struct host *host_r);
int host_by_name(struct store *store, const char *name, struct arena *arena, struct host *host_r);

/* -EINVAL: a name that is empty, too long or holds control characters, or a URL that is neither
 * unix:///path nor tcp://name:port. -EEXIST: name or URL is taken. -ENOSPC: HOSTS_MAX reached. Collector and ctl. */
int host_add(struct store *store, const char *name, const char *url, bool found, int64_t now_ms,
    int64_t *id_r, struct err *err_r);
/* With its containers and events. -ENOENT. */
int host_drop(struct store *store, int64_t id);

/* since_ms changes only when the state does. */
int host_set_state(
    struct store *store, int64_t id, enum host_state state, const char *reason, int64_t now_ms);
/* events_ns never goes back. */
int host_set_seen(struct store *store, int64_t id, int64_t now_ms, int64_t events_ns);
/* product … memory_bytes of `facts`. */
int host_set_facts(struct store *store, const struct host *facts);

#endif
