/* Events that nobody told: an engine that restarts forgets its last events, and one that is out of
 * reach for long overwrites them. What the list and the inspects then show is recorded as observed,
 * at the engine's own times; if the engine tells it after all, what it tells takes the place. */
#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/store/event.h"

#define NS_PER_MS 1000000LL
#define NEAR_NS (2000 * NS_PER_MS)
#define REPLACE_MS 60000 /* so long after the last derived one it may still be told */
#define KNOWN_MARGIN_MS 60000

static int add(struct watched *h, const char *id, const char *name, int64_t row, const char *action,
    int64_t at_ns, const char *attributes)
{
	struct event event = {
		.host_id = h->id,
		.container_id = row,
		.at_ns = at_ns,
		.kind = "container",
		.action = action,
		.actor_id = id,
		.actor_name = name,
		.attributes = attributes,
		.observed = true,
	};
	int result = event_near(h->watch->store, h->id, id, action, at_ns - NEAR_NS, at_ns + NEAR_NS);

	if (result)
		return result < 0 ? result : 0;
	h->derived_ms = clock_mono_ms();
	result = event_add(h->watch->store, &event);
	if (result > 0) {
		h->watch->events_recorded++;
		intake_notice(h->watch, NOTICE_EVENT, h->id, row);
	}
	return result < 0 ? result : 0;
}

/* What happened before we last had contact was told then. */
static bool is_new(const struct watched *h, int64_t at_ns)
{
	return at_ns > 0 && (at_ns - h->clock_offset_ns) / NS_PER_MS >= h->lost_ms - KNOWN_MARGIN_MS;
}

int derive_changes(
    struct watched *h, const struct tracked *before, const struct engine_container *c, int64_t row)
{
	struct arena *arena = intake_arena(h->watch);
	int result = 0;

	if (!before->row && is_new(h, c->created_ns))
		result = add(h, c->id, c->name, row, "create", c->created_ns, "{}");
	if (!result && c->started_ns / NS_PER_MS != before->started_ms && is_new(h, c->started_ns))
		result = add(h, c->id, c->name, row, "start", c->started_ns, "{}");
	if (!result && c->finished_ns / NS_PER_MS != before->finished_ms && is_new(h, c->finished_ns))
		result = add(h, c->id, c->name, row, "die", c->finished_ns,
		    /* once it runs again, the code of its last end is not told */
		    strcmp(c->state, "running")
		        ? arena_printf(arena, "{\"exitCode\":\"%lld\"}", (long long)c->exit_code)
		        : "{}");
	return result;
}

int derive_gone(struct watched *h, const struct tracked *t)
{
	int64_t engine_ns = clock_wall_ms() * NS_PER_MS + h->clock_offset_ns;

	int64_t lost_ns = (h->lost_ms - KNOWN_MARGIN_MS) * NS_PER_MS + h->clock_offset_ns;

	if (!t->row || event_last_of(h->watch->store, h->id, t->id, "destroy", lost_ns))
		return 0;
	return add(h, t->id, t->name ? t->name : "", t->row, "destroy", engine_ns, "{}");
}

int derive_replace(struct watched *h, const struct engine_event *told)
{
	if (!h->derived_ms || clock_mono_ms() - h->derived_ms > REPLACE_MS || strcmp(told->kind, "container"))
		return 0;
	return event_drop_observed(h->watch->store, h->id, told->actor_id, told->action,
	    told->at_ns - NEAR_NS, told->at_ns + NEAR_NS);
}
