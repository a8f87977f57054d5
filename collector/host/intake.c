/* What came in this turn of the loop, stored in order in one transaction; then the hub is told. */
#include <assert.h>

#include "collector/host/watched.h"
#include "collector/live/hub.h"
#include "lib/base/log.h"

#define ITEMS_MAX 1000
#define ARENA_MAX_BYTES (8 * 1024 * 1024)

struct arena *intake_arena(struct watch *w)
{
	return &w->intake.arena;
}

struct intake_item *intake_add(struct watched *host, enum intake_kind kind)
{
	struct intake *in = &host->watch->intake;
	struct intake_item *item = arena_alloc(&in->arena, sizeof(*item));

	item->host = host;
	item->kind = kind;
	*(in->last ? &in->last->next : &in->first) = item;
	in->last = item;
	in->count++;
	return item;
}

void intake_forget_host(struct watch *w, const struct watched *host)
{
	for (struct intake_item *item = w->intake.first; item; item = item->next) {
		if (item->host == host)
			item->host = NULL;
	}
}

struct notice *intake_notice(struct watch *w, int kind, int64_t host_id, int64_t container_id)
{
	struct intake *in = &w->intake;
	struct notice *notice;

	in->notices =
	    arena_grow(&in->arena, in->notices, in->notice_count, &in->notice_capacity, sizeof(*in->notices));
	notice = &in->notices[in->notice_count++];
	*notice = (struct notice){ .kind = kind, .host_id = host_id, .container_id = container_id };
	return notice;
}

static int apply(const struct intake_item *item)
{
	struct watched *h = item->host;

	switch (item->kind) {
	case INTAKE_EVENT: return apply_event(h, item->event);
	case INTAKE_LIST: return apply_list(h, item);
	case INTAKE_CONTAINER: return apply_container(h, item->container, item->from_list);
	case INTAKE_FACTS: return apply_facts(h, item->facts);
	case INTAKE_OFFLINE: return apply_offline(h, item->reason);
	case INTAKE_SEEN: return apply_seen(h);
	}
	return 0;
}

static int apply_all(struct watch *w)
{
	int result = 0;

	for (struct intake_item *item = w->intake.first; item && result >= 0; item = item->next) {
		if (item->host)
			result = apply(item);
	}
	for (struct watched *h = w->hosts; h && result >= 0; h = h->next) {
		if (h->events_dirty)
			result = apply_seen(h);
	}
	return result < 0 ? result : 0;
}

static void tell(struct watch *w, const struct notice *n)
{
	switch (n->kind) {
	case NOTICE_CONTAINER:
		hub_container(w->hub, n->container_id, n->host_id, n->name, n->host_name, n->running);
		hub_change(w->hub, n->host_id, n->container_id);
		break;
	case NOTICE_GONE:
		hub_container_gone(w->hub, n->container_id);
		hub_change(w->hub, n->host_id, n->container_id);
		break;
	case NOTICE_HOST: hub_change(w->hub, n->host_id, 0); break;
	case NOTICE_EVENT: hub_events(w->hub, n->host_id, n->container_id); break;
	}
}

/* Nothing was stored. What the hosts said will be asked for again: events by their time, the rest by a list. */
static void begin_anew(struct watch *w, const char *why)
{
	log_error("cannot store what the engines say: %s; asking them again", why);
	for (struct intake_item *item = w->intake.first; item; item = item->next) {
		if (item->host && item->kind != INTAKE_SEEN)
			item->host->store_failed = true;
	}
	for (struct watched *h = w->hosts; h; h = h->next) {
		if (h->store_failed)
			watched_begin_anew(h);
		h->store_failed = h->events_dirty = false;
	}
}

static void clear(struct intake *in)
{
	in->first = in->last = NULL;
	in->count = 0;
	in->notices = NULL;
	in->notice_count = in->notice_capacity = 0;
	arena_reset(&in->arena);
}

void intake_store(struct watch *w)
{
	struct intake *in = &w->intake;
	struct err err = ERR_INIT;
	int result;

	if (!in->first || in->storing)
		return;
	in->storing = true;
	result = store_begin(w->store, &err);
	if (!result) {
		result = apply_all(w);
		if (result) {
			err_set(&err, result, "%s", store_error(w->store));
			store_rollback(w->store);
		} else {
			result = store_commit(w->store, &err);
		}
	}
	in->storing = false;
	for (size_t i = 0; !result && i < in->notice_count; i++)
		tell(w, &in->notices[i]);
	if (result)
		begin_anew(w, err.text);
	clear(in);
}

void intake_bound(struct watch *w)
{
	if (w->intake.count >= ITEMS_MAX || w->intake.arena.used_bytes >= ARENA_MAX_BYTES)
		intake_store(w);
}
