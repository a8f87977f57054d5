#include "collector/host/watch.h"

#include <malloc.h>

#include "collector/host/watched.h"
#include "collector/live/hub.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define HOSTS_EVERY_MS 5000
#define FIND_EVERY_POLLS 6
#define PING_EVERY_MS 10000
#define TRIM_FIRST_PINGS 2
#define TRIM_EVERY_PINGS 6
#define MMAP_FROM_BYTES (128 * 1024)

static void on_turn(struct watch *w)
{
	intake_store(w);
}

static void on_prepare(uv_prepare_t *prepare)
{
	on_turn(prepare->data);
}

static void on_check(uv_check_t *check)
{
	on_turn(check->data);
}

static struct watched *find_host(struct watch *w, int64_t id)
{
	struct watched *h = w->hosts;

	while (h && h->id != id)
		h = h->next;
	return h;
}

static bool in_list(const struct host_list *list, const struct watched *h, const struct host **row_r)
{
	*row_r = NULL;
	for (size_t i = 0; i < list->count && !*row_r; i++) {
		if (list->items[i].id == h->id)
			*row_r = &list->items[i];
	}
	return *row_r;
}

static int read_hosts(struct watch *w)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct host_list list;
	const struct host *row;
	int result = host_list(w->store, &arena, &list);

	if (result)
		return result;
	for (struct watched *h = w->hosts, *next; h; h = next) {
		next = h->next;
		if (!in_list(&list, h, &row))
			watched_drop(h);
		else if (strcmp(row->url, h->url) || strcmp(row->name, h->name))
			watched_free(&h, false); /* made anew below */
	}
	for (size_t i = 0; i < list.count; i++) {
		if (find_host(w, list.items[i].id))
			continue;
		watched_create(w, &list.items[i]);
		hub_change(w->hub, list.items[i].id, 0);
	}
	return 0;
}

static void on_hosts(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	if (++w->polls % FIND_EVERY_POLLS == 0)
		find_engines(w);
	if (read_hosts(w))
		log_error("cannot read the hosts: %s", store_error(w->store));
}

/* The first lists and inspects of many hosts leave a heap three times as large as what is in it. */
static void give_memory_back(struct watch *w)
{
	w->pings++;
	if (w->pings == TRIM_FIRST_PINGS || w->pings % TRIM_EVERY_PINGS == 0)
		malloc_trim(MMAP_FROM_BYTES);
}

static void on_ping(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	for (struct watched *h = w->hosts; h; h = h->next)
		watched_ping(h);
	give_memory_back(w);
}

static void start_handles(struct watch *w)
{
	uv_prepare_init(w->loop, &w->prepare);
	uv_check_init(w->loop, &w->check);
	uv_timer_init(w->loop, &w->hosts_timer);
	uv_timer_init(w->loop, &w->ping_timer);
	w->prepare.data = w->check.data = w->hosts_timer.data = w->ping_timer.data = w;
	uv_prepare_start(&w->prepare, on_prepare);
	uv_check_start(&w->check, on_check);
	uv_timer_start(&w->hosts_timer, on_hosts, HOSTS_EVERY_MS, HOSTS_EVERY_MS);
	uv_timer_start(&w->ping_timer, on_ping, PING_EVERY_MS, PING_EVERY_MS);
	w->handles = 4;
}

int watch_start(uv_loop_t *loop, struct store *store, struct hub *hub, const struct settings *settings,
    struct watch **watch_r, struct err *err_r)
{
	struct watch *w = xcalloc(1, sizeof(*w));
	int result;

	mallopt(M_MMAP_THRESHOLD, MMAP_FROM_BYTES); /* fixed: large buffers go back at once */
	w->loop = loop;
	w->store = store;
	w->hub = hub;
	w->settings = settings;
	w->fetcher = fetcher_create(loop);
	start_handles(w);
	result = sampler_create(loop, store, hub, &w->sampler, err_r);
	if (!result && (result = read_hosts(w)))
		err_set(err_r, result, "cannot read the hosts: %s", store_error(store));
	if (!result) {
		find_engines(w);
		result = read_hosts(w);
	}
	if (result) {
		watch_stop(&w);
		return result;
	}
	*watch_r = w;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct watch *w = handle->data;

	if (--w->handles)
		return;
	arena_release(&w->intake.arena);
	free(w);
}

void watch_stop(struct watch **watch)
{
	struct watch *w = *watch;

	*watch = NULL;
	if (!w)
		return;
	while (w->hosts) {
		struct watched *h = w->hosts;

		watched_free(&h, false);
	}
	w->intake.first = NULL;
	sampler_close(&w->sampler);
	fetcher_close(&w->fetcher);
	find_release(w);
	uv_close((uv_handle_t *)&w->prepare, on_closed);
	uv_close((uv_handle_t *)&w->check, on_closed);
	uv_close((uv_handle_t *)&w->hosts_timer, on_closed);
	uv_close((uv_handle_t *)&w->ping_timer, on_closed);
}

void watch_figures(const struct watch *w, struct watch_figures *figures_r)
{
	struct watch_figures f = { .events_recorded = w->events_recorded };
	struct fetch_figures fetches;
	struct sampler_figures samples;

	fetcher_figures(w->fetcher, &fetches);
	sampler_figures(w->sampler, &samples);
	for (const struct watched *h = w->hosts; h; h = h->next) {
		f.hosts++;
		f.hosts_online += h->state == HOST_ONLINE;
		f.containers += (int64_t)h->tracked.count;
	}
	f.sampled_by_cgroup = samples.by_cgroup;
	f.sampled_by_api = samples.by_api;
	f.fetches_in_flight = fetches.in_flight;
	f.fetches_queued = fetches.queued;
	f.bytes_queued = fetches.body_bytes + (int64_t)w->intake.arena.used_bytes;
	f.descriptors = samples.descriptors;
	f.ticks = samples.ticks;
	f.ticks_late = samples.ticks_late;
	f.tick_us = samples.tick_us;
	*figures_r = f;
}
