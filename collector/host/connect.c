/* Who is there? /_ping, /version (which API to speak), /info. */
#include <errno.h>
#include <sys/utsname.h>

#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/file.h"

#define NS_PER_MS 1000000LL
#define CONNECT_DEADLINE_MS 5000
#define FIRST_EVENTS_NS (3600 * 1000 * NS_PER_MS)
#define CLOCK_SLACK_NS (5 * 1000 * NS_PER_MS)

static void ask(struct watched *h, const char *path, int64_t deadline_ms, fetch_done_fn *done)
{
	struct err err = ERR_INIT;
	struct fetch_request request = {
		.path = path,
		.kind = FETCH_PROMPT,
		.deadline_ms = deadline_ms,
		.max_bytes = SMALL_MAX_BYTES,
		.done = done,
		.arg = h,
	};

	if (fetch_start(h->lane, &request, &h->asking)) {
		err_set(&err, -EAGAIN, "Too many requests to %s are waiting.", h->url);
		watched_failed(h, &err);
	}
}

/* On this machine: a unix socket whose engine runs on the same kernel with the same memory (a socket
 * may be forwarded from elsewhere). */
static bool is_local(const struct watched *h, const struct engine_info *info)
{
	struct utsname us;
	AUTO_SB meminfo = SB_INIT(64 * 1024);
	int64_t total_kb = 0;

	if (!h->local_socket || uname(&us) || strcmp(us.release, info->kernel))
		return false;
	if (!file_read("/proc/meminfo", &meminfo, NULL))
		total_kb = strtoll(meminfo.data + strcspn(meminfo.data, "0123456789"), NULL, 10);
	return total_kb * 1024 == info->memory_bytes;
}

static void keep_facts(struct watched *h, const struct engine_info *info)
{
	struct intake_item *item = intake_add(h, INTAKE_FACTS);
	struct arena *arena = intake_arena(h->watch);
	struct host *facts = arena_alloc(arena, sizeof(*facts));

	*facts = (struct host){
		.id = h->id,
		.product = arena_strdup(arena, h->product),
		.engine_id = info->id,
		.engine_version = arena_strdup(arena, h->version),
		.api_version = arena_strdup(arena, h->api),
		.hostname = info->hostname,
		.os = info->os,
		.kernel = info->kernel,
		.arch = info->arch,
		.storage_driver = info->storage_driver,
		.cgroup_version = info->cgroup_version,
		.cpus = info->cpus,
		.memory_bytes = info->memory_bytes,
	};
	item->facts = facts;
}

static void tell_sampler(struct watched *h, const struct engine_info *info)
{
	struct sampled_engine engine = {
		.lane = h->lane,
		.api = h->api,
		.podman = h->podman,
		.local = is_local(h, info),
		.unix_socket = h->local_socket,
		.cpus = info->cpus,
		.memory_bytes = info->memory_bytes,
	};

	sampled_host_set(h->sampled, &engine);
}

/* Events since the last one recorded; at the first contact those of the last hour. */
static void set_since(struct watched *h, int64_t engine_ns)
{
	if (h->events_ns)
		h->since_ns = h->events_ns - NS_PER_MS / 1000;
	if (!h->since_ns || h->since_ns > engine_ns + CLOCK_SLACK_NS)
		h->since_ns = engine_ns - FIRST_EVENTS_NS;
}

/* The reply parsed; or the host has failed. */
static struct json_object *take_reply(
    struct watched *h, int result, const struct fetch_reply *reply, const struct err *err)
{
	struct json_object *object = NULL;
	struct err why = *err;

	h->asking = NULL;
	if (!result)
		result = fetch_json(reply, &object, &why);
	if (result)
		watched_failed(h, &why);
	return object;
}

static void on_info(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;
	AUTO_JSON *object = take_reply(h, result, reply, err);
	struct engine_info info;
	struct err why = ERR_INIT;

	if (!object)
		return;
	engine_info_read(object, h->podman, intake_arena(h->watch), &info);
	free(h->engine_id);
	free(h->hostname);
	h->engine_id = xstrdup(info.id);
	h->hostname = xstrdup(info.hostname);
	h->clock_offset_ns = info.clock_ns ? info.clock_ns - clock_wall_ms() * NS_PER_MS : 0;
	if (!find_keep(h))
		return;
	if (inventory_load(h, &why)) {
		watched_failed(h, &why);
		return;
	}
	set_since(h, clock_wall_ms() * NS_PER_MS + h->clock_offset_ns);
	keep_facts(h, &info);
	tell_sampler(h, &info);
	follow_open(h);
}

static void on_version(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;
	AUTO_JSON *object = take_reply(h, result, reply, err);
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_version version;
	struct api_version api;
	struct err why = ERR_INIT;
	char path[64];

	if (!object)
		return;
	engine_version_read(object, &arena, &version);
	if (api_negotiate(version.api_newest, version.api_oldest, &api, &why)) {
		watched_failed(h, &why);
		return;
	}
	api_version_text(api, h->api);
	h->podman = !strcmp(version.product, "Podman");
	snprintf(h->product, sizeof(h->product), "%s", version.product);
	snprintf(h->version, sizeof(h->version), "%s", version.version);
	snprintf(path, sizeof(path), "/v%s/info", h->api);
	ask(h, path, ASK_DEADLINE_MS, on_info);
}

static void on_ping(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;

	(void)reply;
	h->asking = NULL;
	if (result)
		watched_failed(h, err);
	else
		ask(h, "/version", ASK_DEADLINE_MS, on_version);
}

void connect_begin(struct watched *h)
{
	h->phase = PHASE_CONNECTING;
	ask(h, "/_ping", CONNECT_DEADLINE_MS, on_ping);
}
