#include "lib/engine/attached.h"

#include "lib/base/sb.h"
#include "lib/engine/text.h"

#define ADDRESSES_MAX_BYTES 1024
#define NETWORKS_MAX_BYTES (64 * 1024)
#define MOUNTS_MAX_BYTES (256 * 1024)
#define MOUNTS_MAX 1024

static void add_address(struct sb *sb, const char *address)
{
	if (!*address || sb->len + strlen(address) > ADDRESSES_MAX_BYTES)
		return;
	if (sb->len)
		sb_add_char(sb, ' ');
	sb_add(sb, address);
}

const char *engine_addresses_text(struct json_object *settings, struct arena *arena)
{
	struct json_object *networks = json_get(settings, "Networks");
	AUTO_SB sb = SB_INIT(2 * ADDRESSES_MAX_BYTES);

	if (json_object_is_type(networks, json_type_object)) {
		json_object_object_foreach(networks, name, network) {
			(void)name;
			add_address(&sb, json_str(network, "IPAddress", ""));
			add_address(&sb, json_str(network, "GlobalIPv6Address", ""));
		}
	}
	if (!sb.len) {
		add_address(&sb, json_str(settings, "IPAddress", ""));
		add_address(&sb, json_str(settings, "GlobalIPv6Address", ""));
	}
	return arena_strdup(arena, sb.data);
}

static void add_member(struct sb *sb, const char *name, const char *value)
{
	if (sb->data[sb->len ? sb->len - 1 : 0] != '{')
		sb_add_char(sb, ',');
	sb_addf(sb, "\"%s\":", name);
	sb_add_json(sb, value);
}

static void add_network(struct sb *sb, const char *name, struct json_object *network)
{
	struct json_object *aliases = json_get(network, "Aliases");

	sb_add(sb, sb->len > 1 ? ",{" : "{");
	add_member(sb, "name", name);
	add_member(sb, "ip", json_str(network, "IPAddress", ""));
	add_member(sb, "ip6", json_str(network, "GlobalIPv6Address", ""));
	add_member(sb, "gateway", json_str(network, "Gateway", ""));
	add_member(sb, "mac", json_str(network, "MacAddress", ""));
	sb_add(sb, ",\"aliases\":[");
	for (size_t i = 0, shown = 0; i < json_count(aliases); i++) {
		struct json_object *alias = json_object_array_get_idx(aliases, i);

		if (!json_object_is_type(alias, json_type_string))
			continue;
		if (shown++)
			sb_add_char(sb, ',');
		sb_add_json(sb, json_object_get_string(alias));
	}
	sb_add(sb, "]}");
}

const char *engine_networks_json(struct json_object *settings, struct arena *arena)
{
	struct json_object *networks = json_get(settings, "Networks");
	AUTO_SB sb = SB_INIT(NETWORKS_MAX_BYTES);

	sb_add_char(&sb, '[');
	if (json_object_is_type(networks, json_type_object)) {
		json_object_object_foreach(networks, name, network)
			add_network(&sb, name, network);
	}
	sb_add_char(&sb, ']');
	return sb_failed(&sb) ? "[]" : arena_strdup(arena, sb.data);
}

struct mount {
	const char *type, *source, *destination, *mode;
	bool rw;
};

static int by_destination(const void *left, const void *right)
{
	return strcmp(((const struct mount *)left)->destination, ((const struct mount *)right)->destination);
}

static void read_mount(struct json_object *object, struct mount *mount_r)
{
	const char *name = json_str(object, "Name", "");

	*mount_r = (struct mount){
		.type = json_str(object, "Type", "bind"),
		.source = *name ? name : json_str(object, "Source", ""),
		.destination = json_str(object, "Destination", ""),
		.mode = json_str(object, "Mode", ""),
		.rw = json_flag(object, "RW"),
	};
}

static void add_mount(struct sb *sb, const struct mount *mount)
{
	sb_add(sb, sb->len > 1 ? ",{" : "{");
	add_member(sb, "type", mount->type);
	add_member(sb, "source", mount->source);
	add_member(sb, "destination", mount->destination);
	add_member(sb, "mode", mount->mode);
	sb_addf(sb, ",\"rw\":%s}", mount->rw ? "true" : "false");
}

static size_t read_mounts(
    struct json_object *mounts, struct json_object *tmpfs, struct mount *list, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < json_count(mounts) && count < max; i++)
		read_mount(json_object_array_get_idx(mounts, i), &list[count++]);
	if (!json_object_is_type(tmpfs, json_type_object))
		return count;
	json_object_object_foreach(tmpfs, path, options) {
		if (count == max)
			break;
		list[count++] = (struct mount){
			.type = "tmpfs",
			.source = "",
			.destination = path,
			.mode = json_object_is_type(options, json_type_string)
			    ? json_object_get_string(options)
			    : "",
			.rw = true,
		};
	}
	return count;
}

const char *engine_mounts_json(struct json_object *mounts, struct json_object *tmpfs, struct arena *arena)
{
	size_t most = json_count(mounts) +
	    (json_object_is_type(tmpfs, json_type_object) ? (size_t)json_object_object_length(tmpfs) : 0);
	size_t max = most < MOUNTS_MAX ? most : MOUNTS_MAX, count;
	struct mount *list = arena_alloc(arena, (max + 1) * sizeof(*list));
	AUTO_SB sb = SB_INIT(MOUNTS_MAX_BYTES);

	count = read_mounts(mounts, tmpfs, list, max);
	qsort(list, count, sizeof(*list), by_destination);
	sb_add_char(&sb, '[');
	for (size_t i = 0; i < count; i++)
		add_mount(&sb, &list[i]);
	sb_add_char(&sb, ']');
	return sb_failed(&sb) ? "[]" : arena_strdup(arena, sb.data);
}
