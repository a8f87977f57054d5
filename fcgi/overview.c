#include "fcgi/overview.h"

#include <strings.h>

#include "fcgi/call.h"

static int read_pulse(struct call *call, struct program **programs_r, size_t *count_r, struct pulse *pulse_r)
{
	int64_t beat_ms = 0;
	int result = program_list(call->web->store, &call->arena, programs_r, count_r);

	if (result)
		return result;
	for (size_t i = 0; i < *count_r; i++) {
		if (!strcmp((*programs_r)[i].name, "collector") && (*programs_r)[i].beat_ms > beat_ms)
			beat_ms = (*programs_r)[i].beat_ms;
	}
	pulse_r->known = beat_ms > 0;
	pulse_r->late_ms = call->now_ms > beat_ms ? call->now_ms - beat_ms : 0;
	pulse_r->alive = pulse_r->known && pulse_r->late_ms <= PROGRAM_LATE_MS;
	return 0;
}

static int failed(struct call *call, int result)
{
	return err_set(
	    &call->err, result, "The database could not be read: %s.", store_error(call->web->store));
}

int overview_pulse(struct call *call, struct pulse *pulse_r)
{
	struct program *programs;
	size_t count;
	int result = read_pulse(call, &programs, &count, pulse_r);

	return result ? failed(call, result) : 0;
}

static bool in_trouble(const struct container_brief *b)
{
	return container_needs_attention(b->state, b->health, b->exit_code, b->stop_asked);
}

static void count_one(struct counts *to, const struct container_brief *b)
{
	to->total++;
	to->running += b->state == CONTAINER_RUNNING;
	to->paused += b->state == CONTAINER_PAUSED;
	to->stopped +=
	    b->state == CONTAINER_EXITED || b->state == CONTAINER_CREATED || b->state == CONTAINER_DEAD;
	to->restarting += b->state == CONTAINER_RESTARTING;
	to->unhealthy += b->state == CONTAINER_RUNNING && b->health == HEALTH_UNHEALTHY;
	to->attention += in_trouble(b);
}

static size_t host_index(const struct overview *o, int64_t host_id)
{
	size_t i = 0;

	while (i < o->hosts.count && o->hosts.items[i].id != host_id)
		i++;
	return i;
}

static void add_up(struct call *call, struct overview *o)
{
	int64_t host_id = 0;
	size_t index = 0;

	o->counts = arena_alloc(&call->arena, (o->hosts.count + 1) * sizeof(*o->counts));
	for (size_t i = 0; i < o->briefs.count; i++) {
		if (o->briefs.items[i].host_id != host_id) {
			host_id = o->briefs.items[i].host_id;
			index = host_index(o, host_id);
		}
		count_one(&o->counts[index], &o->briefs.items[i]);
		count_one(&o->total, &o->briefs.items[i]);
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
		result = container_briefs(store, &call->arena, &o->briefs);
	if (!result)
		result = read_pulse(call, &o->programs, &o->program_count, &o->collector);
	if (result)
		return failed(call, result);
	add_up(call, o);
	*overview_r = call->overview = o;
	return 0;
}

const struct counts *overview_counts(const struct overview *overview, int64_t host_id)
{
	static const struct counts none;
	size_t index = host_index(overview, host_id);

	return index < overview->hosts.count ? &overview->counts[index] : &none;
}

static int brief_rank(const struct container_brief *b)
{
	return in_trouble(b) ? 0 : b->state == CONTAINER_RUNNING || b->state == CONTAINER_PAUSED ? 1 : 2;
}

static int compare_briefs(const void *a, const void *b)
{
	const struct container_brief *x = *(const struct container_brief *const *)a;
	const struct container_brief *y = *(const struct container_brief *const *)b;
	int result = brief_rank(x) - brief_rank(y);

	if (!result)
		result = strcasecmp(x->name, y->name);
	return result ? result : x->id < y->id ? -1 : x->id > y->id;
}

const struct container_brief *const *overview_top(
    struct call *call, const struct overview *overview, int64_t host_id, size_t max, size_t *count_r)
{
	size_t total = (size_t)overview_counts(overview, host_id)->total, count = 0;
	const struct container_brief **list = arena_alloc(&call->arena, (total + 1) * sizeof(*list));

	for (size_t i = 0; i < overview->briefs.count && count < total; i++) {
		if (overview->briefs.items[i].host_id == host_id)
			list[count++] = &overview->briefs.items[i];
	}
	qsort(list, count, sizeof(*list), compare_briefs);
	*count_r = count < max ? count : max;
	return list;
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
	return overview->collector.alive && host == HOST_ONLINE && now_ms - at_ms <= FIGURES_CURRENT_MS;
}
