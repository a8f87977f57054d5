#include "collector/sample/netdev.h"

#include "lib/base/die.h"

#define TX_BYTES_FIELD 8 /* after rx bytes, packets, errs, drop, fifo, frame, compressed, multicast */

static bool read_line(const char *line, size_t len, struct netdev *device_r)
{
	const char *colon = memchr(line, ':', len);
	size_t name;
	char *end;

	if (!colon)
		return false;
	while (*line == ' ')
		line++;
	name = (size_t)(colon - line);
	if (!name || name >= NETDEV_NAME_BYTES)
		return false;
	memcpy(device_r->name, line, name);
	device_r->name[name] = '\0';
	for (int field = 0; field <= TX_BYTES_FIELD; field++, colon = end) {
		int64_t value = strtoll(field ? colon : colon + 1, &end, 10);

		if (end == colon || value < 0)
			return false;
		if (field == 0)
			device_r->rx_bytes = value;
		device_r->tx_bytes = value;
	}
	return true;
}

bool netdev_next(const char **text, struct netdev *device_r)
{
	while (**text) {
		const char *line = *text;
		size_t len = strcspn(line, "\n");

		*text = line + len + (line[len] == '\n');
		if (read_line(line, len, device_r))
			return true;
	}
	return false;
}

struct netdev_sum netdev_sum(const char *text)
{
	struct netdev_sum sum = { 0, 0 };
	struct netdev device;

	while (netdev_next(&text, &device)) {
		if (!strcmp(device.name, "lo"))
			continue;
		sum.rx_bytes += device.rx_bytes;
		sum.tx_bytes += device.tx_bytes;
	}
	return sum;
}

bool netdev_is_inner(const char *name)
{
	static const char *const beginnings[] = { "veth", "br-", "docker", "podman", "cni", "virbr" };

	if (!strcmp(name, "lo"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) {
		if (!strncmp(name, beginnings[i], strlen(beginnings[i])))
			return true;
	}
	return false;
}
