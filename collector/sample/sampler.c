#include "collector/sample/sampler.h"

#include <assert.h>
#include <errno.h>
#include <sys/resource.h>

#include "collector/live/hub.h"
#include "collector/sample/private.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define LATE_MS 1000
#define RESTORE_KEPT_MS (10 * 60 * 1000) /* so long a container may come back to its sparklines */
#define FRESH_STEPS SPARK_LEN
#define DESCRIPTORS_SPARE 2048 /* for sockets, databases, browsers */
#define DESCRIPTORS_LIMIT 200000
#define PLACES_PER_CONTAINERS 4
#define BACKGROUND_MIN (LANE_PLACES - LANE_SPARE_PLACES)
#define BACKGROUND_MAX 48

static void on_tick(uv_timer_t *timer);

/* At the next multiple of TICK_MS of the wall clock, so that all figures of all hosts belong together. */
static void arm(struct sampler *sampler)
{
	int64_t wait_ms = TICK_MS - clock_wall_ms() % TICK_MS;

	sampler->due_ms = clock_mono_ms() + wait_ms;
	uv_update_time(sampler->loop);
	uv_timer_start(&sampler->timer, on_tick, (uint64_t)wait_ms, 0);
}

/* As many descriptors as the system allows; what other parts need is left to them. */
static int64_t raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < DESCRIPTORS_LIMIT ? limit.rlim_max : DESCRIPTORS_LIMIT;
		if (setrlimit(RLIMIT_NOFILE, &limit))
			getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur > DESCRIPTORS_LIMIT)
		return DESCRIPTORS_LIMIT;
	return limit.rlim_cur > DESCRIPTORS_SPARE ? (int64_t)limit.rlim_cur - DESCRIPTORS_SPARE : 0;
}

static int restore(struct sampler *sampler)
{
	struct restored *r = &sampler->restored;
	int result = container_now_list(sampler->store, &r->arena, &r->containers);

	return result ? result : host_now_list(sampler->store, &r->arena, &r->hosts);
}

static void forget_restored(struct sampler *sampler)
{
	arena_release(&sampler->restored.arena);
	sampler->restored.containers = (struct container_now_list){ 0 };
	sampler->restored.hosts = (struct host_now_list){ 0 };
}

int sampler_create(
    uv_loop_t *loop, struct store *store, struct hub *hub, struct sampler **sampler_r, struct err *err_r)
{
	struct sampler *sampler = xcalloc(1, sizeof(*sampler));
	int result;

	sampler->loop = loop;
	sampler->store = store;
	sampler->hub = hub;
	sampler->started_ms = clock_mono_ms();
	sampler->step = clock_wall_ms() / STEP_MS;
	sampler->descriptors_max = raise_descriptors();
	machine_init(&sampler->machine, "/proc");
	result = restore(sampler);
	if (result) {
		err_set(err_r, result, "cannot read the figures of before: %s", store_error(store));
		forget_restored(sampler);
		machine_release(&sampler->machine);
		free(sampler);
		return result;
	}
	uv_timer_init(loop, &sampler->timer);
	sampler->timer.data = sampler;
	arm(sampler);
	*sampler_r = sampler;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct sampler *sampler = handle->data;

	forget_restored(sampler);
	machine_release(&sampler->machine);
	free(sampler);
}

void sampler_close(struct sampler **sampler)
{
	struct sampler *closed = *sampler;

	*sampler = NULL;
	if (!closed)
		return;
	assert(!closed->hosts);
	uv_close((uv_handle_t *)&closed->timer, on_closed);
}

static bool is_fresh(int64_t at_ms)
{
	int64_t steps = clock_wall_ms() / STEP_MS - at_ms / STEP_MS;

	return steps >= 0 && steps < FRESH_STEPS;
}

struct sampled_host *sampled_host_add(struct sampler *sampler, int64_t host_id)
{
	struct sampled_host *h = xcalloc(1, sizeof(*h));
	const struct host_now *old = host_now_find(&sampler->restored.hosts, host_id);

	h->sampler = sampler;
	h->host_id = host_id;
	h->now.host_id = host_id;
	h->now.disks_json = h->now.networks_json = "[]";
	spark_init(&h->now.cpu);
	spark_init(&h->now.memory);
	spark_init(&h->now.network);
	if (old && is_fresh(old->at_ms)) {
		h->now.cpu = old->cpu;
		h->now.memory = old->memory;
		h->now.network = old->network;
		h->step = old->at_ms / STEP_MS;
	}
	h->next = sampler->hosts;
	sampler->hosts = h;
	return h;
}

void sampled_host_drop(struct sampled_host **host)
{
	struct sampled_host *h = *host;
	struct sampled_host **link;

	*host = NULL;
	if (!h)
		return;
	while (h->samples) {
		struct sample *s = h->samples;

		sample_end(&s);
	}
	for (link = &h->sampler->hosts; *link != h; link = &(*link)->next)
		;
	*link = h->next;
	free(h);
}

static void forget_readings(struct sample *s)
{
	if (s->asking) {
		s->host->asking--;
		s->host->sampler->asking--;
	}
	fetch_cancel(&s->asking);
	s->before.at_ns = s->before_step.at_ns = 0;
	s->readings = 0;
	s->dirty = false;
}

void sampled_host_set(struct sampled_host *h, const struct sampled_engine *engine)
{
	struct api_version api, one_shot = { 1, 41 };

	if (!engine) {
		h->online = false;
		for (struct sample *s = h->samples; s; s = s->next)
			forget_readings(s);
		return;
	}
	h->online = true;
	h->lane = engine->lane;
	h->local = engine->local;
	h->unix_socket = engine->unix_socket;
	h->podman = engine->podman;
	h->cpus = engine->cpus;
	h->memory_bytes = engine->memory_bytes;
	snprintf(h->api, sizeof(h->api), "%s", engine->api);
	h->one_shot = !api_version_parse(engine->api, &api) && api_version_compare(api, one_shot) >= 0;
}

static void count_sample(struct sample *s, int sign)
{
	struct sampler_figures *f = &s->host->sampler->figures;

	if (s->by_cgroup) {
		f->by_cgroup += sign;
		f->descriptors += sign * cgroup_descriptors(&s->cgroup);
	} else {
		f->by_api += sign;
		s->host->by_api = sign > 0 ? s->host->by_api + 1 : s->host->by_api - 1;
	}
	s->host->count = sign > 0 ? s->host->count + 1 : s->host->count - 1;
}

/* "host" and "container:ID" have no network of their own to count. */
static bool has_own_network(const char *mode)
{
	return strcmp(mode, "host") && strncmp(mode, "container:", 10) && strncmp(mode, "ns:", 3);
}

static void find_cgroup(struct sample *s, int64_t pid, const char *network_mode)
{
	struct sampler *sampler = s->host->sampler;

	if (!s->host->unix_socket ||
	    sampler->figures.descriptors + CGROUP_DESCRIPTORS > sampler->descriptors_max)
		return;
	s->by_cgroup =
	    !cgroup_open(&cgroup_system, pid, s->engine_id, has_own_network(network_mode), &s->cgroup, NULL);
}

static void read_cgroup(struct sample *s, int64_t step)
{
	struct stats_counters counters;

	if (!cgroup_read(&s->cgroup, (int64_t)uv_hrtime(), &counters))
		sample_take(s, &counters, step);
}

static void restore_sparks(struct sample *s, const struct container_now *old)
{
	if (!old || !is_fresh(old->at_ms))
		return;
	s->now.cpu = old->cpu;
	s->now.memory = old->memory;
	s->now.network = old->network;
	s->step = old->at_ms / STEP_MS;
}

struct sample *sample_begin(struct sampled_host *h, int64_t container_id, const char *engine_id, int64_t pid,
    const char *network_mode)
{
	struct sample *s = xcalloc(1, sizeof(*s));

	assert(engine_id_valid(engine_id));
	s->host = h;
	memcpy(s->engine_id, engine_id, ENGINE_ID_BYTES);
	s->now.container_id = container_id;
	spark_init(&s->now.cpu);
	spark_init(&s->now.memory);
	spark_init(&s->now.network);
	restore_sparks(s, container_now_find(&h->sampler->restored.containers, container_id));
	find_cgroup(s, pid, network_mode);
	s->next = h->samples;
	if (h->samples)
		h->samples->prev = s;
	h->samples = s;
	count_sample(s, 1);
	if (s->by_cgroup && h->online)
		read_cgroup(s, 0);
	return s;
}

void sample_end(struct sample **sample)
{
	struct sample *s = *sample;

	*sample = NULL;
	if (!s)
		return;
	forget_readings(s);
	count_sample(s, -1);
	if (s->by_cgroup)
		cgroup_close(&s->cgroup);
	*(s->prev ? &s->prev->next : &s->host->samples) = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

static void measure(struct sample *s, int64_t step)
{
	const struct sampled_host *h = s->host;
	const struct hub *hub = h->sampler->hub;
	bool due = step || s->readings < 2;

	if (s->by_cgroup) {
		if (due || hub_watched(hub, h->host_id, s->now.container_id))
			read_cgroup(s, step);
	} else if (due ||
	    (h->by_api <= CLOSE_LOOK_MAX && hub_watched_closely(hub, h->host_id, s->now.container_id))) {
		sample_ask(s, step);
	}
}

static void measure_machine(struct sampled_host *h, const struct host_now *machine, int64_t step)
{
	struct spark *const sparks[3] = { &h->now.cpu, &h->now.memory, &h->now.network };
	struct host_now fresh = *machine;
	double values[3] = { machine->cpu_percent, -1, -1 };

	if (machine->memory_total > 0 && machine->memory_bytes >= 0)
		values[1] = machine->memory_bytes / machine->memory_total * 100;
	if (machine->rx_rate >= 0 && machine->tx_rate >= 0)
		values[2] = machine->rx_rate + machine->tx_rate;
	if (step > h->step)
		sparks_push(sparks, values, &h->step, step);
	fresh.host_id = h->host_id;
	fresh.at_ms = clock_wall_ms();
	fresh.cpu = h->now.cpu;
	fresh.memory = h->now.memory;
	fresh.network = h->now.network;
	h->now = fresh;
	h->dirty = true;
}

static bool machine_due(const struct sampler *sampler, int64_t step)
{
	for (const struct sampled_host *h = sampler->hosts; h; h = h->next) {
		if (h->online && h->local &&
		    (step || !h->now.at_ms || hub_watched(sampler->hub, h->host_id, 0)))
			return true;
	}
	return false;
}

static void measure_all(struct sampler *sampler, int64_t step)
{
	bool machine = machine_due(sampler, step);

	if (machine)
		machine_read(&sampler->machine, (int64_t)uv_hrtime(), &sampler->machine_now);
	for (struct sampled_host *h = sampler->hosts; h; h = h->next) {
		size_t places = h->by_api / PLACES_PER_CONTAINERS;

		if (!h->online)
			continue;
		lane_set_background(h->lane,
		    places < BACKGROUND_MIN       ? BACKGROUND_MIN
		        : places > BACKGROUND_MAX ? BACKGROUND_MAX
		                                  : places);
		for (struct sample *s = h->samples; s; s = s->next)
			measure(s, step);
		if (machine && h->local)
			measure_machine(h, &sampler->machine_now, step);
	}
}

static int64_t processor_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void on_tick(uv_timer_t *timer)
{
	struct sampler *sampler = timer->data;
	int64_t step = clock_wall_ms() / STEP_MS, begun_us = processor_us();
	bool full = step != sampler->step;

	sampler->step = step;
	sampler->figures.ticks++;
	if (clock_mono_ms() - sampler->due_ms > LATE_MS) {
		sampler->figures.ticks_late++;
		log_warning("a tick began %lld ms late", (long long)(clock_mono_ms() - sampler->due_ms));
	}
	measure_all(sampler, full ? step : 0);
	sampler_flush(sampler);
	if (full)
		sampler->figures.tick_us = processor_us() - begun_us;
	if (sampler->restored.arena.head && clock_mono_ms() - sampler->started_ms > RESTORE_KEPT_MS)
		forget_restored(sampler);
	arm(sampler);
}

void sampler_figures(const struct sampler *sampler, struct sampler_figures *figures_r)
{
	*figures_r = sampler->figures;
}
