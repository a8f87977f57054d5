#include "collector/host/watched.h"

#include "collector/live/hub.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/store/now.h"

#define TRY_FIRST_MS 1000
#define TRY_MAX_MS 60000
#define TRY_MAX_LOCAL_MS 2000
#define LIST_EVERY_MS 60000
#define SEEN_EVERY_MS 9000

static void on_timer(uv_timer_t *timer)
{
	struct watched *h = timer->data;

	switch (h->phase) {
	case PHASE_WAITING: connect_begin(h); break;
	case PHASE_FOLLOWING:
		if (follow_check(h))
			inventory_list(h);
		break;
	case PHASE_OPENING: /* follow.c has its own callback on this timer */
	case PHASE_CONNECTING:
	case PHASE_LISTING: break;
	}
}

struct watched *watched_create(struct watch *watch, const struct host *row)
{
	struct watched *h = xcalloc(1, sizeof(*h));
	struct err err = ERR_INIT;

	h->watch = watch;
	h->id = row->id;
	h->name = xstrdup(row->name);
	h->url = xstrdup(row->url);
	h->reason = xstrdup(row->reason);
	h->engine_id = xstrdup("");
	h->hostname = xstrdup("");
	h->found = row->found;
	h->state = row->state;
	h->local_socket = !strncmp(row->url, "unix:", 5);
	h->events_ns = row->events_ns;
	h->contact_ms = row->seen_ms;
	h->known_before = row->seen_ms > 0;
	h->fresh = !h->known_before;
	if (lane_create(watch->fetcher, row->url, &h->lane, &err))
		log_error("host %s cannot be watched: %s", row->name, err.text);
	h->sampled = sampled_host_add(watch->sampler, row->id);
	lines_init(&h->lines, EVENT_LINE_MAX_BYTES);
	uv_timer_init(watch->loop, &h->timer);
	h->timer.data = h;
	h->handles = 1;
	inventory_later_init(h);
	h->next = watch->hosts;
	watch->hosts = h;
	watched_connect_in(h, 0);
	return h;
}

static void on_closed(uv_handle_t *handle)
{
	struct watched *h = handle->data;

	if (--h->handles)
		return;
	lines_release(&h->lines);
	free(h->name);
	free(h->url);
	free(h->reason);
	free(h->engine_id);
	free(h->hostname);
	free(h);
}

static void stop_asking(struct watched *h)
{
	fetch_cancel(&h->asking);
	fetch_cancel(&h->pinging);
	follow_close(h);
	uv_timer_stop(&h->timer);
}

void watched_free(struct watched **host, bool removed)
{
	struct watched *h = *host;
	struct watched **link = &h->watch->hosts;

	*host = NULL;
	while (*link != h)
		link = &(*link)->next;
	*link = h->next;
	h->removed = removed;
	stop_asking(h);
	intake_forget_host(h->watch, h);
	inventory_forget_all(h);
	tracked_table_release(&h->tracked);
	sampled_host_drop(&h->sampled);
	lane_free(&h->lane);
	uv_close((uv_handle_t *)&h->timer, on_closed);
	uv_close((uv_handle_t *)&h->later_timer, on_closed);
}

static void drop_container(struct tracked *t, void *arg)
{
	struct watch *w = arg;

	if (!t->row)
		return;
	container_now_drop(w->store, t->row);
	hub_container_gone(w->hub, t->row);
}

void watched_drop(struct watched *h)
{
	struct watch *w = h->watch;

	log_info("host %s on %s was removed", h->name, h->url);
	if (h->found)
		find_ignore(w, h->url);
	tracked_each(&h->tracked, drop_container, w);
	host_now_drop(w->store, h->id);
	hub_host_gone(w->hub, h->id);
	hub_change(w->hub, h->id, 0);
	watched_free(&h, true);
}

void watched_connect_in(struct watched *h, uint64_t delay_ms)
{
	h->phase = PHASE_WAITING;
	if (h->lane)
		uv_timer_start(&h->timer, on_timer, delay_ms, 0);
}

/* Doubles from 1 s on, and spreads by a fifth so that many hosts do not come at once. */
static uint64_t next_delay_ms(struct watched *h)
{
	uint64_t most = h->local_socket ? TRY_MAX_LOCAL_MS : TRY_MAX_MS;
	uint64_t delay = TRY_FIRST_MS;

	for (unsigned i = 0; i < h->tries && delay < most; i++)
		delay *= 2;
	if (delay > most)
		delay = most;
	h->tries++;
	return delay - delay / 5 + (uint64_t)random() % (delay / 5 + 1);
}

void watched_failed(struct watched *h, const struct err *err)
{
	struct intake_item *item;

	stop_asking(h);
	inventory_forget_asked(h);
	if (h->state == HOST_ONLINE && !h->second_chance) {
		log_debug("host %s: %s Trying again at once.", h->name, err->text);
		h->second_chance = true;
		watched_connect_in(h, 0);
		return;
	}
	sampled_host_set(h->sampled, NULL);
	if (h->state != HOST_OFFLINE || strcmp(h->reason, err->text)) {
		log_warning("host %s is offline: %s", h->name, err->text);
		item = intake_add(h, INTAKE_OFFLINE);
		item->reason = arena_strdup(intake_arena(h->watch), err->text);
	}
	watched_connect_in(h, next_delay_ms(h));
}

void watched_begin_anew(struct watched *h)
{
	stop_asking(h);
	inventory_forget_all(h);
	h->loaded = false;
	watched_connect_in(h, next_delay_ms(h));
}

void watched_listed(struct watched *h)
{
	h->tries = 0;
	h->second_chance = false;
	h->ask_all = false;
	h->known_before = true;
	h->phase = PHASE_FOLLOWING;
	uv_timer_start(&h->timer, on_timer, LIST_EVERY_MS - (uint64_t)random() % (LIST_EVERY_MS / 10), 0);
}

static void on_pinged(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;

	(void)reply;
	h->pinging = NULL;
	if (result)
		watched_failed(h, err);
	else if (clock_mono_ms() - h->seen_ms >= SEEN_EVERY_MS)
		intake_add(h, INTAKE_SEEN);
}

void watched_ping(struct watched *h)
{
	struct fetch_request ping = {
		.path = "/_ping",
		.kind = FETCH_PROMPT,
		.deadline_ms = PING_DEADLINE_MS,
		.max_bytes = SMALL_MAX_BYTES,
		.done = on_pinged,
		.arg = h,
	};

	if (h->phase == PHASE_FOLLOWING && !h->pinging)
		fetch_start(h->lane, &ping, &h->pinging);
}
