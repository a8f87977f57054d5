/* What an intake's item means for the store and for what we know of the containers. All of this runs
 * within the intake's transaction. */
#include <errno.h>

#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/store/event.h"
#include "lib/store/now.h"

#define NS_PER_MS 1000000LL
#define KILL_BEFORE_DIE_NS (300 * 1000 * NS_PER_MS)
#define AGE_SLACK_MS 30000

int apply_gone(struct tracked *t)
{
	struct watched *h = t->host;
	int64_t row = t->row;
	int result = 0;

	if (row) {
		result = container_gone(h->watch->store, row, clock_wall_ms());
		if (!result)
			result = container_now_drop(h->watch->store, row);
		intake_notice(h->watch, NOTICE_GONE, h->id, row);
	}
	inventory_forget(t);
	return result;
}

static int stop_asked(struct tracked *t)
{
	t->stop_asked = true;
	return container_stop_asked(t->host->watch->store, t->host->id, t->id);
}

static int apply_effect(struct tracked *t, const struct engine_event *e)
{
	int result = 0;

	switch (e->effect) {
	case EVENT_NONE: return 0;
	case EVENT_KILL:
		if (e->terminates)
			t->killed_ns = e->at_ns;
		return 0;
	case EVENT_GONE: return apply_gone(t);
	case EVENT_START:
		t->stop_asked = false;
		t->killed_ns = 0;
		break;
	case EVENT_DIE:
		if (t->killed_ns && e->at_ns - t->killed_ns <= KILL_BEFORE_DIE_NS)
			result = stop_asked(t);
		break;
	case EVENT_STOP: result = stop_asked(t); break;
	case EVENT_CHANGE:
	case EVENT_HEALTH:
	case EVENT_EFFECT_COUNT: break;
	}
	inventory_want(t, false);
	return result;
}

static int record(struct watched *h, const struct engine_event *e, int64_t row)
{
	struct event event = {
		.host_id = h->id,
		.container_id = row,
		.at_ns = e->at_ns,
		.kind = e->kind,
		.action = e->action,
		.actor_id = e->actor_id,
		.actor_name = e->actor_name,
		.attributes = e->attributes,
	};
	int result = event_add(h->watch->store, &event);

	if (result > 0) {
		h->watch->events_recorded++;
		intake_notice(h->watch, NOTICE_EVENT, h->id, row);
		if (derive_replace(h, e) < 0)
			return -EIO;
	}
	if (result >= 0 && e->at_ns > h->events_ns) {
		h->events_ns = e->at_ns;
		h->events_dirty = true;
	}
	return result;
}

static int apply_to_container(struct watched *h, const struct engine_event *e)
{
	struct tracked *t = tracked_find(&h->tracked, e->actor_id);
	int result;

	if (!t && e->effect != EVENT_GONE && h->tracked.count < CONTAINERS_PER_HOST_MAX) {
		t = tracked_add(&h->tracked, h, e->actor_id);
		t->list_number = h->list_number;
	}
	/* Podman tells the outcome of every check, Docker only another one */
	if (t && e->effect == EVENT_HEALTH) {
		enum container_health word = container_health_parse(e->health);

		if (t->told_health == word && word != HEALTH_UNKNOWN)
			return 0;
		t->told_health = word;
	}
	result = record(h, e, t ? t->row : 0);
	return result > 0 && t ? apply_effect(t, e) : result;
}

int apply_event(struct watched *h, const struct engine_event *e)
{
	struct tracked *t;
	int result;

	if (!strcmp(e->kind, "container"))
		return apply_to_container(h, e);
	t = *e->container ? tracked_find(&h->tracked, e->container) : NULL;
	result = record(h, e, t ? t->row : 0);
	if (result > 0 && t)
		inventory_want(t, false);
	return result;
}

/* Does the list show something else than the last inspect did? */
static bool differs(const struct tracked *t, const struct engine_summary *s, int64_t engine_ms)
{
	enum container_state state = container_state_parse(s->state);
	int64_t since_ms = state == CONTAINER_EXITED ? t->finished_ms : t->started_ms;

	if (!t->row || t->looks != s->looks || t->state != state)
		return true;
	if (strcmp(s->health, "none") && t->health != container_health_parse(s->health))
		return true;
	if (state == CONTAINER_EXITED && t->exit_code != s->exit_code)
		return true;
	return s->age_max_s >= 0 && engine_ms - since_ms > s->age_max_s * 1000 + AGE_SLACK_MS;
}

struct listing {
	struct watched *host;
	uint32_t number;
	int result;
};

static void drop_unlisted(struct tracked *t, void *arg)
{
	struct listing *l = arg;

	if (l->result < 0 || t->list_number >= l->number)
		return;
	l->result = l->host->deriving ? derive_gone(l->host, t) : 0;
	if (l->result >= 0)
		l->result = apply_gone(t);
}

static void look_at(struct watched *h, const struct engine_summary *s, uint32_t number)
{
	struct tracked *t = tracked_find(&h->tracked, s->id);
	int64_t engine_ms = clock_wall_ms() + h->clock_offset_ns / NS_PER_MS;

	if (!t)
		t = tracked_add(&h->tracked, h, s->id);
	if (t->list_number < number)
		t->list_number = number;
	if (h->ask_all || differs(t, s, engine_ms))
		inventory_want(t, true);
	t->looks = s->looks;
}

static int set_online(struct watched *h)
{
	int result;

	if (h->state == HOST_ONLINE)
		return 0;
	result = host_set_state(h->watch->store, h->id, HOST_ONLINE, "", clock_wall_ms());
	if (result)
		return result;
	log_info("host %s is online: %s %s, API %s", h->name, h->product, h->version, h->api);
	h->state = HOST_ONLINE;
	h->reason[0] = '\0';
	intake_notice(h->watch, NOTICE_HOST, h->id, 0);
	return 0;
}

int apply_list(struct watched *h, const struct intake_item *item)
{
	struct listing listing = { h, item->list.number, 0 };
	int result = set_online(h);

	h->deriving = h->known_before;
	h->lost_ms = h->contact_ms;
	for (size_t i = 0; i < item->list.count; i++)
		look_at(h, &item->list.items[i], item->list.number);
	if (!result && !item->list.partial) {
		tracked_each(&h->tracked, drop_unlisted, &listing);
		result = listing.result;
	}
	if (result < 0)
		return result;
	watched_listed(h);
	return apply_seen(h);
}

int apply_seen(struct watched *h)
{
	h->seen_ms = clock_mono_ms();
	h->contact_ms = clock_wall_ms();
	h->events_dirty = false;
	return host_set_seen(h->watch->store, h->id, h->contact_ms, h->events_ns);
}

int apply_facts(struct watched *h, const struct host *facts)
{
	intake_notice(h->watch, NOTICE_HOST, h->id, 0);
	return host_set_facts(h->watch->store, facts);
}

static void notice_not_running(struct tracked *t, void *arg)
{
	struct watched *h = arg;
	struct notice *n;

	t->content = 0; /* told again when it is back */
	if (!t->row || !t->name)
		return;
	n = intake_notice(h->watch, NOTICE_CONTAINER, h->id, t->row);
	n->name = arena_strdup(intake_arena(h->watch), t->name);
	n->host_name = arena_strdup(intake_arena(h->watch), h->name);
}

/* The containers keep their last known state in the store; live views are told that nothing moves. */
int apply_offline(struct watched *h, const char *reason)
{
	int result = host_set_state(h->watch->store, h->id, HOST_OFFLINE, reason, clock_wall_ms());

	if (result)
		return result;
	h->state = HOST_OFFLINE;
	free(h->reason);
	h->reason = xstrdup(reason);
	tracked_each(&h->tracked, notice_not_running, h);
	intake_notice(h->watch, NOTICE_HOST, h->id, 0);
	return 0;
}
