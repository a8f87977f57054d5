#include "collector/live/topic.h"

#include <errno.h>

#include "collector/live/figures.h"
#include "lib/base/die.h"
#include "lib/base/query.h"

#define SHORT (FIGURE_BIT(FIGURE_CPU) | FIGURE_BIT(FIGURE_MEM))

static const struct {
	const char *name; /* NULL: not to be asked for */
	bool has_id;
	unsigned host_figures, container_figures;
} topics[TOPIC_COUNT] = {
	[TOPIC_DASHBOARD] = { "dashboard", false, FIGURES_OF_HOST, SHORT },
	[TOPIC_HOSTS] = { "hosts", false, FIGURES_OF_HOST, 0 },
	[TOPIC_HOST] = { "host", true, FIGURES_OF_HOST, SHORT | FIGURE_BIT(FIGURE_NET) },
	[TOPIC_CONTAINERS] = { "containers", false, 0,
	    SHORT | FIGURE_BIT(FIGURE_NET) | FIGURE_BIT(FIGURE_CPUS) },
	[TOPIC_CONTAINER] = { "container", true, 0, FIGURES_OF_CONTAINER },
	[TOPIC_EVENTS] = { "events", false, 0, 0 },
};

int topic_parse(const char *text, struct topic *topic_r)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		int64_t id = 0;

		if (!topics[i].name || strlen(topics[i].name) != len || strncmp(text, topics[i].name, len) ||
		    topics[i].has_id != !!colon)
			continue;
		if (colon && parse_int(colon + 1, 1, INT64_MAX, &id))
			return -EINVAL;
		*topic_r = (struct topic){ (enum topic_kind)i, id };
		return 0;
	}
	return -EINVAL;
}

int topic_compare(const struct topic *a, const struct topic *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

unsigned topic_host_figures(enum topic_kind kind)
{
	return topics[kind].host_figures;
}

unsigned topic_container_figures(enum topic_kind kind)
{
	return topics[kind].container_figures;
}

bool topic_is_touched(const struct topic *topic, const struct change *change, int64_t container_host)
{
	switch (topic->kind) {
	case TOPIC_DASHBOARD:
	case TOPIC_HOSTS:
	case TOPIC_CONTAINERS: return !change->is_event;
	case TOPIC_HOST: return topic->id == change->host_id;
	case TOPIC_CONTAINER:
		return topic->id == change->container_id ||
		    (!change->container_id && !change->is_event && container_host == change->host_id);
	case TOPIC_EVENTS: return change->is_event;
	default: return false;
	}
}
