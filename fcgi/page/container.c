/* The page of one container, also of a removed one. */
#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "fcgi/url.h"
#include "lib/base/json.h"

#define CONTAINER_EVENTS 20
#define LABELS_FOLD 6
#define LABELS_MAX 500

static void fill_exit(struct call *call, HDF *at, const struct container *c)
{
	HDF *exit;

	if (c->state != CONTAINER_EXITED && c->state != CONTAINER_DEAD && c->state != CONTAINER_RESTARTING)
		return;
	exit = fill_node(at, "Exit");
	fill_int(exit, "Code", c->exit_code);
	fill_text(exit, "Meaning", words_exit_code(c->exit_code, &call->arena));
	fill_flag(exit, "Oom", c->oom_killed);
}

static void fill_health(struct call *call, HDF *at, const struct container *c)
{
	struct state_words health;

	if (c->health == HEALTH_NONE)
		return;
	words_health(c, call->now_ms, &call->arena, &health);
	fill_state(at, "Health", &health);
	if (c->health == HEALTH_UNHEALTHY)
		fill_text(at, "HealthLog", c->health_note);
}

static const char *restart_policy(struct call *call, const struct container *c)
{
	if (!*c->restart_policy)
		return "no";
	if (c->restart_max > 0)
		return arena_printf(
		    &call->arena, "%s, at most %" PRId64 " times", c->restart_policy, c->restart_max);
	return c->restart_policy;
}

static void fill_compose(HDF *at, const struct container *c, struct json_object *labels)
{
	if (!*c->compose_project)
		return;
	fill_text(at, "Service", c->compose_service);
	if (c->compose_number)
		fill_int(at, "Number", c->compose_number);
	fill_text(at, "ComposeDir", json_str(labels, "com.docker.compose.project.working_dir", ""));
}

static void fill_details(struct call *call, HDF *at, const struct container *c)
{
	fill_ago(at, "Gone", c->gone_ms, call->now_ms);
	fill_echo(at, "Story", words_story(c, call->now_ms, &call->arena));
	fill_exit(call, at, c);
	fill_health(call, at, c);
	fill_text(at, "ImageId", c->image_id);
	fill_text(at, "Command", c->command);
	fill_text(at, "EngineId", c->engine_id);
	fill_ago(at, "Created", c->created_ms, call->now_ms);
	fill_ago(at, "Started", c->started_ms, call->now_ms);
	if (c->state != CONTAINER_RUNNING && c->state != CONTAINER_PAUSED)
		fill_ago(at, "Finished", c->finished_ms, call->now_ms);
	fill_echo(at, "RestartPolicy", restart_policy(call, c));
	fill_int(at, "RestartCount", c->restart_count);
}

static bool same_port(struct json_object *a, struct json_object *b)
{
	return json_int(a, "private", 0) == json_int(b, "private", 0) &&
	    !strcmp(json_str(a, "protocol", ""), json_str(b, "protocol", ""));
}

static void add_published(struct sb *sb, struct json_object *port)
{
	const char *ip = json_str(port, "ip", "");
	bool six = strchr(ip, ':') != NULL;

	if (!json_int(port, "public", 0))
		return;
	sb_addf(sb, "%s%s%s%s:%" PRId64, sb->len ? ", " : "", six ? "[" : "", *ip ? ip : "*", six ? "]" : "",
	    json_int(port, "public", 0));
}

/* Sorted by private port: the addresses of one port follow each other and become one row. */
static void fill_ports(struct call *call, HDF *hdf, const char *text)
{
	AUTO_JSON *ports = NULL;
	HDF *list = fill_node(hdf, "PortList");
	size_t count, row = 0;

	if (json_parse(text, strlen(text), &ports, NULL))
		return;
	count = json_count(ports);
	for (size_t i = 0; i < count;) {
		struct json_object *first = json_object_array_get_idx(ports, i);
		AUTO_SB published = SB_INIT(8192);
		HDF *at = fill_item(list, row++);

		for (; i < count && same_port(first, json_object_array_get_idx(ports, i)); i++)
			add_published(&published, json_object_array_get_idx(ports, i));
		fill_echo(at, "Container",
		    arena_printf(&call->arena, "%" PRId64 "/%s", json_int(first, "private", 0),
		        json_str(first, "protocol", "tcp")));
		fill_text(at, "Published", sb_failed(&published) ? "many" : published.data);
	}
}

/* Aliases are told as an array or as one text. */
static const char *aliases_of(struct call *call, struct json_object *network)
{
	struct json_object *aliases = json_get(network, "aliases");
	AUTO_SB text = SB_INIT(4096);

	if (json_object_is_type(aliases, json_type_string))
		return json_str(network, "aliases", "");
	for (size_t i = 0; i < json_count(aliases); i++)
		sb_addf(&text, "%s%s", i ? ", " : "",
		    json_object_get_string(json_object_array_get_idx(aliases, i)));
	return sb_failed(&text) ? "" : arena_strdup(&call->arena, text.data);
}

static void fill_networks(struct call *call, HDF *hdf, const struct container *c)
{
	AUTO_JSON *networks = NULL;
	HDF *list = fill_node(hdf, "Networks");

	if (json_parse(c->networks_json, strlen(c->networks_json), &networks, NULL))
		return;
	for (size_t i = 0; i < json_count(networks); i++) {
		struct json_object *network = json_object_array_get_idx(networks, i);
		HDF *at = fill_item(list, i);

		fill_echo(at, "Name", json_str(network, "name", ""));
		fill_text(at, "Ip", json_str(network, "ip", ""));
		fill_text(at, "Ip6", json_str(network, "ip6", ""));
		fill_text(at, "Gateway", json_str(network, "gateway", ""));
		fill_text(at, "Mac", json_str(network, "mac", ""));
		fill_text(at, "Aliases", aliases_of(call, network));
	}
}

static void fill_mounts(HDF *hdf, const char *text)
{
	AUTO_JSON *mounts = NULL;
	HDF *list = fill_node(hdf, "Mounts");

	if (json_parse(text, strlen(text), &mounts, NULL))
		return;
	for (size_t i = 0; i < json_count(mounts); i++) {
		struct json_object *mount = json_object_array_get_idx(mounts, i);
		HDF *at = fill_item(list, i);

		fill_echo(at, "Type", json_str(mount, "type", ""));
		fill_text(at, "Source", json_str(mount, "source", ""));
		fill_echo(at, "Target", json_str(mount, "destination", ""));
		fill_echo(at, "Mode", json_flag(mount, "rw") ? "read-write" : "read-only");
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void fill_labels(struct call *call, HDF *hdf, struct json_object *labels)
{
	HDF *list = fill_node(hdf, "Labels");
	const char *names[LABELS_MAX];
	size_t count = 0;

	if (!json_object_is_type(labels, json_type_object))
		return;
	json_object_object_foreach(labels, name, value) {
		(void)value;
		if (count < LABELS_MAX)
			names[count++] = name;
	}
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++) {
		HDF *at = fill_item(list, i);

		fill_echo(at, "Name", names[i]);
		fill_echo(at, "Value", json_str(labels, names[i], ""));
	}
	fill_echo(
	    hdf, "LabelsText", arena_printf(&call->arena, "%zu %s", count, count == 1 ? "label" : "labels"));
	fill_flag(hdf, "LabelsFold", count > LABELS_FOLD);
}

static int fill_events(struct call *call, HDF *hdf, int64_t id)
{
	const struct event_filter filter = { .container_id = id };
	struct event_list list = { 0 };
	int result = event_older(call->web->store, &filter, NULL, CONTAINER_EVENTS, &call->arena, &list);
	struct url url;

	if (result)
		return result;
	rows_events(call, fill_node(hdf, "Events"), &list);
	url_begin(&url, call, "/events");
	url_add_int(&url, "container", id);
	fill_echo(hdf, "EventsUrl", url_end(&url, call));
	return 0;
}

static int fill_all(struct call *call, HDF *hdf, const struct overview *o, const struct container *c)
{
	AUTO_JSON *labels = NULL;
	struct container_now now;
	HDF *at = fill_node(hdf, "C");
	int found = container_now_get(call->web->store, c->id, &now);

	if (found && found != -ENOENT)
		return found;
	if (json_parse(c->labels_json, strlen(c->labels_json), &labels, NULL))
		labels = NULL;
	row_container(call, at, o, c, found ? NULL : &now, ROW_ALL);
	fill_details(call, at, c);
	fill_compose(at, c, labels);
	fill_ports(call, hdf, c->ports_json);
	fill_networks(call, hdf, c);
	fill_mounts(hdf, c->mounts_json);
	fill_labels(call, hdf, labels);
	return fill_events(call, hdf, c->id);
}

int container_show(struct call *call)
{
	const struct overview *o;
	struct container c;
	int result = overview_get(call, &o);
	HDF *hdf;

	if (!result)
		result = container_by_id(call->web->store, call->id, &call->arena, &c);
	if (result == -ENOENT)
		return err_set(&call->err, -ENOENT, "No container has the number %" PRId64 ".", call->id);
	if (result)
		return result;
	hdf = page_begin(call, c.name, "containers", arena_printf(&call->arena, "container:%" PRId64, c.id));
	result = fill_all(call, hdf, o, &c);
	if (result) {
		page_drop(&hdf);
		return result;
	}
	return page_end(call, &hdf, TEMPLATE_CONTAINER);
}
