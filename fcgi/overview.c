#include "fcgi/overview.h"

#include "fcgi/call.h"

static void find_collector(struct overview *o, int64_t now_ms)
{
	int64_t beat_ms = 0;

	for (size_t i = 0; i < o->program_count; i++) {
		if (!strcmp(o->programs[i].name, "collector") && o->programs[i].beat_ms > beat_ms)
			beat_ms = o->programs[i].beat_ms;
	}
	o->collector_known = beat_ms > 0;
	o->collector_late_ms = now_ms > beat_ms ? now_ms - beat_ms : 0;
	o->collector_alive = o->collector_known && o->collector_late_ms <= PROGRAM_LATE_MS;
}

static void add_up(struct overview *o)
{
	for (size_t i = 0; i < o->counts_count; i++) {
		const struct container_counts *c = &o->counts[i];

		o->total.total += c->total;
		o->total.running += c->running;
		o->total.paused += c->paused;
		o->total.stopped += c->stopped;
		o->total.restarting += c->restarting;
		o->total.unhealthy += c->unhealthy;
		o->total.attention += c->attention;
	}
	for (size_t i = 0; i < o->hosts.count; i++)
		o->offline += o->hosts.items[i].state == HOST_OFFLINE;
}

int overview_get(struct call *call, const struct overview **overview_r)
{
	struct store *store = call->web->store;
	struct overview *o;
	int result;

	if (call->overview) {
		*overview_r = call->overview;
		return 0;
	}
	o = arena_alloc(&call->arena, sizeof(*o));
	result = host_list(store, &call->arena, &o->hosts);
	if (!result)
		result = container_counts_by_host(store, &call->arena, &o->counts, &o->counts_count);
	if (!result)
		result = program_list(store, &call->arena, &o->programs, &o->program_count);
	if (result)
		return err_set(&call->err, result, "The database could not be read: %s.", store_error(store));
	find_collector(o, call->now_ms);
	add_up(o);
	*overview_r = call->overview = o;
	return 0;
}

const struct container_counts *overview_counts(const struct overview *overview, int64_t host_id)
{
	static const struct container_counts none;

	for (size_t i = 0; i < overview->counts_count; i++) {
		if (overview->counts[i].host_id == host_id)
			return &overview->counts[i];
	}
	return &none;
}

const struct host *overview_host(const struct overview *overview, int64_t host_id)
{
	for (size_t i = 0; i < overview->hosts.count; i++) {
		if (overview->hosts.items[i].id == host_id)
			return &overview->hosts.items[i];
	}
	return NULL;
}

bool overview_is_current(const struct overview *overview, enum host_state host, int64_t at_ms, int64_t now_ms)
{
	return overview->collector_alive && host == HOST_ONLINE && now_ms - at_ms <= FIGURES_CURRENT_MS;
}
