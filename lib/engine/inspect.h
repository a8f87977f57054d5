/* inspect: one container as GET /containers/ID/json tells it. */
#ifndef DOCKMON_ENGINE_INSPECT_H
#define DOCKMON_ENGINE_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/json.h"

/* Strings are in the arena; "" = not said. JSON texts as sql/main/001 describes them. */
struct engine_container {
	const char *id;
	const char *name;
	const char *image, *image_id;
	const char *command;     /* as one would type it */
	const char *state;       /* as engine_state_word gives it */
	const char *health;      /* "none", "starting", "healthy", "unhealthy" or a word we do not know */
	const char *health_note; /* output of the last check if it failed */
	const char *error;
	int64_t exit_code;
	bool oom_killed;
	int64_t created_ns, started_ns, finished_ns; /* 0 = never */
	int64_t restart_count;
	const char *restart_policy; /* no, on-failure, always, unless-stopped */
	int64_t restart_max;
	int64_t pid;
	const char *network_mode; /* "bridge", "host", "none", "container:ID", a network's name */
	const char *ports, *ports_json;
	const char *addresses, *networks_json;
	const char *mounts_json;
	const char *labels_json;
	const char *compose_project, *compose_service;
	int64_t compose_number;
};

/* -EINVAL with a text: it names no valid id or no name. All else may be missing. */
int engine_container_read(
    struct json_object *reply, struct arena *arena, struct engine_container *container_r, struct err *err_r);

/* The words of a command with quotes where a shell would need them; at most 4 KiB. */
const char *engine_command_text(const char *path, struct json_object *args, struct arena *arena);

#endif
