#include "lib/engine/info.h"

#include "lib/base/clock.h"
#include "lib/engine/text.h"

#define FACT_MAX_BYTES 200

static const char *fact(struct json_object *reply, const char *member, struct arena *arena)
{
	return text_cut(json_str(reply, member, ""), FACT_MAX_BYTES, arena);
}

static bool is_podman(struct json_object *reply)
{
	struct json_object *components = json_get(reply, "Components");

	for (size_t i = 0; i < json_count(components); i++) {
		if (strstr(json_str(json_object_array_get_idx(components, i), "Name", ""), "Podman"))
			return true;
	}
	return false;
}

void engine_version_read(struct json_object *reply, struct arena *arena, struct engine_version *version_r)
{
	*version_r = (struct engine_version){
		.product = is_podman(reply) ? "Podman" : "Docker",
		.version = fact(reply, "Version", arena),
		.api_newest = fact(reply, "ApiVersion", arena),
		.api_oldest = fact(reply, "MinAPIVersion", arena),
		.arch = fact(reply, "Arch", arena),
	};
}

void engine_info_read(struct json_object *reply, bool podman, struct arena *arena, struct engine_info *info_r)
{
	const char *cgroup = fact(reply, "CgroupVersion", arena);
	int64_t clock_ns = 0;

	if (clock_parse_iso(json_str(reply, "SystemTime", ""), &clock_ns))
		clock_ns = 0;
	*info_r = (struct engine_info){
		.id = podman ? "" : fact(reply, "ID", arena),
		.hostname = fact(reply, "Name", arena),
		.os = fact(reply, "OperatingSystem", arena),
		.kernel = fact(reply, "KernelVersion", arena),
		.arch = fact(reply, "Architecture", arena),
		.storage_driver = fact(reply, "Driver", arena),
		.cgroup_version = *cgroup ? cgroup : "1",
		.cpus = json_int(reply, "NCPU", 0),
		.memory_bytes = json_int(reply, "MemTotal", 0),
		.clock_ns = clock_ns,
	};
}
