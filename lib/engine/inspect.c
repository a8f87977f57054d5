#include "lib/engine/inspect.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/clock.h"
#include "lib/base/query.h"
#include "lib/base/sb.h"
#include "lib/engine/attached.h"
#include "lib/engine/ident.h"
#include "lib/engine/ports.h"
#include "lib/engine/summary.h"
#include "lib/engine/text.h"

#define NAME_MAX_BYTES 255
#define NOTE_MAX_BYTES 400
#define COMMAND_MAX_BYTES 4096
#define LABELS_MAX_BYTES (128 * 1024)

static const char *cut(struct json_object *object, const char *member, size_t max_bytes, struct arena *arena)
{
	return text_cut(json_str(object, member, ""), max_bytes, arena);
}

static int64_t read_time(struct json_object *object, const char *member)
{
	int64_t ns = 0;

	return clock_parse_iso(json_str(object, member, ""), &ns) || ns < 0 ? 0 : ns;
}

static bool is_plain_word(const char *word)
{
	for (const char *p = word; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_./:=,@%+", *p) && (unsigned char)*p < 0x80)
			return false;
	}
	return *word;
}

static void add_word(struct sb *sb, const char *word)
{
	if (sb->len)
		sb_add_char(sb, ' ');
	if (is_plain_word(word)) {
		sb_add(sb, word);
		return;
	}
	sb_add_char(sb, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			sb_add(sb, "'\\''");
		else
			sb_add_char(sb, *word);
	}
	sb_add_char(sb, '\'');
}

const char *engine_command_text(const char *path, struct json_object *args, struct arena *arena)
{
	AUTO_SB sb = SB_INIT(1024 * 1024);

	if (*path)
		add_word(&sb, path);
	for (size_t i = 0; i < json_count(args) && sb.len < COMMAND_MAX_BYTES; i++) {
		struct json_object *item = json_object_array_get_idx(args, i);

		if (json_object_is_type(item, json_type_string))
			add_word(&sb, json_object_get_string(item));
	}
	return text_cut(sb.data, COMMAND_MAX_BYTES, arena);
}

static void read_health(struct json_object *health, struct arena *arena, struct engine_container *c)
{
	struct json_object *log = json_get(health, "Log"), *last;
	const char *word = cut(health, "Status", 32, arena);

	c->health = *word ? word : "none";
	c->health_note = "";
	if (!json_count(log))
		return;
	last = json_object_array_get_idx(log, json_count(log) - 1);
	if (json_int(last, "ExitCode", 0) || !strcmp(word, "unhealthy"))
		c->health_note = text_cut_trimmed(json_str(last, "Output", ""), NOTE_MAX_BYTES, arena);
}

static void read_state(struct json_object *state, struct arena *arena, struct engine_container *c)
{
	struct json_object *health = json_get(state, "Health");

	c->state = engine_state_word(json_str(state, "Status", ""), arena);
	c->error = text_cut_trimmed(json_str(state, "Error", ""), NOTE_MAX_BYTES, arena);
	c->exit_code = json_int(state, "ExitCode", 0);
	c->oom_killed = json_flag(state, "OOMKilled");
	c->pid = json_int(state, "Pid", 0);
	c->started_ns = read_time(state, "StartedAt");
	c->finished_ns = read_time(state, "FinishedAt");
	read_health(health ? health : json_get(state, "Healthcheck"), arena, c);
}

static void read_config(struct json_object *reply, struct arena *arena, struct engine_container *c)
{
	struct json_object *config = json_get(reply, "Config"), *host = json_get(reply, "HostConfig");
	struct json_object *restart = json_get(host, "RestartPolicy");
	const char *image = json_str(config, "Image", ""), *mode = json_str(host, "NetworkMode", "");
	const char *policy = json_str(restart, "Name", "");

	c->image =
	    text_cut(*image ? image : json_str(reply, "ImageName", ""), IMAGE_REFERENCE_MAX_BYTES, arena);
	c->image_id = cut(reply, "Image", 80, arena);
	c->command = engine_command_text(json_str(reply, "Path", ""), json_get(reply, "Args"), arena);
	c->restart_count = json_int(reply, "RestartCount", 0);
	c->restart_policy = text_cut(*policy ? policy : "no", 32, arena);
	c->restart_max = json_int(restart, "MaximumRetryCount", 0);
	c->network_mode = text_cut(strcmp(mode, "default") ? mode : "bridge", NAME_MAX_BYTES, arena);
}

static void read_labels(struct json_object *labels, struct arena *arena, struct engine_container *c)
{
	const char *text = json_object_is_type(labels, json_type_object) ? json_text(labels) : "{}";

	c->labels_json = strlen(text) <= LABELS_MAX_BYTES ? arena_strdup(arena, text) : "{}";
	c->compose_project = cut(labels, "com.docker.compose.project", NAME_MAX_BYTES, arena);
	c->compose_service = cut(labels, "com.docker.compose.service", NAME_MAX_BYTES, arena);
	if (parse_int(
	        json_str(labels, "com.docker.compose.container-number", "0"), 0, 1000000, &c->compose_number))
		c->compose_number = 0;
}

static void read_attached(struct json_object *reply, struct arena *arena, struct engine_container *c)
{
	struct json_object *settings = json_get(reply, "NetworkSettings");
	struct engine_ports ports;

	engine_ports_read(
	    json_get(settings, "Ports"), json_at(reply, "Config", "ExposedPorts", NULL), arena, &ports);
	c->ports = engine_ports_text(&ports, arena);
	c->ports_json = engine_ports_json(&ports, arena);
	c->addresses = engine_addresses_text(settings, arena);
	c->networks_json = engine_networks_json(settings, arena);
	c->mounts_json =
	    engine_mounts_json(json_get(reply, "Mounts"), json_at(reply, "HostConfig", "Tmpfs", NULL), arena);
}

int engine_container_read(
    struct json_object *reply, struct arena *arena, struct engine_container *container_r, struct err *err_r)
{
	const char *id = json_str(reply, "Id", ""), *name = json_str(reply, "Name", "");
	struct engine_container c = { 0 };

	name += *name == '/';
	if (!engine_id_valid(id))
		return err_set(
		    err_r, -EINVAL, "the answer about a container has no valid id (\"%.80s\")", id);
	if (!*name)
		return err_set(err_r, -EINVAL, "the answer about container %.12s names none", id);
	c.id = arena_strdup(arena, id);
	c.name = text_cut(name, NAME_MAX_BYTES, arena);
	c.created_ns = read_time(reply, "Created");
	read_state(json_get(reply, "State"), arena, &c);
	read_config(reply, arena, &c);
	read_labels(json_at(reply, "Config", "Labels", NULL), arena, &c);
	read_attached(reply, arena, &c);
	*container_r = c;
	return 0;
}
