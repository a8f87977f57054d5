#include "lib/engine/ports.h"

#include "lib/base/query.h"
#include "lib/base/sb.h"
#include "lib/engine/text.h"

#define PORT_MAX 65535
#define TEXT_MAX_BYTES 400
#define JSON_MAX_BYTES (256 * 1024)

static int port_number(const char *text)
{
	int64_t value = 0;

	return parse_int(text, 1, PORT_MAX, &value) ? 0 : (int)value;
}

/* "80/tcp" */
static bool read_key(const char *key, struct arena *arena, struct engine_port *port_r)
{
	size_t digits = strcspn(key, "/");

	*port_r = (struct engine_port){ .ip = "", .protocol = "tcp" };
	port_r->private_port = port_number(arena_strndup(arena, key, digits));
	if (key[digits])
		port_r->protocol = text_cut(key + digits + 1, 8, arena);
	return port_r->private_port > 0;
}

static void add_port(
    struct engine_ports *ports, size_t *capacity, const struct engine_port *port, struct arena *arena)
{
	if (ports->count >= PORTS_MAX)
		return;
	ports->items = arena_grow(arena, ports->items, ports->count, capacity, sizeof(*ports->items));
	ports->items[ports->count++] = *port;
}

static void add_bindings(struct engine_ports *ports, size_t *capacity, const char *key,
    struct json_object *bindings, struct arena *arena)
{
	struct engine_port port;

	if (!read_key(key, arena, &port))
		return;
	if (!json_count(bindings))
		add_port(ports, capacity, &port, arena);
	for (size_t i = 0; i < json_count(bindings); i++) {
		struct json_object *binding = json_object_array_get_idx(bindings, i);

		port.public_port = port_number(json_str(binding, "HostPort", ""));
		port.ip = port.public_port ? text_cut(json_str(binding, "HostIp", ""), 64, arena) : "";
		add_port(ports, capacity, &port, arena);
	}
}

static int compare(const void *left, const void *right)
{
	const struct engine_port *a = left, *b = right;
	int protocols = strcmp(a->protocol, b->protocol);

	if (a->private_port != b->private_port)
		return a->private_port - b->private_port;
	if (protocols)
		return protocols;
	return a->public_port != b->public_port ? a->public_port - b->public_port : strcmp(a->ip, b->ip);
}

void engine_ports_read(
    struct json_object *ports, struct json_object *exposed, struct arena *arena, struct engine_ports *ports_r)
{
	struct engine_ports list = { 0 };
	size_t capacity = 0;

	if (json_object_is_type(ports, json_type_object)) {
		json_object_object_foreach(ports, key, bindings)
			add_bindings(&list, &capacity, key, bindings, arena);
	}
	if (json_object_is_type(exposed, json_type_object)) {
		json_object_object_foreach(exposed, name, unused) {
			(void)unused;
			if (!json_object_object_get_ex(ports, name, NULL))
				add_bindings(&list, &capacity, name, NULL, arena);
		}
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare);
	*ports_r = list;
}

/* Docker says "0.0.0.0" and "::" for all addresses, Podman "". */
static const char *shown_ip(const struct engine_port *port)
{
	return !strcmp(port->ip, "0.0.0.0") || !strcmp(port->ip, "::") ? "" : port->ip;
}

static bool same_to_read(const struct engine_port *a, const struct engine_port *b)
{
	return a->private_port == b->private_port && a->public_port == b->public_port &&
	    !strcmp(a->protocol, b->protocol) && !strcmp(shown_ip(a), shown_ip(b));
}

static void add_text(struct sb *sb, const struct engine_port *port)
{
	const char *ip = shown_ip(port);

	if (sb->len)
		sb_add(sb, ", ");
	if (*ip)
		sb_addf(sb, strchr(ip, ':') ? "[%s]:" : "%s:", ip);
	if (port->public_port)
		sb_addf(sb, "%d→", port->public_port);
	sb_addf(sb, "%d", port->private_port);
	if (strcmp(port->protocol, "tcp"))
		sb_addf(sb, "/%s", port->protocol);
}

const char *engine_ports_text(const struct engine_ports *ports, struct arena *arena)
{
	AUTO_SB sb = SB_INIT(TEXT_MAX_BYTES + 128);

	for (size_t i = 0; i < ports->count; i++) {
		size_t before = sb.len, same = 0;

		while (same < i && !same_to_read(&ports->items[same], &ports->items[i]))
			same++;
		if (same < i)
			continue;
		add_text(&sb, &ports->items[i]);
		if (sb.len > TEXT_MAX_BYTES) {
			sb_cut(&sb, before);
			sb_add(&sb, ", …");
			break;
		}
	}
	return arena_strdup(arena, sb.data);
}

const char *engine_ports_json(const struct engine_ports *ports, struct arena *arena)
{
	AUTO_SB sb = SB_INIT(JSON_MAX_BYTES);

	sb_add_char(&sb, '[');
	for (size_t i = 0; i < ports->count; i++) {
		const struct engine_port *port = &ports->items[i];

		sb_add(&sb, i ? ",{\"ip\":" : "{\"ip\":");
		sb_add_json(&sb, port->ip);
		sb_addf(&sb, ",\"public\":%d,\"private\":%d,\"protocol\":", port->public_port,
		    port->private_port);
		sb_add_json(&sb, port->protocol);
		sb_add_char(&sb, '}');
	}
	sb_add_char(&sb, ']');
	return sb_failed(&sb) ? "[]" : arena_strdup(arena, sb.data);
}
