/* What engines answer: /version, /info, the list, an inspect, stats. Whatever comes: no crash; ids are
 * valid; texts are bounded UTF-8; what is kept as JSON is JSON; rates are known and not negative, or -1. */
#include <assert.h>
#include <errno.h>
#include <math.h>

#include "lib/base/utf8.h"
#include "lib/engine/ident.h"
#include "lib/engine/info.h"
#include "lib/engine/inspect.h"
#include "lib/engine/stats.h"
#include "lib/engine/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t max_bytes)
{
	assert(text && strlen(text) <= max_bytes && utf8_valid(text));
}

static void check_json(const char *text, enum json_type type)
{
	AUTO_JSON *object = NULL;

	check_text(text, 1024 * 1024);
	assert(!json_parse(text, strlen(text), &object, NULL));
	assert(json_object_is_type(object, type));
}

static void check_info(struct json_object *object, struct arena *arena)
{
	struct engine_version version;
	struct engine_info info;

	engine_version_read(object, arena, &version);
	check_text(version.version, 200);
	check_text(version.api_newest, 200);
	engine_info_read(object, false, arena, &info);
	check_text(info.hostname, 200);
	check_text(info.cgroup_version, 200);
}

static void check_inspect(struct json_object *object, struct arena *arena)
{
	struct engine_container c;
	struct err err = ERR_INIT;
	int result = engine_container_read(object, arena, &c, &err);

	assert(result == 0 || (result == -EINVAL && err.text[0]));
	if (result)
		return;
	assert(engine_id_valid(c.id));
	assert(*c.name);
	check_text(c.name, 255);
	check_text(c.image, 512);
	check_text(c.command, 4096);
	check_text(c.state, 32);
	check_text(c.health_note, 400);
	check_text(c.ports, 420);
	check_text(c.addresses, 1024);
	check_json(c.ports_json, json_type_array);
	check_json(c.networks_json, json_type_array);
	check_json(c.mounts_json, json_type_array);
	check_text(c.labels_json, 1024 * 1024);
	assert(c.created_ns >= 0 && c.started_ns >= 0 && c.finished_ns >= 0);
	assert(c.compose_number >= 0);
}

static void check_list(struct json_object *object, struct arena *arena)
{
	for (size_t i = 0; i < json_count(object); i++) {
		struct engine_summary s;

		if (engine_summary_read(json_object_array_get_idx(object, i), arena, &s, NULL))
			continue;
		assert(engine_id_valid(s.id));
		check_text(s.name, 255);
		check_text(s.state, 32);
		assert(s.age_max_s >= -1);
	}
}

static void check_rate(double rate)
{
	assert(rate == -1 || (isfinite(rate) && rate >= 0));
}

static void check_stats(struct json_object *object)
{
	struct stats_counters c, later;
	struct stats_rates rates;
	int result = stats_read(object, 1000, &c, NULL);

	assert(result == 0 || result == -ENODATA);
	if (result)
		return;
	later = c;
	later.at_ns = c.at_ns < INT64_MAX - 5 ? c.at_ns + 5 : c.at_ns;
	later.cpu_ns = c.cpu_ns / 2 + 7;
	later.rx_bytes = 12345;
	stats_rates(&c, &later, &rates);
	check_rate(rates.cpu_percent);
	check_rate(rates.rx_rate);
	check_rate(rates.write_rate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA arena = ARENA_INIT;
	AUTO_JSON *object = NULL;
	struct err err = ERR_INIT;

	if (json_parse((const char *)data, size, &object, &err)) {
		assert(err.text[0] && !object);
		return 0;
	}
	check_info(object, &arena);
	check_inspect(object, &arena);
	check_list(object, &arena);
	check_stats(object);
	return 0;
}
