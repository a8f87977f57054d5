/* hub: what browsers are told. The watchers put in what they measured and what changed; the hub
 * keeps the newest value of everything and hands it to the streams (SSE, the /live document).
 * Loop thread only. Nothing here blocks or fails; out of memory is fatal. */
#ifndef DOCKMON_COLLECTOR_HUB_H
#define DOCKMON_COLLECTOR_HUB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/store/now.h"

struct hub;

struct hub *hub_create(void);
void hub_free(struct hub **hub);

/* A container that is there: its row, host and names (copied). Call when it appears, is renamed,
 * or starts or stops running; a container that is not running has no values and is not on /live. */
void hub_container(struct hub *hub, int64_t container_id, int64_t host_id, const char *name,
    const char *host_name, bool running);
/* It left, or its host was removed. Unknown ids are ignored. */
void hub_container_gone(struct hub *hub, int64_t container_id);
void hub_host_gone(struct hub *hub, int64_t host_id);

/* Newest figures, copied; a container must be known by hub_container. */
void hub_container_now(struct hub *hub, const struct container_now *now);
void hub_host_now(struct hub *hub, const struct host_now *now);
/* The tick's values are all in (and stored): send them. */
void hub_flush(struct hub *hub);

/* Something that pages render differently now was committed to the store: a state, a row, a host's
 * reachability. container_id 0: of the host as a whole. Sent at the end of this loop turn. */
void hub_change(struct hub *hub, int64_t host_id, int64_t container_id);
/* Events were recorded (they concern the pages that list events). */
void hub_events(struct hub *hub, int64_t host_id, int64_t container_id);

/* Is somebody looking at this container (its own page, a page of its host, or a page of all)?
 * container_id 0: at the host. Watched things are sampled every 2 s instead of every 10 s. */
bool hub_watched(const struct hub *hub, int64_t host_id, int64_t container_id);
/* Is it looked at by itself or with its host, not only within a page of everything? */
bool hub_watched_closely(const struct hub *hub, int64_t host_id, int64_t container_id);

#endif
