/* ports: published and exposed ports of a container, as data and as the short text of tables. */
#ifndef DOCKMON_ENGINE_PORTS_H
#define DOCKMON_ENGINE_PORTS_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/json.h"

#define PORTS_MAX 1024 /* of one container; a range of more is cut */

struct engine_port {
	const char *ip;  /* of the host; "" = not published */
	int public_port; /* 0 = not published */
	int private_port;
	const char *protocol; /* tcp, udp, sctp */
};

struct engine_ports {
	struct engine_port *items; /* in the arena; by private port, protocol, public port, address */
	size_t count;
};

/* NetworkSettings.Ports of an inspect: {"80/tcp": [{"HostIp", "HostPort"}], "53/udp": null}.
 * `exposed` (Config.ExposedPorts: {"80/tcp": {}}) adds those that are not in it; both may be NULL. */
void engine_ports_read(struct json_object *ports, struct json_object *exposed, struct arena *arena,
    struct engine_ports *ports_r);

/* "8080→80, 127.0.0.1:53→53/udp, 5432": tcp is not said, nor are addresses that mean all; what differs
 * only by IPv4 and IPv6 is said once. At most 400 bytes, then "…". */
const char *engine_ports_text(const struct engine_ports *ports, struct arena *arena);
/* [{"ip","public","private","protocol"}] */
const char *engine_ports_json(const struct engine_ports *ports, struct arena *arena);

#endif
