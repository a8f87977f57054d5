/* The words of events: see words.h. */
#include <inttypes.h>
#include <signal.h>

#include "fcgi/words.h"
#include "lib/base/die.h"
#include "lib/base/json.h"
#include "lib/base/query.h"
#include "lib/base/sb.h"

#define DETAIL_BYTES_MAX 4096

static const struct {
	const char *kind, *action, *key, *word;
} table[] = {
	{ "container", "create", "off", "created" },
	{ "container", "start", "run", "started" },
	{ "container", "restart", "run", "restarted" },
	{ "container", "stop", "off", "stopped" },
	{ "container", "pause", "pause", "paused" },
	{ "container", "unpause", "run", "resumed" },
	{ "container", "oom", "err", "out of memory" },
	{ "container", "destroy", "off", "removed" },
	{ "container", "remove", "off", "removed" },
	{ "container", "rename", "off", "renamed" },
	{ "container", "update", "off", "limits changed" },
	{ "container", "health_status: healthy", "run", "healthy" },
	{ "container", "health_status: unhealthy", "warn", "unhealthy" },
	{ "container", "health_status: starting", "run", "health starting" },
	{ "image", "pull", "off", "pulled" },
	{ "image", "push", "off", "pushed" },
	{ "image", "tag", "off", "tagged" },
	{ "image", "untag", "off", "untagged" },
	{ "image", "delete", "off", "removed" },
	{ "image", "remove", "off", "removed" },
	{ "image", "import", "off", "imported" },
	{ "image", "load", "off", "loaded" },
	{ "image", "save", "off", "saved" },
	{ "network", "create", "off", "created" },
	{ "network", "connect", "off", "connected" },
	{ "network", "disconnect", "off", "disconnected" },
	{ "network", "destroy", "off", "removed" },
	{ "network", "remove", "off", "removed" },
	{ "volume", "create", "off", "created" },
	{ "volume", "mount", "off", "mounted" },
	{ "volume", "unmount", "off", "unmounted" },
	{ "volume", "destroy", "off", "removed" },
	{ "volume", "remove", "off", "removed" },
	{ "daemon", "reload", "off", "settings reloaded" },
};

static void add_detail(struct sb *sb, const char *label, const char *text)
{
	if (!*text)
		return;
	sb_addf(sb, "%s%s%s", sb->len ? ", " : "", label, text);
}

/* "9" and "SIGKILL" are both seen on engines. */
static const char *signal_text(const char *signal, struct arena *arena)
{
	int64_t number;
	const char *name;

	if (parse_int(signal, 1, 64, &number))
		return signal;
	name = sigabbrev_np((int)number);
	return name ? arena_printf(arena, "SIG%s", name) : arena_printf(arena, "signal %" PRId64, number);
}

static void kill_words(struct json_object *a, struct arena *arena, struct state_words *s, struct sb *detail)
{
	const char *name = signal_text(json_str(a, "signal", ""), arena);

	s->word = !strcmp(name, "SIGKILL") ? "killed"
	    : !strcmp(name, "SIGTERM")     ? "asked to stop"
	                                   : "signalled";
	add_detail(detail, "", name);
}

static void die_words(struct json_object *a, struct arena *arena, struct state_words *s, struct sb *detail)
{
	const char *code = json_str(a, "exitCode", "");
	int64_t number = 0;

	if (parse_int(code, -1, 1 << 20, &number)) {
		s->word = "exited";
		return;
	}
	s->key = number ? "err" : "off";
	s->word = arena_printf(arena, "exited %" PRId64, number);
	add_detail(detail, "", words_exit_code(number, arena));
}

/* What a network or volume event concerns: the name where its row is known, else the short id. */
static void add_container(const struct event *e, struct json_object *a, struct sb *detail)
{
	char shown[13];

	snprintf(shown, sizeof(shown), "%s", json_str(a, "container", ""));
	add_detail(detail, "container ", e->container_name && *e->container_name ? e->container_name : shown);
}

static void attribute_details(const struct event *e, struct json_object *a, struct sb *detail)
{
	if (!strcmp(e->kind, "container")) {
		if (!strcmp(e->action, "rename"))
			add_detail(detail, "was ",
			    json_str(a, "oldName", "")[0] == '/' ? json_str(a, "oldName", "") + 1
			                                         : json_str(a, "oldName", ""));
		if (strcmp(json_str(a, "image", ""), e->actor_name))
			add_detail(detail, "image ", json_str(a, "image", ""));
	} else {
		add_container(e, a, detail);
		add_detail(detail, "",
		    json_str(a, "name", e->actor_name) == e->actor_name ||
		            !strcmp(json_str(a, "name", ""), e->actor_name)
		        ? ""
		        : json_str(a, "name", ""));
		add_detail(detail, "driver ", json_str(a, "driver", ""));
		add_detail(detail, "type ", json_str(a, "type", ""));
	}
}

/* A word that we have not met: the engine's own, with spaces. */
static const char *plain_word(const char *action, struct arena *arena)
{
	char *word = arena_strndup(arena, action, 60);

	for (char *p = word; *p; p++) {
		if (*p == '_')
			*p = ' ';
	}
	return *word ? word : "unknown";
}

static bool find_words(const struct event *e, struct state_words *s)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!strcmp(table[i].kind, e->kind) && !strcmp(table[i].action, e->action)) {
			s->key = table[i].key;
			s->word = table[i].word;
			return true;
		}
	}
	return false;
}

void words_event(
    const struct event *event, struct arena *arena, struct state_words *state_r, const char **detail_r)
{
	AUTO_SB detail = SB_INIT(DETAIL_BYTES_MAX);
	AUTO_JSON *attributes = NULL;
	struct state_words s = { "off", "", "", "" };
	bool container = !strcmp(event->kind, "container");

	if (json_parse(event->attributes, strlen(event->attributes), &attributes, NULL))
		attributes = NULL;
	if (container && !strcmp(event->action, "kill"))
		kill_words(attributes, arena, &s, &detail);
	else if (container && !strcmp(event->action, "die"))
		die_words(attributes, arena, &s, &detail);
	else if (!find_words(event, &s))
		s.word = plain_word(event->action, arena);
	attribute_details(event, attributes, &detail);
	*state_r = s;
	*detail_r = sb_failed(&detail) ? "" : arena_strdup(arena, detail.data);
}
