/* An inspect: the row of a container, and whether it is sampled. */
#include <errno.h>

#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/store/event.h"
#include "lib/store/now.h"

#define NS_PER_MS 1000000LL
#define ADOPT_MARGIN_NS (2000 * NS_PER_MS)
#define ADOPT_MAX_NS (24 * 3600 * 1000 * NS_PER_MS)
#define FNV_START 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

static bool has_process(enum container_state state)
{
	return state == CONTAINER_RUNNING || state == CONTAINER_PAUSED;
}

static void to_row(const struct watched *h, const struct engine_container *c, struct container *row_r)
{
	*row_r = (struct container){
		.host_id = h->id,
		.name = c->name,
		.engine_id = c->id,
		.image = c->image,
		.image_id = c->image_id,
		.state = container_state_parse(c->state),
		.health = container_health_parse(c->health),
		.health_note = c->health_note,
		.exit_code = c->exit_code,
		.oom_killed = c->oom_killed,
		.error = c->error,
		.created_ms = c->created_ns / NS_PER_MS,
		.started_ms = c->started_ns / NS_PER_MS,
		.finished_ms = c->finished_ns / NS_PER_MS,
		.restart_count = c->restart_count,
		.restart_policy = c->restart_policy,
		.restart_max = c->restart_max,
		.pid = c->pid,
		.network_mode = c->network_mode,
		.ports = c->ports,
		.addresses = c->addresses,
		.compose_project = c->compose_project,
		.compose_service = c->compose_service,
		.compose_number = c->compose_number,
		.command = c->command,
		.ports_json = c->ports_json,
		.networks_json = c->networks_json,
		.mounts_json = c->mounts_json,
		.labels_json = c->labels_json,
	};
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	return (hash ^ 0xff) * FNV_PRIME;
}

/* Of all that the row would hold: unchanged rows are not written, nor is anybody told. Never 0. */
static uint64_t hash_row(const struct container *c)
{
	const char *texts[] = { c->name, c->image, c->image_id, c->health_note, c->error, c->restart_policy,
		c->network_mode, c->ports, c->addresses, c->command, c->ports_json, c->networks_json,
		c->mounts_json, c->labels_json };
	int64_t numbers[] = { c->state, c->health, c->exit_code, c->oom_killed, c->created_ms, c->started_ms,
		c->finished_ms, c->restart_count, c->restart_max, c->pid };
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		hash = hash_text(hash, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		hash = (hash ^ (uint64_t)numbers[i]) * FNV_PRIME;
	return hash ? hash : 1;
}

struct other {
	const struct tracked *taker;
	int64_t row;
};

static void leave_row(struct tracked *t, void *arg)
{
	const struct other *other = arg;

	if (t == other->taker || t->row != other->row)
		return;
	t->row = 0;
	t->content = 0;
	sample_end(&t->sample);
	inventory_want(t, true);
}

/* The container stands behind this row now: whoever did before has another one, or none. */
static int take_row(struct tracked *t, int64_t row, const struct engine_container *c)
{
	struct watched *h = t->host;
	int64_t now_ns = clock_wall_ms() * NS_PER_MS + h->clock_offset_ns;
	int64_t since_ns = c->created_ns - ADOPT_MARGIN_NS;
	struct other other = { t, row };
	int result = 0;

	if (t->row == row)
		return 0;
	if (t->row) {
		sample_end(&t->sample);
		result = container_now_drop(h->watch->store, t->row);
		intake_notice(h->watch, NOTICE_GONE, h->id, t->row);
	}
	tracked_each(&h->tracked, leave_row, &other);
	t->row = row;
	if (since_ns < now_ns - ADOPT_MAX_NS)
		since_ns = now_ns - ADOPT_MAX_NS;
	return result ? result : event_adopt(h->watch->store, h->id, t->id, row, since_ns);
}

static int follow_process(struct tracked *t, const struct container *c)
{
	bool runs = has_process(c->state);
	struct watched *h = t->host;

	if (t->sample && (!runs || t->pid != c->pid || t->started_ms != c->started_ms))
		sample_end(&t->sample);
	if (runs && !t->sample)
		t->sample = sample_begin(h->sampled, t->row, t->id, c->pid, c->network_mode);
	return runs ? 0 : container_now_drop(h->watch->store, t->row);
}

static void remember(struct tracked *t, const struct container *c, uint64_t content)
{
	if (!t->name || strcmp(t->name, c->name)) {
		free(t->name);
		t->name = xstrdup(c->name);
	}
	t->content = content;
	t->state = c->state;
	t->health = c->health;
	if (c->health != HEALTH_UNKNOWN)
		t->told_health = c->health;
	t->exit_code = c->exit_code;
	t->started_ms = c->started_ms;
	t->finished_ms = c->finished_ms;
	t->pid = c->pid;
}

static void notice(struct tracked *t)
{
	struct watch *w = t->host->watch;
	struct notice *n = intake_notice(w, NOTICE_CONTAINER, t->host->id, t->row);

	n->name = arena_strdup(intake_arena(w), t->name);
	n->host_name = arena_strdup(intake_arena(w), t->host->name);
	n->running = has_process(t->state);
}

static int put(struct tracked *t, const struct container *c, const struct engine_container *told)
{
	struct store *store = t->host->watch->store;
	int64_t row = 0;
	int result = container_put(store, c, clock_wall_ms(), &row);

	if (!result)
		result = take_row(t, row, told);
	/* a new start takes the mark away; it may have ended since, as asked */
	if (!result && t->stop_asked && !has_process(c->state))
		result = container_stop_asked(store, t->host->id, t->id);
	return result;
}

int apply_container(struct watched *h, const struct engine_container *told, bool from_list)
{
	struct tracked *t = tracked_find(&h->tracked, told->id);
	struct tracked before;
	struct container c;
	uint64_t content;
	int result;

	if (!t)
		return 0; /* it left meanwhile */
	to_row(h, told, &c);
	content = hash_row(&c);
	if (t->row && t->content == content && (t->sample || !has_process(c.state)))
		return 0;
	before = *t;
	result = put(t, &c, told);
	if (!result && from_list && h->deriving)
		result = derive_changes(h, &before, told, t->row);
	if (!result)
		result = follow_process(t, &c);
	if (result < 0)
		return result;
	remember(t, &c, content);
	notice(t);
	return 0;
}
