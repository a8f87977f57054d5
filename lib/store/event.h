/* event: what engines told (or what a list showed that they did not tell), with the engine's time. */
#ifndef DOCKMON_STORE_EVENT_H
#define DOCKMON_STORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/store/store.h"

/* The setting event_retention_days: events, and rows of removed containers, are kept so long. */
#define EVENT_RETENTION_SETTING "event_retention_days"
#define EVENT_RETENTION_DAYS 60 /* when it is absent or out of range */
#define EVENT_RETENTION_DAYS_MAX 3650

/* Strings are borrowed from the arena they were read into, or from the caller of event_add. */
struct event {
	int64_t id;
	int64_t host_id;
	const char *host_name;      /* read only */
	int64_t container_id;       /* row: the actor, or what a network or volume event concerns; 0 = none */
	const char *container_name; /* of that row, now; read only */
	int64_t at_ns;              /* the engine's clock */
	const char *kind;           /* container, image, network, volume, daemon */
	const char *action;         /* start, die, health_status: unhealthy … */
	const char *actor_id;
	const char *actor_name;
	const char *attributes; /* JSON object */
	bool observed;          /* derived, not told by the engine */
};

struct event_list {
	struct event *items; /* borrowed from the arena */
	size_t count;
	bool more; /* there are further ones in the direction of reading */
};

struct event_filter {
	int64_t host_id, container_id; /* 0 = any */
	const char *kind;              /* NULL or "" = any */
	int64_t from_ns, to_ns;        /* to exclusive; 0 = open */
	const char *text;              /* NULL or "": any; found in name, action, attributes, host */
};

/* Where a page of events begins: the (at_ns, id) of an event. */
struct event_key {
	int64_t at_ns, id;
};

/* 1: new. 0: it is there already (same host, time, kind, action and actor). -EIO, -EBUSY, -ENOSPC. Collector. */
int event_add(struct store *store, const struct event *event);
/* Gives events of that engine id, or that mention it, since then, which came before the row existed, to the row. */
int event_adopt(
    struct store *store, int64_t host_id, const char *actor_id, int64_t container_id, int64_t since_ns);
/* Time of the newest such event not before since_ns; 0 if none. */
int64_t event_last_of(
    struct store *store, int64_t host_id, const char *actor_id, const char *action, int64_t since_ns);
/* How many such events there are from from_ns to to_ns (inclusive). -EIO, -EBUSY. */
int event_near(struct store *store, int64_t host_id, const char *actor_id, const char *action,
    int64_t from_ns, int64_t to_ns);
/* Deletes such events of that time that were only derived. Collector. */
int event_drop_observed(struct store *store, int64_t host_id, const char *actor_id, const char *action,
    int64_t from_ns, int64_t to_ns);

/* Newest first, those before `before` (NULL: from the newest), at most max. */
int event_older(struct store *store, const struct event_filter *filter, const struct event_key *before,
    size_t max, struct arena *arena, struct event_list *list_r);
/* The `max` events next after `after`, given newest first too. */
int event_newer(struct store *store, const struct event_filter *filter, const struct event_key *after,
    size_t max, struct arena *arena, struct event_list *list_r);

/* Deletes up to `max` events before that time; how many. */
int64_t event_prune(struct store *store, int64_t before_ns, size_t max);
int64_t event_count(struct store *store);
/* 1 to EVENT_RETENTION_DAYS_MAX. */
int64_t event_retention_days(struct store *store);

#endif
