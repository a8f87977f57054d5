#include "lib/engine/summary.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/die.h"
#include "lib/engine/ident.h"
#include "lib/engine/text.h"

#define NAME_MAX_BYTES 255
#define STATE_MAX_BYTES 32
#define FNV_START 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

const char *engine_state_word(const char *word, struct arena *arena)
{
	static const struct {
		const char *podman, *docker;
	} words[] = {
		{ "configured", "created" },
		{ "initialized", "created" },
		{ "stopping", "running" },
		{ "stopped", "exited" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!strcmp(word, words[i].podman))
			return words[i].docker;
	}
	return text_cut(word, STATE_MAX_BYTES, arena);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	return (hash ^ 0xff) * FNV_PRIME;
}

/* Engines give the elements of an array in any order. */
static uint64_t hash_json(uint64_t hash, struct json_object *value)
{
	uint64_t sum = 0;

	if (!json_count(value))
		return hash_text(hash, value ? json_text(value) : "");
	for (size_t i = 0; i < json_count(value); i++) {
		struct json_object *item = json_object_array_get_idx(value, i);

		sum += hash_text(FNV_START, item ? json_text(item) : "");
	}
	return (hash ^ sum) * FNV_PRIME;
}

/* A container has further names for those that link to it: "/web/db". Its own has one slash. */
static const char *own_name(struct json_object *names)
{
	for (size_t i = 0; i < json_count(names); i++) {
		struct json_object *item = json_object_array_get_idx(names, i);
		const char *name =
		    json_object_is_type(item, json_type_string) ? json_object_get_string(item) : "";

		name += *name == '/';
		if (*name && !strchr(name, '/'))
			return name;
	}
	return "";
}

/* As github.com/docker/go-units HumanDuration words it. */
int64_t engine_age_max_s(const char *words)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {
		{ "second", 1 },
		{ "minute", 60 },
		{ "hour", 3600 },
		{ "day", 86400 },
		{ "week", 7 * 86400 },
		{ "month", 31 * 86400 },
		{ "year", 366 * 86400LL },
	};
	int64_t count = 0;

	if (!strncmp(words, "Less than a second", 18))
		return 1;
	if (!strncmp(words, "About a minute", 14))
		return 120;
	if (!strncmp(words, "About an hour", 13))
		return 7200;
	for (; isdigit((unsigned char)*words) && count < 100000; words++)
		count = count * 10 + *words - '0';
	if (!count || *words++ != ' ')
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!strncmp(words, units[i].unit, strlen(units[i].unit)))
			return (count + 1) * units[i].seconds;
	}
	return -1;
}

/* "Up 3 hours (healthy)", "Up 2 minutes (health: starting)", "Exited (137) 5 minutes ago" */
static void read_status(const char *status, struct engine_summary *summary)
{
	const char *mark;

	if (!strncmp(status, "Up ", 3)) {
		summary->age_max_s = engine_age_max_s(status + 3);
	} else if (!strncmp(status, "Exited (", 8)) {
		summary->exit_code = strtol(status + 8, NULL, 10);
		mark = strchr(status, ')');
		if (mark && mark[1] == ' ')
			summary->age_max_s = engine_age_max_s(mark + 2);
	}
	if (strstr(status, "(healthy)"))
		summary->health = "healthy";
	else if (strstr(status, "(unhealthy)"))
		summary->health = "unhealthy";
	else if (strstr(status, "starting)"))
		summary->health = "starting";
}

static uint64_t hash_looks(struct json_object *element)
{
	static const char *const texts[] = { "Image", "ImageID", "Command" };
	static const char *const trees[] = { "Names", "Ports", "Labels", "NetworkSettings", "Mounts",
		"HostConfig" };
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		hash = hash_text(hash, json_str(element, texts[i], ""));
	for (size_t i = 0; i < ARRAY_LEN(trees); i++)
		hash = hash_json(hash, json_get(element, trees[i]));
	return hash;
}

int engine_summary_read(
    struct json_object *element, struct arena *arena, struct engine_summary *summary_r, struct err *err_r)
{
	const char *id = json_str(element, "Id", ""), *name = own_name(json_get(element, "Names"));
	struct engine_summary summary = { .health = "none", .age_max_s = -1 };

	if (!engine_id_valid(id))
		return err_set(err_r, -EINVAL, "a container in the list has no valid id (\"%.80s\")", id);
	summary.id = arena_strdup(arena, id);
	summary.name = text_cut(name, NAME_MAX_BYTES, arena);
	summary.state = engine_state_word(json_str(element, "State", ""), arena);
	summary.looks = hash_looks(element);
	read_status(json_str(element, "Status", ""), &summary);
	*summary_r = summary;
	return 0;
}
