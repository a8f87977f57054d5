#include "lib/engine/event.h"

#include <errno.h>

#include "lib/base/die.h"
#include "lib/base/json.h"
#include "lib/base/query.h"
#include "lib/base/sb.h"
#include "lib/engine/ident.h"
#include "lib/engine/text.h"

#define ACTION_MAX_BYTES 120
#define ACTOR_MAX_BYTES 255
#define VALUE_MAX_BYTES 400
#define ATTRIBUTES_MAX_BYTES 4096
#define NS_PER_S 1000000000LL
#define LATEST_S 9000000000LL /* year 2255: at_ns must not overflow */

static const struct {
	const char *action;
	enum event_effect effect;
} effects[] = {
	{ "start", EVENT_START },
	{ "die", EVENT_DIE },
	{ "kill", EVENT_KILL },
	{ "stop", EVENT_STOP },
	{ "destroy", EVENT_GONE },
	{ "create", EVENT_CHANGE },
	{ "restart", EVENT_CHANGE },
	{ "pause", EVENT_CHANGE },
	{ "unpause", EVENT_CHANGE },
	{ "rename", EVENT_CHANGE },
	{ "update", EVENT_CHANGE },
	{ "oom", EVENT_CHANGE },
	{ "checkpoint", EVENT_CHANGE },
	{ "restore", EVENT_CHANGE },
};

/* Said many times an hour, or by tools that look: no history. An action may go on after ": ". */
static const char *const noise[] = {
	"exec_create",
	"exec_start",
	"exec_die",
	"exec_detach",
	"exec_died",
	"exec",
	"top",
	"attach",
	"detach",
	"resize",
	"archive-path",
	"extract-to-dir",
	"copy",
	"export",
	"init",
	"cleanup",
	"sync",
	"mount",
	"unmount",
};

/* Attributes worth keeping; the rest are mostly the container's labels. */
static const char *const kept[] = {
	"image",
	"exitCode",
	"signal",
	"oldName",
	"execDuration",
	"container",
	"type",
	"driver",
	"destination",
	"read/write",
	"comment",
	"imageID",
	"imageRef",
	"reclaimed",
};

static bool begins_with(const char *action, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(action, word, len) && (!action[len] || action[len] == ':');
}

static bool is_noise(const char *action)
{
	for (size_t i = 0; i < ARRAY_LEN(noise); i++) {
		if (begins_with(action, noise[i]))
			return true;
	}
	return false;
}

static bool is_kind(const char *kind)
{
	static const char *const kinds[] = { "container", "image", "network", "volume", "daemon" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!strcmp(kind, kinds[i]))
			return true;
	}
	return false;
}

/* Docker's word for Podman's. */
static const char *docker_action(const char *action)
{
	if (!strcmp(action, "died"))
		return "die";
	return strcmp(action, "remove") ? action : "destroy";
}

static int64_t read_time(struct json_object *line)
{
	int64_t ns = json_int(line, "timeNano", 0), seconds = json_int(line, "time", 0);

	if (ns <= 0 && seconds > 0 && seconds < LATEST_S)
		ns = seconds * NS_PER_S;
	return ns > 0 && ns < LATEST_S * NS_PER_S ? ns : 0;
}

static void add_attribute(struct sb *sb, const char *name, const char *value, struct arena *arena)
{
	sb_add(sb, sb->len > 1 ? "," : "");
	sb_add_json(sb, name);
	sb_add_char(sb, ':');
	sb_add_json(sb, text_cut(value, VALUE_MAX_BYTES, arena));
}

static const char *read_attributes(
    struct json_object *attributes, const struct engine_event *e, struct arena *arena)
{
	const char *podman_code = json_str(attributes, "containerExitCode", "");
	AUTO_SB sb = SB_INIT(4 * ATTRIBUTES_MAX_BYTES);

	sb_add_char(&sb, '{');
	for (size_t i = 0; i < ARRAY_LEN(kept) && sb.len < ATTRIBUTES_MAX_BYTES; i++) {
		const char *value = json_str(attributes, kept[i], "");

		if (*value)
			add_attribute(&sb, kept[i], value, arena);
	}
	if (e->effect == EVENT_DIE && *podman_code && !json_get(attributes, "exitCode"))
		add_attribute(&sb, "exitCode", podman_code, arena);
	sb_add_char(&sb, '}');
	return sb_failed(&sb) ? "{}" : arena_strdup(arena, sb.data);
}

static bool signal_terminates(const char *signal)
{
	static const int terminating[] = { 2, 3, 6, 9, 15 };
	int64_t number = 0;

	/* a number that a container chose itself as its stop signal comes with a stop event anyway */
	if (parse_int(signal, 1, 64, &number))
		return !*signal || strstr(signal, "TERM") || strstr(signal, "KILL") ||
		    strstr(signal, "INT") || strstr(signal, "QUIT");
	for (size_t i = 0; i < ARRAY_LEN(terminating); i++) {
		if (number == terminating[i])
			return true;
	}
	return false;
}

/* Docker: action "health_status: healthy". Podman: action "health_status", the word apart. */
static void read_health(
    struct json_object *line, struct json_object *attributes, struct arena *arena, struct engine_event *e)
{
	const char *word = e->action + strlen("health_status");

	word += strspn(word, ": ");
	if (!*word)
		word = json_str(attributes, "HealthStatus", json_str(attributes, "health_status", ""));
	if (!*word)
		word = json_str(line, "HealthStatus", "");
	e->health = text_cut(word, 32, arena);
	e->action = *e->health ? arena_printf(arena, "health_status: %s", e->health) : "health_status";
	e->effect = EVENT_HEALTH;
}

static void read_effect(
    struct json_object *line, struct json_object *attributes, struct arena *arena, struct engine_event *e)
{
	e->health = "";
	if (strcmp(e->kind, "container"))
		return;
	if (begins_with(e->action, "health_status")) {
		read_health(line, attributes, arena, e);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
		if (!strcmp(e->action, effects[i].action))
			e->effect = effects[i].effect;
	}
	e->terminates = e->effect == EVENT_KILL && signal_terminates(json_str(attributes, "signal", ""));
}

/* The forms of before API 1.22 have status, id and from only. */
static void read_actor(struct json_object *line, struct arena *arena, struct engine_event *e)
{
	struct json_object *actor = json_get(line, "Actor"), *attributes = json_get(actor, "Attributes");
	const char *action = json_str(line, "Action", json_str(line, "status", ""));
	const char *id = json_str(actor, "ID", json_str(line, "id", "")),
	           *name = json_str(attributes, "name", "");
	const char *kind = json_str(line, "Type", "");

	if (!*kind)
		kind = engine_id_valid(id) ? "container" : "image";
	if (!strcmp(kind, "container"))
		action = docker_action(action);
	e->kind = text_cut(kind, 16, arena);
	e->action = text_cut(action, ACTION_MAX_BYTES, arena);
	e->actor_id = text_cut(*id ? id : name, ACTOR_MAX_BYTES, arena);
	e->actor_name = text_cut(*name ? name : strcmp(kind, "container") ? id : "", ACTOR_MAX_BYTES, arena);
}

static int read_event(
    struct json_object *line, struct arena *arena, struct engine_event *event_r, struct err *err_r)
{
	struct json_object *attributes = json_at(line, "Actor", "Attributes", NULL);
	struct engine_event e = { .at_ns = read_time(line) };
	const char *container;

	read_actor(line, arena, &e);
	if (!*e.action || !e.at_ns)
		return err_set(err_r, -EINVAL, "an event without action or time");
	if (!is_kind(e.kind) || (!strcmp(e.kind, "container") && is_noise(e.action)))
		return 1;
	if (!strcmp(e.kind, "container") && !engine_id_valid(e.actor_id))
		return err_set(
		    err_r, -EINVAL, "an event of a container without a valid id (\"%.80s\")", e.actor_id);
	read_effect(line, attributes, arena, &e);
	container = json_str(attributes, "container", "");
	e.container =
	    strcmp(e.kind, "container") && engine_id_valid(container) ? arena_strdup(arena, container) : "";
	e.attributes = read_attributes(attributes, &e, arena);
	*event_r = e;
	return 0;
}

int engine_event_parse(
    const char *line, size_t len, struct arena *arena, struct engine_event *event_r, struct err *err_r)
{
	AUTO_JSON *object = NULL;
	int result = json_parse(line, len, &object, err_r);

	if (result)
		return err_prefix(err_r, result, "an event line");
	if (!json_object_is_type(object, json_type_object))
		return err_set(err_r, -EINVAL, "an event line that is no object");
	return read_event(object, arena, event_r, err_r);
}
