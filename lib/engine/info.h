/* info: what an engine says of itself (GET /version, GET /info). */
#ifndef DOCKMON_ENGINE_INFO_H
#define DOCKMON_ENGINE_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/json.h"

/* Strings are in the arena; "" = not said. */
struct engine_version {
	const char *product; /* "Docker" or "Podman" */
	const char *version; /* "20.10.24" */
	const char *api_newest, *api_oldest;
	const char *arch; /* "amd64" */
};

struct engine_info {
	const char *id; /* Docker: lasting; Podman makes a new one for each answer, so "" here */
	const char *hostname;
	const char *os;
	const char *kernel;
	const char *arch; /* "x86_64" */
	const char *storage_driver;
	const char *cgroup_version; /* "1", "2"; engines before 20.10 do not say: "1" */
	int64_t cpus;
	int64_t memory_bytes;
	int64_t clock_ns; /* the engine's clock when it answered; 0 = not said */
};

/* Missing members give "" or 0; never fails. */
void engine_version_read(struct json_object *reply, struct arena *arena, struct engine_version *version_r);
void engine_info_read(
    struct json_object *reply, bool podman, struct arena *arena, struct engine_info *info_r);

#endif
