/* topic: what a page's stream is about, and which figures and changes concern it. */
#ifndef DOCKMON_COLLECTOR_TOPIC_H
#define DOCKMON_COLLECTOR_TOPIC_H

#include <stdbool.h>
#include <stdint.h>

enum topic_kind {
	TOPIC_DASHBOARD,
	TOPIC_HOSTS,
	TOPIC_HOST, /* with an id */
	TOPIC_CONTAINERS,
	TOPIC_CONTAINER, /* with an id */
	TOPIC_EVENTS,
	TOPIC_LIVE_CPU, /* the /live document, by CPU; never asked for by name */
	TOPIC_LIVE_MEM,
	TOPIC_COUNT
};

struct topic {
	enum topic_kind kind;
	int64_t id; /* row; 0 = none */
};

/* A change in the store, as hub_change and hub_events tell it. */
struct change {
	uint64_t seq;
	int64_t at_ms; /* monotonic */
	int64_t host_id, container_id;
	bool is_event;
};

/* "dashboard", "hosts", "host:3", "containers", "container:12", "events". -EINVAL: anything else. */
int topic_parse(const char *text, struct topic *topic_r);
/* For sorting: by kind, then id. */
int topic_compare(const struct topic *a, const struct topic *b);

/* The figures (FIGURE_BIT) of hosts and of containers that the page shows; 0: none. */
unsigned topic_host_figures(enum topic_kind kind);
unsigned topic_container_figures(enum topic_kind kind);

/* Does the page render differently after this change? `container_host` is the host of the topic's
 * container (0 = not known, or another kind of topic). */
bool topic_is_touched(const struct topic *topic, const struct change *change, int64_t container_host);

#endif
