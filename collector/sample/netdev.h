/* netdev: /proc/net/dev. */
#ifndef DOCKMON_COLLECTOR_NETDEV_H
#define DOCKMON_COLLECTOR_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

#define NETDEV_NAME_BYTES 32

struct netdev {
	char name[NETDEV_NAME_BYTES];
	int64_t rx_bytes, tx_bytes;
};

struct netdev_sum {
	int64_t rx_bytes, tx_bytes;
};

/* Reads the next interface from *text and moves on; false at the end. Lines of another form are skipped. */
bool netdev_next(const char **text, struct netdev *device_r);

/* Of all interfaces but lo. */
struct netdev_sum netdev_sum(const char *text);

/* An interface that only carries what containers and bridges of this machine say to each other, or that
 * is counted below another name: lo, veth*, br-*, docker*, podman*, cni*, virbr*. */
bool netdev_is_inner(const char *name);

#endif
